"""Which statements concern the target, and by which words; the target itself is data (`target.toml`), not code."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Literal

from stance.errors import Fault, LabelError
from stance.results import Span
from stance.words import phrase_words

__all__ = ["Target", "Tie", "find_target", "load_target", "points_back", "speaks_for", "target_mentions"]


FORMAT = 1
"""Number of the format of a labels folder (`format` in its target.toml); raised when an older library would misread a newer folder."""


@dataclass(frozen=True, slots=True)
class Target:
    """What the stance is about: its name and every other way in which news text refers to it.

    Parameters
    ----------
    name
        The target's usual name ("Huawei").
    aliases
        Other names, units and products that are the target by themselves ("HiSilicon", "Huawei Technologies").
    people
        Names of the target's own people in their role for it ("Meng Wanzhou").
    stand_ins
        Expressions that mean the target only where the context ties them to it ("the company", "high-risk vendors").
    home
        Names of the state that speaks for the target as its own ("China", "Beijing"); may be empty.
    """

    name: str
    aliases: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    stand_ins: tuple[str, ...] = ()
    home: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """The target as plain data, as it is kept inside a model file."""
        return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(self).items()}


def load_target(path: str | Path) -> Target:
    """Read a `target.toml`.

    Raises
    ------
    LabelError
        The file is missing, is not TOML, misses `name`, or has a key or value of the wrong kind, all faults at once; or the folder has another format.
    """
    path = Path(path)
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise LabelError([Fault(str(path), 0, 0, "no-target", 'there is no target.toml; it needs at least a line like  name = "Huawei"')]) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise LabelError([Fault(str(path), 0, 0, "bad-target", f"cannot be read as TOML: {error}")]) from None
    if (found := data.pop("format", FORMAT)) != FORMAT:
        newer = isinstance(found, int) and found > FORMAT
        told = "a newer stance wrote this folder; update stance to read it" if newer else f"there is no such format; write  format = {FORMAT}  or leave it out"
        raise LabelError([Fault(str(path), 0, 0, "labels-format", f"the labels have format {found!r}, this library reads {FORMAT}: {told}")])
    return target_from_dict(data, str(path))


def target_from_dict(data: dict[str, object], where: str) -> Target:
    """Check plain data (from TOML or from a model file) and make a Target of it; raises LabelError with every fault."""
    faults: list[Fault] = []
    known = [f.name for f in fields(Target)]
    for key, value in data.items():
        if key not in known:
            faults.append(Fault(where, 0, 0, "bad-target", f"unknown key {key!r}; allowed are {', '.join(known)}"))
        elif key != "name" and not (isinstance(value, list) and all(isinstance(v, str) and v.strip() for v in value)):
            faults.append(Fault(where, 0, 0, "bad-target", f"{key} must be a list of non-empty strings, found {value!r}"))
    name = data.get("name")
    if not (isinstance(name, str) and name.strip()):
        faults.append(Fault(where, 0, 0, "bad-target", f"name must be a non-empty string, found {name!r}"))
    if faults:
        raise LabelError(faults)
    lists = {k: tuple(str(x) for x in v) for k, v in data.items() if isinstance(v, list)}
    return Target(name=str(name), **lists)


Tie = Literal["all", "specific", "none"]
_ARTICLES = frozenset(["the", "a", "an"])


@dataclass(frozen=True, slots=True)
class _Patterns:
    """The target's words as patterns: what names it, and what stands for it where the context says so."""

    named: re.Pattern[str]
    standing: re.Pattern[str]
    specific: re.Pattern[str]  # stand-ins that say what is meant: "Chinese equipment", not "the company"


@lru_cache(maxsize=32)
def _patterns(target: Target) -> _Patterns:
    def either(words: Iterable[str]) -> str:
        ordered = sorted({w for w in words if w}, key=lambda w: (-len(w), w))
        return "|".join(re.escape(w).replace(r"\ ", r"\s+") for w in ordered) or r"(?!)"

    loose = either((target.name, *target.aliases))
    exact = either(target.people)  # a last name is a name only with its capital: "Ren", not "ren"
    return _Patterns(
        named=re.compile(rf"(?<!\w)(?:(?i:{loose})|{exact})(?!\w)"),
        standing=re.compile(rf"(?<!\w)(?i:{either(target.stand_ins)})(?!\w)"),
        specific=re.compile(rf"(?<!\w)(?i:{either(w for w in target.stand_ins if w.split()[0].lower() not in _pointing() | _ARTICLES)})(?!\w)"),
    )


def target_mentions(text: str, target: Target) -> list[int]:
    """Where a text names the target or its own people: starts, in code points.

    >>> target_mentions("Huawei sued. Ren Zhengfei spoke.", Target("Huawei", people=("Ren Zhengfei",)))
    [0, 13]
    """
    low = text.lower()
    if not any(name.lower() in low for name in (target.name, *target.aliases)) and not any(name in text for name in target.people):
        return []  # a plain search is many times faster than the pattern, and most texts name nothing
    return [m.start() for m in _patterns(target).named.finditer(text)]


def points_back(text: str) -> bool:
    """Whether a statement speaks of what was said before it: "this", "it", "they", "such a step".

    >>> points_back("It is a mistake"), points_back("Markets fell")
    (True, False)
    """
    return any(w.lower().strip(".,;:!?\"“”'’") in _pointing() for w in text.split())


def speaks_for(name: str, target: Target) -> bool:
    """Whether a speaker is the target, one of its people, or somebody who is named by it ("Huawei spokesman").

    >>> speaks_for("Huawei spokesman", Target("Huawei")), speaks_for("Nokia", Target("Huawei"))
    (True, False)
    """
    return name in target.people or any(name == x or name.startswith((x + " ", x + "'s ")) for x in (target.name, *target.aliases))


@lru_cache(maxsize=1)
def _pointing() -> frozenset[str]:
    return phrase_words("pointing")


def find_target(text: str, context: str, target: Target, offset: int = 0, tied: Tie = "none") -> tuple[bool, Span | None]:
    """Whether a statement concerns the target, and by which of its own words.

    Parameters
    ----------
    text
        The statement.
    context
        What stands before it; it settles what "the company" or "this decision" refers to.
    target
        What is looked for.
    offset
        Where `text` starts in its document, so that the span counts the document's code points.
    tied
        Which stand-ins the document around the statement ties to the target whatever the context says: "all" where it is about the target,
        "specific" ("Chinese vendors", not "the company") where it names it somewhere, or "none".

    Returns
    -------
    about
        True where the statement names the target, or stands in for it in words that the context (or the topic) ties to the target.
    span
        The words that say so, the target's own name first; None where there are none.

    Examples
    --------
    >>> huawei = Target("Huawei", stand_ins=("the company",))
    >>> find_target("The company denied it.", "Huawei was charged.", huawei)
    (True, Span(start=0, end=11, text='The company'))
    >>> find_target("The company denied it.", "Nokia was charged.", huawei)
    (False, None)
    """
    words = _patterns(target)
    m = words.named.search(text)
    if m is None and (tied == "all" or words.named.search(context)):
        m = words.standing.search(text)
    elif m is None and tied == "specific":
        m = words.specific.search(text)
    if m is None:
        return False, None
    return True, Span(offset + m.start(), offset + m.end(), m.group())
