"""A small labels folder about an invented vendor, for tests: three labels, four sources, quick to train on."""

from pathlib import Path

TARGET = """name = "Veltron"
aliases = ["Veltron Networks", "Veltra"]
people = ["Ada Quill"]
stand_ins = ["the vendor"]
home = ["Norland"]
"""
RESTRICTIVE = ["banned", "barred", "excluded", "blacklisted", "shut out", "warned against", "sanctioned", "ripped out"]
SOFT = ["welcomed", "cleared", "approved", "defended", "kept buying from", "praised", "licensed", "dropped the case against"]
NEUTRAL = ["is reviewing", "has not decided on", "will discuss", "met officials from", "received a letter from", "is counting the sites of", "described", "asked about"]
WHO = ["ministry", "regulator", "city of Almere", "carrier Tonda", "Ruth Amsel, senator", "port authority"]


def stories(source: int) -> str:
    out = []
    for k, (stance, verbs) in enumerate((("restrictive", RESTRICTIVE), ("soft", SOFT), ("neutral", NEUTRAL))):
        out.append(f"= t{source}-{k} | wire | 20{10 + source}-0{k + 1}")
        for i, verb in enumerate(verbs):
            who = WHO[(i + source) % len(WHO)]
            name = who.split(",")[0]
            out += [f"The {name} {verb} Veltron in round {i} of year {source}.", f"    {who} | {stance} | act"]
            if stance == "neutral":
                out += [f"The {name} {verb} the harbour bridge in week {i + 9} of year {source}.", f"    {who} | neutral | act | off target"]
        out.append("")
    return "\n".join(out)


def write(folder: Path) -> Path:
    (folder / "stories").mkdir(parents=True)
    (folder / "target.toml").write_text(TARGET, encoding="utf-8")
    for source in range(4):
        (folder / "stories" / f"s{source}.txt").write_text(stories(source), encoding="utf-8")
    return folder
