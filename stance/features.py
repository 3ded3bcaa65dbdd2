"""A statement to its features: takes text, speaker and context, gives named units with their places; it knows no weights and no labels.

The one definition used by training and by prediction. A unit is a small piece of evidence (a word, a pair of words, letters inside a word,
a fact about the statement) in a block; each block has its own weights and counts as `sum of weights / sqrt(number of units)`.
Names do not vote: the speaker becomes one of two marks (the target's own people, everybody else) and the target becomes a mark of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from stance.target import Target

__all__ = ["BLOCKS", "FACTS", "Names", "Reading", "Unit", "read", "units"]

BLOCKS: Final = ("words", "pairs", "letters", "clause words", "clause pairs", "context words", "facts")
"""The blocks of units, in the order in which models store them."""
FACTS: Final = frozenset({"facts"})
"""Blocks whose units count one each, whatever their number."""

OWN: Final = "_own"
OTHER: Final = "_speaker"
TARGET: Final = "_target"
PERSON: Final = "_person"

_TOKEN: Final = re.compile(r"[^\W_]+(?:[’'.\-&][^\W_]+)*|[\"“”,;:?!.—()–]|''|``|-(?= )")
_WORD: Final = re.compile(r"[^\W_]+(?:[’'.\-&][^\W_]+)*")
_SMALL: Final = frozenset("the a an of for and in to at on by mr mrs ms sir dr sen rep us u.s its his her their".split())
_BREAKS: Final = frozenset("while although though whereas but despite after because since ; . — –".split())
_QUOTES: Final = frozenset(['"', "“", "”", "''", "``"])
_SAYING: Final = frozenset("said says say told added adding tells tweeted wrote write writes argued argues stated noted insisted insists claimed claims warned warns denied denies "
                           "denying asked called calls according spokesperson spokesman spokeswoman statement announced reported believes believe think thinks thought urged "
                           "urges explained suggested testified conceded concluded accused accuses acknowledged described".split())


class Unit(NamedTuple):
    """One piece of evidence: its block, its name, and where it stands (`where` is text, context or "" for a fact about the whole)."""

    block: str
    name: str
    start: int
    end: int
    where: str


class Token(NamedTuple):
    """A word or a mark of a text, in lower case or masked, with its place and what it is (S speaker, T target, P target's person)."""

    word: str
    start: int
    end: int
    role: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A statement as the classifier reads it: its tokens, which of them stand in quotation marks and in the speaker's clause, and its context's tokens."""

    tokens: tuple[Token, ...]
    quoted: tuple[bool, ...]
    clause: tuple[int, ...]
    context: tuple[Token, ...]
    own: bool
    kind: str


class Names:
    """A target's names, made ready for looking up."""

    __slots__ = ("home", "people", "single", "target")

    def __init__(self, target: Target) -> None:
        self.target = _by_first([target.name, *target.aliases])
        self.people = _by_first(target.people)
        self.home = frozenset(h.lower() for h in target.home)
        self.single = frozenset(n.lower() for n in (target.name, *target.aliases) if " " not in n)

    def own(self, speaker: str | None) -> bool:
        """Whether a speaker belongs to the target or to its home state, by name."""
        words = _words(speaker or "")
        return any(w in self.single or w in self.home or _match(words, i, self.people) or _match(words, i, self.target) for i, w in enumerate(words))


def _by_first(names: Sequence[str]) -> dict[str, list[list[str]]]:
    out: dict[str, list[list[str]]] = {}
    for words in sorted((n.lower().split() for n in names), key=len, reverse=True):
        out.setdefault(words[0], []).append(words)
    return out


def _match(words: Sequence[str], at: int, table: dict[str, list[list[str]]]) -> int:
    for name in table.get(words[at], ()):
        if list(words[at:at + len(name)]) == name:
            return len(name)
    return 0


def _plain(word: str) -> str:
    return word[:-2] if word.endswith(("'s", "’s")) else word


def _words(text: str) -> list[str]:
    return [_plain(w.lower()) for w in _WORD.findall(text)]


def _tokens(text: str, speaker: str | None, names: Names, own: bool) -> list[Token]:
    """The text's tokens with the speaker and the target masked."""
    raw = [(m.group(), m.start(), m.end()) for m in _TOKEN.finditer(text)]
    low = [_plain(w.lower()) for w, _, _ in raw]
    told = frozenset(_words(speaker or "")) - _SMALL
    head = _words((speaker or "").split(",")[0])
    mark = OWN if own else OTHER
    out: list[Token] = []
    i, n = 0, len(raw)
    while i < n:
        if low[i] in told:
            j = i
            while j < n and (low[j] in told or (low[j] in _SMALL and j + 1 < n and low[j + 1] in told)):
                j += 1
            run = low[i:j]
            only_target = all(w in names.single or w in names.home for w in run)
            if run == head or (not only_target and (len(run) > 1 or run[0] == head[-1])):
                out.append(Token(mark, raw[i][1], raw[j - 1][2], "S"))
                i = j
                continue
        if (k := _match(low, i, names.target)):
            out.append(Token(TARGET, raw[i][1], raw[i + k - 1][2], "T"))
        elif raw[i][0][0].isupper() and (k := _match(low, i, names.people)):
            out.append(Token(PERSON, raw[i][1], raw[i + k - 1][2], "P"))
        else:
            k = 1
            out.append(Token(low[i], raw[i][1], raw[i][2], ""))
        i += k
    return out


def _quoted(tokens: Sequence[Token]) -> list[bool]:
    out, inside = [], False
    for t in tokens:
        if t.word in _QUOTES:
            out.append(False)
            inside = t.word in "“``" or (t.word not in "”''" and not inside)
        else:
            out.append(inside)
    return out


def read(text: str, speaker: str | None, context: str, names: Names) -> Reading:
    """Read a statement: tokens with masks, quotation marks, the speaker's own clause, the kind."""
    own = names.own(speaker)
    tokens = _tokens(text, speaker, names, own)
    quoted = _quoted(tokens)
    clause, now = [], 0
    for i, t in enumerate(tokens):
        after_comma = i > 0 and tokens[i - 1].word == ","
        if not quoted[i] and (t.word in _BREAKS or (after_comma and t.word in ("and", "which", "who", "as"))):
            now += 1
        clause.append(now)
    at = [i for i, t in enumerate(tokens) if t.role == "S"]
    mine = {clause[i] for i in at if not quoted[i]} or {clause[i] for i in at}
    inside = tuple(i for i in range(len(tokens)) if not mine or clause[i] in mine or quoted[i])
    share = sum(quoted) / max(1, len(tokens))
    kind = "direct" if share > 0.5 else "mixed" if share > 0 else "indirect" if any(t.word in _SAYING for t in tokens) else "act"
    return Reading(tuple(tokens), tuple(quoted), inside, tuple(_tokens(context, speaker, names, own)), own, kind)


def units(reading: Reading) -> Iterator[Unit]:
    """All units of a reading, block by block."""
    tokens = reading.tokens
    for t in tokens:
        yield Unit("words", t.word, t.start, t.end, "text")
    edge = [Token("_start", 0, 0, ""), *tokens]
    for a, b in zip(edge, tokens, strict=False):
        yield Unit("pairs", f"{a.word} {b.word}", a.start if a.end else b.start, b.end, "text")
    for t in tokens:
        if t.word[0].isalpha():
            for piece in letters(t.word):
                yield Unit("letters", piece, t.start, t.end, "text")
    inside = [tokens[i] for i in reading.clause]
    for t in inside:
        yield Unit("clause words", t.word, t.start, t.end, "text")
    for a, b in zip(inside, inside[1:], strict=False):
        yield Unit("clause pairs", f"{a.word} {b.word}", a.start, b.end, "text")
    for t in reading.context:
        yield Unit("context words", t.word, t.start, t.end, "context")
    near = any(t.role in ("T", "P") for t in reading.context)
    named = sum(t.role in ("T", "P") for t in tokens)
    told = any(t.role == "S" for t in tokens)
    for fact in (f"kind {reading.kind}", f"own {reading.own}", f"own {reading.own} {reading.kind}", f"speaker in text {told} {reading.own}",
                 f"target named {min(named, 2)}", f"target in context {near} {named > 0}", f"clauses {min(3, len(tokens) - len(reading.clause) > 0)}"):
        yield Unit("facts", fact, 0, 0, "")


def letters(word: str, shortest: int = 2, longest: int = 5) -> list[str]:
    """Runs of 2 to 5 letters in a word, its edges marked.

    Examples
    --------
    >>> letters("ban", longest=3)
    ['<b', 'ba', 'an', 'n>', '<ba', 'ban', 'an>']
    """
    word = f"<{word}>"
    return [word[i:i + k] for k in range(shortest, longest + 1) for i in range(len(word) - k + 1)]
