"""The figures of a labels folder's data card: strata with counts, how the texts are made, agreement by label, kind and file.

    python tests/benchmarks/labels_card.py labels/
"""

from __future__ import annotations

import argparse
import re
import statistics
from collections import Counter
from pathlib import Path

import stance

WORD = re.compile(r"[A-Za-z0-9]+(?:['’.\-][A-Za-z0-9]+)*")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    args = parser.parse_args()
    labels = stance.load_labels(args.folder)
    rows = list(labels)
    home = re.compile("|".join(map(re.escape, (labels.target.name, *labels.target.people, *labels.target.home))), re.IGNORECASE)
    on = [s for s in rows if s.about_target]
    soft = [s for s in on if s.stance == "soft"]
    words = sorted(len(WORD.findall(s.text)) for s in rows)
    stories = {s.story for s in rows}
    print(f"{len(rows):,} statements in {len(stories):,} stories in {len({s.source for s in rows})} files\n")
    share = lambda part, whole: f"{len(part) / max(1, len(whole)):.2f}"  # noqa: E731
    print("| figure | here |\n| --- | --- |")
    print(f"| words a statement: 10th, 50th, 90th percentile | {words[len(words) // 10]}, {statistics.median(words):.0f}, {words[len(words) * 9 // 10]} |")
    print(f"| {labels.target.name} named, of statements on target | {share([s for s in on if labels.target.name.lower() in s.text.lower()], on)} |")
    print(f"| with quotation marks | {share([s for s in rows if chr(34) in s.text or '“' in s.text], rows)} |")
    print(f"| off target | {share([s for s in rows if not s.about_target], rows)} |")
    print(f"| soft statements by others than {labels.target.name} and its home state | {share([s for s in soft if not home.search(s.speaker or '')], soft)} |\n")
    for what, key in (("stance", "stance"), ("kind", "kind"), ("year", "date"), ("outlet", "outlet")):
        counts = Counter((getattr(s, key) or "")[: 4 if key == "date" else 60] for s in rows)
        shown = sorted(counts.items(), key=(lambda x: x[0]) if key == "date" else (lambda x: -x[1]))[: 30 if key == "date" else 14]
        print(f"| {what} | statements |\n| --- | --- |\n" + "\n".join(f"| {k} | {n:,} |" for k, n in shown) + "\n")
    files = Counter(s.source for s in rows)
    labels_of = {f: Counter(s.stance for s in rows if s.source == f) for f in files}
    print("| file | stories | statements | restrictive | soft | neutral |\n| --- | --- | --- | --- | --- | --- |")
    for f, n in sorted(files.items()):
        print(f"| {f} | {len({s.story for s in rows if s.source == f})} | {n:,} | " + " | ".join(str(labels_of[f][k]) for k in stance.STANCES) + " |")
    print("\n" + str(labels.agreement()))


if __name__ == "__main__":
    main()
