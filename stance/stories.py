"""Story files to annotated statements: takes the text of one file, gives its statements and every fault in it; it opens no file and settles no disagreement.

The format, a sentence a line, annotations indented by four spaces under the (first) sentence of the statement::

    = gov-017 | wire | 2019-05-20
    The ministry told operators on Monday to stop ordering from Huawei, a step the vendor called unfair.
        communications ministry | restrictive | act
        Huawei | soft | mixed | note: rule 3
    "We will not hurry anybody," a deputy minister said.
        deputy minister | neutral | direct | +1
    "The rules will be out by the spring."

A header is `= id`, then if known `| outlet` and `| date` (YYYY, YYYY-MM or YYYY-MM-DD). An annotation is `speaker | stance | kind` and any of
`+N` (the statement goes on over the next N sentences), `off target` (it does not concern the target) and `note: ...`.
Blank lines are paragraphs; lines that start with "# " are remarks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Final

from stance.errors import Fault
from stance.results import KINDS, STANCES

__all__ = ["LONGEST_TEXT", "Annotated", "did_you_mean", "read_stories"]

LONGEST_TEXT: Final = 5_000
"""Code points that one statement may have; the longest in print (a transcript's answer) stay under 2,000."""

_DATE: Final = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
_INDENT: Final = "    "


@dataclass(frozen=True, slots=True)
class Annotated:
    """One annotated statement of a story, as it stands in the file.

    Attributes
    ----------
    id
        The story's id, the number of the sentence in the story and a letter for the annotation: `gov-017/01b`.
    text, context
        The statement's sentences, joined by a space; the sentence before it in the same story, or "".
    line
        Where the annotation stands, from 1.
    """

    id: str
    text: str
    speaker: str
    stance: str
    kind: str
    about_target: bool
    context: str
    note: str
    line: int
    story: str
    outlet: str
    date: str


@dataclass(slots=True)
class _Story:
    """A story while it is being read; an annotation waits here until the sentences that it covers have been seen."""

    id: str
    outlet: str
    date: str
    sentences: list[str] = field(default_factory=list)
    waiting: list[tuple[int, int, int, str, str, str, bool, str]] = field(default_factory=list)  # line, first sentence, further ones, ...


def did_you_mean(found: str, allowed: Sequence[str]) -> str:
    """The words that end an error about an unknown value: a guess where one is near, and what is allowed.

    Examples
    --------
    >>> did_you_mean("restrictve", ("restrictive", "soft", "neutral"))
    'did you mean restrictive? (allowed: restrictive, soft, neutral)'
    """
    near = get_close_matches(found.strip().lower(), allowed, n=1)
    return (f"did you mean {near[0]}? " if near else "") + f"(allowed: {', '.join(allowed)})"


def read_stories(text: str, file: str) -> tuple[list[Annotated], list[Fault]]:
    r"""Read the stories of one file.

    Parameters
    ----------
    text
        The file's whole text.
    file
        Its name, for the faults.

    Returns
    -------
    tuple
        The statements in file order, and every fault with its line and column (from 1); with faults the statements are what could be read.

    Examples
    --------
    >>> statements, faults = read_stories("= a-1 | wire | 2020\nThe port said it would keep Huawei's cameras.\n    port | soft | indirect\n", "a.txt")
    >>> statements[0].id, statements[0].stance, faults
    ('a-1/01a', 'soft', [])
    """
    done: list[Annotated] = []
    faults: list[Fault] = []
    seen: dict[str, int] = {}
    story: _Story | None = None
    for number, line in enumerate(text.split("\n"), 1):
        line = line.rstrip()
        if not line or line.startswith("# "):
            continue
        if line.startswith("="):
            if story is not None:
                done += _finish(story, file, faults)
            story = _header(line, number, file, faults)
            if story.id in seen:
                faults.append(Fault(file, number, 3, "story-twice", f"the story id {story.id!r} stands at line {seen[story.id]} already"))
            seen.setdefault(story.id, number)
        elif story is None:
            faults.append(Fault(file, number, 1, "no-header", "text before the first header; a story begins with a line like  = id | outlet | date"))
            story = _Story("", "", "")
        elif line[0].isspace():
            _annotation(line, number, file, story, faults)
        else:
            story.sentences.append(line)
    if story is not None:
        done += _finish(story, file, faults)
    return done, faults


def _header(line: str, number: int, file: str, faults: list[Fault]) -> _Story:
    parts = [part.strip() for part in line[1:].split("|")]
    if not parts[0] or len(parts) > 3 or not line.startswith("= "):
        faults.append(Fault(file, number, 1, "bad-header", f"a header reads  = id | outlet | date ; found {line!r}"))
    date = parts[2] if len(parts) > 2 else ""
    if date and not _DATE.fullmatch(date):
        second_bar = line.index("|", line.index("|") + 1)
        faults.append(Fault(file, number, line.index(date, second_bar) + 1, "bad-date", f"a date reads YYYY, YYYY-MM or YYYY-MM-DD; found {date!r}"))
    return _Story(parts[0], parts[1] if len(parts) > 1 else "", date)


def _annotation(line: str, number: int, file: str, story: _Story, faults: list[Fault]) -> None:
    """Read one annotation line into the story; each fault is told and the line left out if it cannot stand."""
    before = len(faults)
    if not line.startswith(_INDENT) or line[len(_INDENT)].isspace():
        faults.append(Fault(file, number, 1, "bad-indent", "an annotation is indented by exactly four spaces"))
    if not story.sentences:
        faults.append(Fault(file, number, 5, "no-sentence", "an annotation stands under its sentence, and there is none yet in this story"))
    at, fields = 1, []
    for part in line.split("|"):
        fields.append((part.strip(), at + len(part) - len(part.lstrip())))
        at += len(part) + 1
    if len(fields) < 3:
        faults.append(Fault(file, number, 5, "bad-annotation", f"an annotation reads  speaker | stance | kind ; found {line.strip()!r}"))
        return
    (speaker, at_speaker), (stance, at_stance), (kind, at_kind), *rest = fields
    if not speaker:
        faults.append(Fault(file, number, at_speaker, "no-speaker", "the speaker is missing"))
    if stance not in STANCES:
        faults.append(Fault(file, number, at_stance, "bad-stance", f"unknown stance {stance!r}: {did_you_mean(stance, STANCES)}"))
    if kind not in KINDS:
        faults.append(Fault(file, number, at_kind, "bad-kind", f"unknown kind {kind!r}: {did_you_mean(kind, KINDS)}"))
    more, about, note = 0, True, ""
    for flag, column in rest:
        if re.fullmatch(r"\+[1-9]", flag):
            more = int(flag[1])
        elif flag == "off target":
            about = False
        elif flag.startswith("note:"):
            note = flag[len("note:"):].strip()
        else:
            faults.append(Fault(file, number, column, "bad-flag", f"unknown field {flag!r}: {did_you_mean(flag, ('+1', 'off target', 'note: ...'))}"))
    if not about and stance != "neutral" and stance in STANCES:
        faults.append(Fault(file, number, at_stance, "off-target-side", f"an off-target statement is neutral, found {stance}"))
    if len(faults) == before:
        story.waiting.append((number, len(story.sentences) - 1, more, speaker, stance, kind, about, note))


def _finish(story: _Story, file: str, faults: list[Fault]) -> list[Annotated]:
    """The statements of a story that has been read to its end."""
    out: list[Annotated] = []
    letters: dict[int, int] = {}
    for number, first, more, speaker, stance, kind, about, note in story.waiting:
        if first + more >= len(story.sentences):
            faults.append(Fault(file, number, 5, "runs-over", f"+{more} goes beyond the end of the story"))
            continue
        text = " ".join(story.sentences[first:first + more + 1])
        if len(text) > LONGEST_TEXT:
            faults.append(Fault(file, number, 5, "long-text", f"a statement has at most {LONGEST_TEXT:,} characters, this one {len(text):,}"))
            continue
        letter = letters[first] = letters.get(first, -1) + 1
        name = f"{story.id}/{first + 1:02d}{chr(ord('a') + letter) if letter < 26 else letter}"
        context = story.sentences[first - 1] if first else ""
        out.append(Annotated(name, text, speaker, stance, kind, about, context, note, number, story.id, story.outlet, story.date))
    return out
