"""Text as written in; text as a reader sees it out, with the way back to the written offsets: invisible characters and look-alike letters in words.

Soft hyphens and zero-width characters inside words come from typesetting and from copying web pages, full-width letters from East Asian
keyboards, Cyrillic or Greek letters in Latin words from people who want to be read and not found. It changes nothing else: other scripts,
accents, invisible characters between words and letters with blanks between them stay.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from stance.results import Span
from stance.words import read_table

__all__ = ["Plain", "undisguise"]

# Soft hyphen, combining grapheme joiner, Mongolian vowel separator, zero-width blank, non-joiner and joiner, left-to-right and right-to-left mark,
# word joiner, zero-width no-break blank: nothing is seen of them inside a word.
INVISIBLE: Final = "\u00ad\u034f\u180e\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
# Full-width forms, and the bold, italic, script ... letters and digits made for mathematics: Unicode gives each a plain letter that it stands for.
STYLED: Final = "\uff10-\uff5a\U0001d400-\U0001d7ff"
OTHER_SCRIPTS: Final = re.compile("[\u0370-\u058f\u13a0-\u13ff]")  # Greek, Cyrillic, Armenian, Cherokee
_INSIDE: Final = re.compile(rf"(?<=\w)[{INVISIBLE}]++(?=\w)")
_WORD: Final = re.compile(r"\w+")
_LATIN: Final = re.compile(r"[A-Za-z]")


@dataclass(frozen=True, slots=True)
class Plain:
    """A text without disguises, and where each of its characters stands in the text as written.

    Attributes
    ----------
    raw, text
        As written, and as a reader sees it; the second is never longer.
    places
        For each code point of `text` the place of the code point of `raw` that it comes from; ascending.
    """

    raw: str
    text: str
    places: Sequence[int]

    def span(self, start: int, end: int) -> Span:
        """What `text[start:end]` is in the text as written; `end` must be beyond `start`."""
        first, beyond = self.places[start], self.places[end - 1] + 1
        return Span(first, beyond, self.raw[first:beyond])


def undisguise(text: str) -> Plain | None:
    r"""A text as a reader sees it; None where that is the text itself.

    Parameters
    ----------
    text
        Any string.

    Returns
    -------
    Plain or None
        Invisible characters between letters are gone, styled letters plain. In a word with Latin letters, or with letters of two
        scripts, those that look like Latin ones are; a word of one other script stays as it is.

    Examples
    --------
    >>> undisguise("Hua\u00adwei").text, undisguise("Н\u03c5awei").text, undisguise("Ｈｕａｗｅｉ").text
    ('Huawei', 'Huawei', 'Huawei')
    >>> undisguise("Hua\u00adwei said").span(0, 6)
    Span(start=0, end=7, text='Hua\xadwei')
    >>> undisguise("Huawei, she said – \u200band left for Москва") is None
    True
    """
    if text.isascii() or _suspect().search(text) is None:
        return None
    gone = [m.span() for m in _INSIDE.finditer(text)]
    places: Sequence[int] = range(len(text))
    plain = text
    if gone:
        kept = [*zip([0, *(b for _, b in gone)], [*(a for a, _ in gone), len(text)], strict=True)]
        plain = "".join(text[a:b] for a, b in kept)
        places = [i for a, b in kept for i in range(a, b)]
    plain = _WORD.sub(_seen, plain)
    return Plain(text, plain, places) if plain != text else None


def _seen(word: re.Match[str]) -> str:
    """A word with plain letters in the place of styled and look-alike ones; as long as it was."""
    written = word.group()
    if written.isascii():
        return written
    letters = [_unstyled(c) for c in written]
    table = _lookalikes()
    scripts = {table[c][1] for c in letters if c in table}
    if scripts and (len(scripts) > 1 or _LATIN.search("".join(letters))) and all(c in table for c in letters if OTHER_SCRIPTS.match(c)):
        letters = [table[c][0] if c in table else c for c in letters]
    return "".join(letters)


def _unstyled(character: str) -> str:
    if character < "\uff00":
        return character
    plain = unicodedata.normalize("NFKC", character)
    return plain if len(plain) == 1 else character


@cache
def _lookalikes() -> dict[str, tuple[str, str]]:
    """Character to the Latin letter that it looks like and to its script."""
    return {row["character"]: (row["latin"], row["script"]) for row in read_table("lookalikes.csv")}


@cache
def _suspect() -> re.Pattern[str]:
    return re.compile(f"[{INVISIBLE}{STYLED}{''.join(_lookalikes())}]")
