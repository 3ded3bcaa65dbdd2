"""Raw text in; paragraphs, sentences and quotations at raw offsets out, with site furniture set aside. It does not look for speakers.

Offsets are code points of the raw input throughout: the working copy (`Text.flat`) has exactly the raw text's length.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Final

from stance.results import Dropped, Span
from stance.words import abbreviations, cues, read_table

__all__ = ["Quote", "Sentence", "Text", "flatten", "read_text"]

# One code point for one, so that offsets stay: curly apostrophes to straight, every opening double mark to “, every closing one to ”, odd blanks to blanks.
_FLAT: Final = str.maketrans(
    {
        "’": "'",
        "‘": "‘",
        "`": "'",
        "´": "'",
        "„": "“",
        "‟": "“",
        "«": "“",
        "»": "”",
        "＂": '"',
        "‚": "'",
        "\u00a0": " ",
        "\u2009": " ",
        "\u202f": " ",
        "\u3000": " ",
        "\ufeff": " ",
        "\t": " ",
        "\x0b": " ",
        "\x0c": " ",
        "\u2028": "\n",
        "\u2029": "\n",
        "\r": "\n",
        "\x85": "\n",
        "―": "—",
    }
)
_FILLER: Final = "\x01"  # stands for the second half of a two-character mark; no token holds it
_DOUBLED: Final = re.compile(r"''|‘‘")
_TRIPLE: Final = re.compile(r"'''(?=\s|$)")  # a single mark inside, then the doubled one that closes
_MARK: Final = re.compile(r'["“”]')
_SINGLE_OPEN: Final = re.compile(r"(?<![\w.,!?])[‘'](?=[\w“$£€])")
_SINGLE_STOP: Final = re.compile(r"[,.!?…]'(?!\w)")
_SINGLE_CLOSE: Final = re.compile(r"(?<=\w)'(?!\w)")
_LINE: Final = re.compile(r"[^\n]+")
_STOP: Final = re.compile(r"(?<![.!?…])[.!?…]++[\"”'\x01)\]]*+(?=\s|$|[“])")
_BLANK: Final = re.compile(r"\s")
_LAST_WORD: Final = re.compile(r"[\w.&-]+$")
_NEXT_WORDS: Final = re.compile(r"\s*+([\"“(\[‘']*+)([\w'.-]*+)[ ,]*+([\w'.-]*+)[ ,]*+([\w'.-]*+)[ ,]*+([\w'.-]*+)")
LOOK_BACK: Final = 30  # code points before a full stop in which an abbreviation is looked for; longer than any of them
LONGEST_SENTENCE: Final = 1_000  # code points; sentences of print stay below that
LONGEST_FURNITURE: Final = 250  # code points; a longer paragraph is prose
WRAP_WIDTHS: Final = (50, 100)  # characters a line of hard-wrapped text has: e-mail and plain-text releases wrap at 65 to 80
WRAP_SHARE: Final = 0.6  # share of lines that must look wrapped before lines are joined


@dataclass(frozen=True, slots=True)
class Quote:
    """A quotation with its marks; `inner_start:inner_end` is what stands between them. `closed` is False where the closing mark is missing."""

    start: int
    end: int
    inner_start: int
    inner_end: int
    closed: bool


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, never broken inside a quotation; `quotes` are the quotations in it."""

    start: int
    end: int
    paragraph: int
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """A text as it is read: raw, the working copy of the same length, paragraphs as (start, end), sentences, and what was set aside."""

    raw: str
    flat: str
    paragraphs: tuple[tuple[int, int], ...]
    sentences: tuple[Sentence, ...]
    dropped: tuple[Dropped, ...]


def flatten(raw: str) -> str:
    r"""The working copy: straight apostrophes, one kind of opening and closing mark, plain blanks; as long as the raw text.

    >>> flatten("‘‘No,’’ he said.")
    '"\x01No,"\x01 he said.'
    """
    flat = raw.replace("\r\n", " \n").translate(_FLAT)
    if "'''" in flat:
        flat = _TRIPLE.sub("'\"" + _FILLER, flat)
    if "''" in flat or "‘‘" in flat:
        flat = _DOUBLED.sub('"' + _FILLER, flat)
    return flat


def read_text(raw: str) -> Text:
    """Split a text into paragraphs, sentences and quotations.

    Parameters
    ----------
    raw
        Any string, of any length; lone surrogates and control characters are kept.

    Returns
    -------
    Text
        Offsets are code points of `raw`.

    Examples
    --------
    >>> text = read_text('"No ban," she said. "Not now." They left.')
    >>> [text.raw[s.start:s.end] for s in text.sentences]
    ['"No ban," she said.', '"Not now."', 'They left.']
    """
    flat = flatten(raw)
    dropped: list[Dropped] = []
    paragraphs: list[tuple[int, int]] = []
    for start, end in _paragraphs(flat):
        reason = furniture(flat[start:end])
        if reason:
            dropped.append(Dropped(Span(start, end, raw[start:end]), reason))
        else:
            paragraphs.append((start, end))
    sentences: list[Sentence] = []
    for number, (start, end) in enumerate(paragraphs):
        quotes = find_quotes(flat, start, end)
        sentences.extend(_sentences(flat, start, end, number, quotes))
    return Text(raw, flat, tuple(paragraphs), tuple(sentences), tuple(dropped))


def _paragraphs(flat: str) -> list[tuple[int, int]]:
    """Lines with something in them, hard-wrapped ones joined."""
    lines = [(m.start(), m.end()) for m in _LINE.finditer(flat) if not m.group().isspace()]
    soft = 0
    pairs = 0
    for (_, end), (start, _) in pairwise(lines):
        if start - end == 1:
            pairs += 1
    if pairs:
        soft = sum(
            nxt[0] - line[1] == 1 and WRAP_WIDTHS[0] <= line[1] - line[0] <= WRAP_WIDTHS[1] and flat[line[1] - 1] not in '.!?"”:'
            for line, nxt in pairwise(lines)
        )
    wrapped = pairs >= 3 and soft >= WRAP_SHARE * pairs
    out: list[tuple[int, int]] = []
    for start, end in lines:
        while start < end and flat[start].isspace():
            start += 1
        while end > start and flat[end - 1].isspace():
            end -= 1
        if out and flat.count("\n", out[-1][1], start) == 1 and (wrapped or (flat[start].islower() and flat[out[-1][1] - 1] not in '.!?:"”')):
            out[-1] = (out[-1][0], end)
        elif end > start:
            out.append((start, end))
    return out


@cache
def _furniture() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(row["pattern"], re.IGNORECASE), row["reason"]) for row in read_table("furniture.csv"))


def furniture(line: str) -> str:
    """The rule by which a line is site furniture; empty where it is not.

    >>> furniture("Read more: What next for chips"), furniture("The minister spoke.")
    ('link', '')
    """
    if len(line) > LONGEST_FURNITURE:
        return ""
    for pattern, reason in _furniture():
        if pattern.match(line):
            return reason
    return ""


def find_quotes(flat: str, start: int, end: int) -> list[Quote]:
    """Quotations of one paragraph; one that is not closed runs to the paragraph's end."""
    out: list[Quote] = []
    opened = -1
    after = -1
    for m in _MARK.finditer(flat, start, end):
        at, mark = m.start(), m.group()
        width = 2 if flat[at + 1 : at + 2] == _FILLER else 1
        before = flat[at - 1] if at > start else " "
        behind = flat[at + width] if at + width < end else " "
        if opened < 0:
            if mark == "”" or (mark == '"' and behind.isspace() and not before.isspace()):
                continue  # a closing mark with nothing open
            if mark == '"' and before.isdigit():
                continue  # inches
            opened, after = at, at + width
        elif mark != "“" or (behind.isspace() and not before.isspace()):  # a closing mark, or an opening one set in its place
            out.append(Quote(opened, at + width, after, at, True))
            opened = -1
    if opened >= 0 and end - after > 2:
        out.append(Quote(opened, end, after, end, False))
    single = _single(flat, start, end, out)
    return sorted([*out, *single], key=lambda q: q.start) if single else out


def _single(flat: str, start: int, end: int, double: list[Quote]) -> list[Quote]:
    """Quotations in single marks, as British papers set them; an apostrophe is none, nor are marks inside other quotations.

    The closing mark follows a comma or a full stop; only a curly mark may also close after a word, where no stop follows.
    """
    out: list[Quote] = []
    starts = [q.start for q in double]
    at = start
    while True:
        m = _SINGLE_OPEN.search(flat, at, end)
        if m is None:
            return out
        opened = m.start()
        k = bisect_right(starts, opened)
        if k and opened < double[k - 1].end:
            at = double[k - 1].end
            continue
        limit = starts[k] if k < len(starts) else end
        closing = _SINGLE_STOP.search(flat, opened + 1, limit)
        if closing is None and flat[opened] == "‘":
            closing = _SINGLE_CLOSE.search(flat, opened + 1, limit)
        if closing is None:
            if limit == end:
                return out
            at = limit
            continue
        stop = closing.end()
        out.append(Quote(opened, stop, opened + 1, stop - 1, True))
        at = stop


@cache
def _starters() -> frozenset[str]:
    """Words that begin a sentence when capitalised after an abbreviation."""
    wanted = ("det", "possessive", "subject", "preposition", "subordinator", "coordinator", "adverb", "wh")
    return frozenset(w for row in read_table("words.csv") if row["class"] in wanted for w in row["words"].split())


_NEVER_BREAK: Final = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "dr",
        "prof",
        "sen",
        "sens",
        "rep",
        "reps",
        "gov",
        "govs",
        "gen",
        "col",
        "lt",
        "capt",
        "sgt",
        "maj",
        "adm",
        "cmdr",
        "hon",
        "rev",
        "st",
        "messrs",
        "vs",
        "e.g",
        "i.e",
    ]
)


def _sentences(flat: str, start: int, end: int, number: int, quotes: list[Quote]) -> list[Sentence]:
    """Sentences of one paragraph."""
    starts = [q.start for q in quotes]
    ends: list[int] = []
    for m in _STOP.finditer(flat, start, end):
        stop = m.end()
        if quotes:
            k = bisect_right(starts, stop - 1) - 1
            if k >= 0 and stop < quotes[k].end:
                continue
        if stop < end and not _breaks(flat, m.start(), stop, end):
            continue
        ends.append(stop)
    if not ends or ends[-1] < end:
        ends.append(end)
    ends = _cut(flat, start, ends, starts, quotes)
    out: list[Sentence] = []
    k = 0
    for stop in ends:
        while start < stop and flat[start].isspace():
            start += 1
        if start >= stop:
            continue
        inside: list[Quote] = []
        while k < len(quotes) and quotes[k].start < stop:
            inside.append(quotes[k])
            k += 1
        out.append(Sentence(start, stop, number, tuple(inside)))
        start = stop
    return out


def _cut(flat: str, start: int, ends: list[int], starts: list[int], quotes: list[Quote]) -> list[int]:
    """The ends of sentences with those too long for prose cut at blanks outside quotations, so that work stays linear in the text."""
    out: list[int] = []
    for stop in ends:
        while stop - start > LONGEST_SENTENCE:
            m = _BLANK.search(flat, start + LONGEST_SENTENCE, stop)
            cut = m.start() if m else stop
            k = bisect_right(starts, cut) - 1
            if k >= 0 and cut < quotes[k].end:
                cut = quotes[k].end
            if cut >= stop:
                break
            out.append(cut)
            start = cut
        out.append(stop)
        start = stop
    return out


def _breaks(flat: str, at: int, stop: int, end: int) -> bool:
    """Whether a sentence ends at the full stop at `at` (its marks reach to `stop`), looking at the words around it."""
    m = _NEXT_WORDS.match(flat, stop, min(end, stop + 80))
    if m is None:
        return True
    opening, word = m.group(1), m.group(2)
    if not word and not opening:
        return True
    if word[:1].islower():
        return False
    closed_quote = flat[stop - 1] in '"”' + _FILLER
    if flat[at] == "." and stop == at + 1:
        last = _LAST_WORD.search(flat, max(0, at - LOOK_BACK), at)
        if last:
            before = last.group()
            lower = before.lower()
            if lower in _NEVER_BREAK:
                return False
            if lower in abbreviations() or (len(before) == 1 and before.isupper()) or ("." in before and len(before) < 6):
                return word.lower() in _starters() or bool(opening)
            if lower == "no" and word[:1].isdigit():
                return False
    elif closed_quote and not opening:
        following = [w.lower().rstrip(".") for w in m.groups()[1:]]
        table = cues()
        for k, w in enumerate(following):
            cue = table.get(w)
            if cue and cue.group == "say" and "q" in cue.frames and (k or w in ("said", "asked")):
                return flat[at] == "." and not m.group(k + 2).endswith(".")  # after a full stop only "Name said." ends the sentence
            if k and not m.group(k + 2)[:1].isupper() and w not in ("the", "a"):
                break
    return True
