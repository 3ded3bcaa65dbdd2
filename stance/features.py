"""Statements to features: takes text, speaker and context, gives for each word the roles that it plays, as arrays; it knows no weights and no labels.

The one definition used by training and by prediction. A word counts once for each role that it plays:

| role | which words |
| --- | --- |
| text | all words of the statement |
| clause | those of the speaker's own clause, and what stands in quotation marks |
| negated | those that follow a negation ("not", "no plans to", "declined to"), up to a mark |
| context | the words of the context |

and each pair of neighbouring words for the roles text and clause. Then there are facts (kind of statement, whose side speaks, is the target named).
What a role counts is divided by the square root of the number of its words, so that long texts do not shout.

Names do not vote: the speaker's name becomes one of two marks (the target's own people, everybody else), the target a third and its people a fourth.
Roles ("analyst", "ministry") are no names and stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from stance.disguise import undisguise
from stance.results import KINDS
from stance.target import Target
from stance.words import role_words

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["FACTS", "MARKS", "PAIR_ROLES", "WORD_ROLES", "Batch", "Reader", "Row"]

WORD_ROLES: Final = ("text", "clause", "negated", "context")
"""The roles of a word, in the order in which models store their weights."""
PAIR_ROLES: Final = ("text", "clause")
"""The roles of a pair of neighbouring words."""
MARKS: Final = ("_start", "_own", "_speaker", "_target", "_person")
"""What stands for the beginning of a text, a speaker of the target's own side, any other speaker, the target, and its people; they are words 0 to 4."""
START, OWN, OTHER, TARGET, PERSON = range(len(MARKS))
SCOPE: Final = 6
"""Words that a negation reaches (4 scores less)."""
NEW: Final = 1 << 20
"""Ids from here on are words that the vocabulary does not have."""
CACHED: Final = 200_000
"""Spellings that a reader remembers; at most 30 MB."""

REMEMBERED: Final = 64
"""Texts of one batch whose words are kept in mind; few, since what comes again comes soon."""

_TOKEN: Final = re.compile(r"[^\W_]+(?:[’'.\-&][^\W_]+)*|[\"“”,;:?!.—()–]|''|``|-(?=\s)")
_WORD: Final = re.compile(r"[^\W_]+(?:[’'.\-&][^\W_]+)*")

# Function words and marks that shape a sentence; closed classes of English, so they stand here and not in a word list.
_SMALL: Final = frozenset((
    "the", "a", "an", "of", "for", "and", "in", "to", "at", "on", "by", "mr", "mrs", "ms", "sir", "dr", "sen", "rep", "us", "u.s", "its", "his",
    "her", "their",
))
_BREAKS: Final = frozenset((
    "while", "although", "though", "whereas", "but", "despite", "after", "because", "since", ";", ".", "—", "–",
))
_AFTER_COMMA: Final = frozenset(["and", "which", "who", "as"])
_QUOTES: Final = frozenset(['"', "“", "”", "''", "``"])
_SAYING: Final = frozenset((
    "said", "says", "say", "told", "tell", "tells", "added", "adds", "adding", "tweeted", "wrote", "writes", "argued", "argues", "stated", "states",
    "noted", "notes", "insisted", "insists", "claimed", "claims", "warned", "warns", "denied", "denies", "denying", "asked", "asks", "called",
    "calls", "according", "spokesperson", "spokesman", "spokeswoman", "statement", "announced", "announces", "reported", "reportedly", "reports",
    "believed", "believes", "thinks", "thought", "urged", "urges", "explained", "explains", "suggested", "suggests", "testified", "conceded",
    "concedes", "concluded", "concludes", "accused", "accuses", "acknowledged", "acknowledges", "described", "describes", "replied", "replies",
    "promised", "promises", "complained", "complains", "recalled", "predicted", "predicts", "estimated", "estimates", "hoped", "hopes",
))
_NEGATIONS: Final = frozenset((
    "not", "no", "never", "without", "nor", "neither", "cannot", "hardly", "nothing", "none", "refuse", "refused", "refuses", "declined", "declines",
    "against", "oppose", "opposes", "opposed", "rejected", "rejects", "ruled",
))
_PLAIN, _QUOTE, _BREAK, _COMMA, _JOIN, _SAY = range(6)
_CLASS: Final[Mapping[str, int]] = {
    **dict.fromkeys(_SAYING, _SAY), **dict.fromkeys(_BREAKS, _BREAK), **dict.fromkeys(_AFTER_COMMA, _JOIN), **dict.fromkeys(_QUOTES, _QUOTE), ",": _COMMA,
}  # fmt: skip

_SIDES: Final = ("other", "own")
_FACTS: Final = (
    tuple(f"kind {k}" for k in KINDS),
    tuple(f"{s} side" for s in _SIDES),
    tuple(f"{s} side, {k}" for s in _SIDES for k in KINDS),
    tuple(f"{s} side, {t}" for s in _SIDES for t in ("not mentioned", "mentioned")),
    ("target not named", "target named", "target named again"),
    tuple(f"target {t}, context {c}" for t in ("not named", "named") for c in ("without", "with")),
    ("one clause", "further clauses"),
)
FACTS: Final = tuple(name for group in _FACTS for name in group)
"""Facts about a statement; each row has one of each group."""
_FIRST_FACT: Final = np.cumsum([0, *(len(group) for group in _FACTS[:-1])])


class Row(Protocol):
    """What the classifier works from."""

    @property
    def text(self) -> str:
        """The statement."""

    @property
    def speaker(self) -> str | None:
        """Who makes it, or None."""

    @property
    def context(self) -> str:
        """What stands before it, or ""."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Statements as the classifier reads them; n rows, t words in all their texts, c in all their contexts.

    Attributes
    ----------
    words, rows
        (t,) ids of the words and the rows that they belong to; ids from NEW on index `new_words`.
    inside, negated
        (t,) whether each word plays the role clause, the role negated.
    context_words, context_rows
        (c,) the same for the contexts.
    lefts, both_inside
        (t,) the word before each word (START at the beginning), and whether both stand in the speaker's clause.
    facts
        (n, groups) indices into FACTS.
    named, near, own, spoken
        (n,) whether the text names the target or its people, the context does, the speaker belongs to it, a speaker is given.
    new_words
        Words that the vocabulary does not have.
    """

    words: NDArray[np.int64]
    rows: NDArray[np.int64]
    inside: NDArray[np.bool_]
    negated: NDArray[np.bool_]
    context_words: NDArray[np.int64]
    context_rows: NDArray[np.int64]
    lefts: NDArray[np.int64]
    both_inside: NDArray[np.bool_]
    facts: NDArray[np.int64]
    named: NDArray[np.bool_]
    near: NDArray[np.bool_]
    own: NDArray[np.bool_]
    spoken: NDArray[np.bool_]
    new_words: list[str]


_Name = tuple[list[str], list[str], list[Sequence[str]], list[str], bool]


class _Speaker:
    """A speaker's name as ids: the words that are part of it, those of them that are no roles, the whole names, several where several speak, and the roles."""

    __slots__ = ("heads", "lasts", "mark", "names", "roles", "watched", "words")

    def __init__(self, words: frozenset[int], names: frozenset[int], heads: Sequence[Sequence[int]], roles: frozenset[int], own: bool,
                 starts: frozenset[int]) -> None:  # fmt: skip
        self.words, self.names, self.roles, self.mark = words, names, roles, OWN if own else OTHER
        self.heads = frozenset(map(tuple, heads))
        self.lasts = frozenset(head[-1] for head in heads if head)
        self.watched = words | roles | starts  # where in a text a name may begin


class Reader:
    """Reads statements against a vocabulary and a target; may be used by several threads at once."""

    __slots__ = ("_classes", "_first", "_home", "_known_speakers", "_names", "_people", "_seed", "_seen", "_single", "_small", "_sure", "_tables", "_turns",
                 "vocabulary")

    def __init__(self, target: Target, vocabulary: Sequence[str] = ()) -> None:
        self.vocabulary: dict[str, int] = {w: i for i, w in enumerate(vocabulary)}
        self._single = frozenset(n.lower() for n in (target.name, *target.aliases) if " " not in n)
        self._names = _by_first([n for n in (target.name, *target.aliases) if " " in n])
        self._people = _by_first(target.people)
        self._home = frozenset(h.lower() for h in target.home)
        self._seen: dict[str, int] = {}
        self._known_speakers: dict[str, _Name] = {}
        self._classes = np.array([_CLASS.get(w, _PLAIN) for w in vocabulary], np.int8)
        self._turns = np.array([_turn(w) for w in vocabulary], np.int8)
        # Words of names have an id in every batch, in the vocabulary or not, so that names can be looked up by ids.
        parts = {w for table in (self._names, self._people) for names in table.values() for name in names for w in name}
        self._seed: dict[str, int] = {}
        for word in sorted((parts | _SMALL | self._home) - self._single):
            if word not in self.vocabulary:
                self._seed[word] = NEW + len(self._seed)
        self._small = frozenset(map(self._sure_id, _SMALL))
        self._sure = frozenset((TARGET, *map(self._sure_id, self._home)))
        self._tables = tuple((mark, self._by_ids(names)) for mark, names in ((TARGET, self._names), (PERSON, self._people)))
        self._first = frozenset(i for _, table in self._tables for i in table)

    def _sure_id(self, word: str) -> int:
        return TARGET if word in self._single else self.vocabulary.get(word, self._seed.get(word, -1))

    def _by_ids(self, names: Mapping[str, Sequence[Sequence[str]]]) -> dict[int, list[tuple[int, ...]]]:
        out: dict[int, list[tuple[int, ...]]] = {}
        for group in names.values():
            for name in group:
                ids = tuple(map(self._sure_id, name))
                out.setdefault(ids[0], []).append(ids)
        return out

    # ---- words to ids

    def read(self, rows: Iterable[Row]) -> Batch:
        """Read rows; each has `text`, `speaker` (or None) and `context`."""
        new = self._seed.copy()
        speakers: dict[str, _Speaker] = {}
        words: list[int] = []
        context: list[int] = []
        lengths: list[int] = []
        context_lengths: list[int] = []
        own: list[bool] = []
        spoken: list[bool] = []
        read: dict[str, list[int]] = {}  # texts come again: as another speaker's, as the context of what follows

        def ids_of(text: str) -> list[int]:
            ids = read.get(text)
            if ids is None:
                if len(read) >= REMEMBERED:
                    read.clear()
                ids = read[text] = self._ids(_TOKEN.findall(_seen(text)), new)
            return ids

        for row in rows:
            name = row.speaker or ""
            speaker = speakers.get(name)
            if speaker is None:
                speaker = speakers[name] = self._speaker(name, new)
            ids = self._masked(ids_of(row.text), speaker)
            words += ids
            lengths.append(len(ids))
            if row.context:
                ids = self._masked(ids_of(row.context), speaker)
                context += ids
                context_lengths.append(len(ids))
            else:
                context_lengths.append(0)
            own.append(speaker.mark == OWN)
            spoken.append(bool(name))
        return self._batch(words, lengths, context, context_lengths, own, spoken, list(new))

    def _ids(self, tokens: Sequence[str], new: dict[str, int]) -> list[int]:
        ids = list(map(self._seen.get, tokens))
        if None in ids:
            return [self._unseen(t, new) if i is None else i for i, t in zip(ids, tokens, strict=True)]
        return ids  # type: ignore[return-value]  # None is not in it

    def _unseen(self, token: str, new: dict[str, int]) -> int:
        word = _plain(token)
        if word in self._single:
            at = TARGET
        else:
            found = self.vocabulary.get(word)
            if found is None:  # remembered for this batch only: another batch numbers its new words afresh
                return new.setdefault(word, NEW + len(new))
            at = found
        if len(self._seen) >= CACHED:
            self._seen.clear()
        self._seen[token] = at
        return at

    def _speaker(self, name: str, new: dict[str, int]) -> _Speaker:
        words, names, heads, roles, own = self._name(name)
        whole, only, alone = (frozenset(self._ids(w, new)) for w in (words, names, roles))
        return _Speaker(whole, only, [self._ids(head, new) for head in heads], alone, own, self._first)

    def _name(self, name: str) -> _Name:
        """The words of a speaker's name, those that are no roles, the names before a comma, roles, and whether it is of the target's own side; remembered.

        Roles are no names and stay in the text, since they tell what a speaker is, not who: "Huawei spokesman" has the name Huawei, "two analysts" has none
        but the role; the mark of the speaker is put before it.
        """
        known = self._known_speakers.get(name)
        if known is None:
            plain = [_plain(t) for t in _WORD.findall(name)]
            named = any(_match(plain, k, table) for table in (self._people, self._names) for k in range(len(plain)))
            own = named or not self._single.isdisjoint(plain) or not self._home.isdisjoint(plain)
            described = name.islower() and not role_words().isdisjoint(plain)
            parts = [] if described else [_proper(_WORD.findall(part), name.islower()) for part in (*name.split(",")[0].split(" & "), *name.split(",")[1:])]
            words = [t for part in parts for t in part if _plain(t) not in _SMALL]
            names = [t for t in words if _plain(t) not in role_words()]
            roles = [t for t in _WORD.findall(name.split(",")[0]) if t in role_words()] if described else []
            known = (words, names, parts[:name.split(",")[0].count(" & ") + 1], roles, own)
            if len(self._known_speakers) >= CACHED:
                self._known_speakers.clear()
            self._known_speakers[name] = known
        return known

    def _masked(self, ids: list[int], speaker: _Speaker) -> list[int]:
        """The ids with the speaker's and the target's names replaced by marks."""
        if speaker.watched.isdisjoint(ids):
            return ids
        out: list[int] = []
        done = 0
        for mark, start, end in self._named(ids, speaker):
            out += ids[done:start]
            out.append(mark)
            done = end
        return out + ids[done:]

    def _named(self, ids: Sequence[int], speaker: _Speaker) -> Iterator[tuple[int, int, int]]:
        """The names in a text: the mark that replaces each, and where it begins and ends; in order, without overlap."""
        told, watched, small, n, end = speaker.words, speaker.watched, self._small, len(ids), 0
        for i in [k for k, word in enumerate(ids) if word in watched]:
            if i < end:
                continue
            if ids[i] in told:
                j = i + 1
                while j < n and (ids[j] in told or (ids[j] in small and j + 1 < n and ids[j + 1] in told)):
                    j += 1
                run = tuple(ids[i:j])
                whole = run in speaker.heads or (not self._sure.issuperset(run) and (len(run) > 1 or run[0] in speaker.lasts))
                if whole and not speaker.names.isdisjoint(run):
                    end = j
                    yield speaker.mark, i, j
                    continue
            if ids[i] in speaker.roles:
                yield speaker.mark, i, i
                continue
            for mark, table in self._tables:
                names = table.get(ids[i])
                name = next((name for name in names if tuple(ids[i:i + len(name)]) == name), None) if names else None
                if name:
                    end = i + len(name)
                    yield mark, i, end
                    break

    def spans(self, text: str, row: Row) -> list[tuple[int, int]]:
        """Where the words of a row's text (or of its context) stand, in the order of the batch that `read([row])` gives; half-open, in code points."""
        new = self._seed.copy()
        speaker = self._speaker(row.speaker or "", new)
        plain = undisguise(text)
        found = list(_TOKEN.finditer(plain.text if plain else text))
        ids = self._ids([m.group() for m in found], new)
        out: list[tuple[int, int]] = []
        done = 0
        for _, start, end in self._named(ids, speaker):
            out += [m.span() for m in found[done:start]]
            out.append((found[start].start(), found[max(start, end - 1)].end()))
            done = end
        out += [m.span() for m in found[done:]]
        return [(s.start, s.end) for s in (plain.span(a, b) for a, b in out)] if plain else out

    # ---- ids to roles

    def _batch(self, words: list[int], lengths: list[int], context: list[int], context_lengths: list[int], own: list[bool], spoken: list[bool],
               new: list[str]) -> Batch:
        w = np.array(words, np.int64)
        n, t = len(lengths), len(words)
        size = np.array(lengths, np.int64)
        rows = np.repeat(np.arange(n), size)
        starts = np.cumsum(size) - size
        start_of = starts[rows]
        classes, turns = np.zeros(t, np.int8), np.zeros(t, np.int8)
        is_new = w >= NEW
        if len(self._classes):
            classes[~is_new], turns[~is_new] = self._classes[w[~is_new]], self._turns[w[~is_new]]
        if new:
            classes[is_new] = np.array([_CLASS.get(x, _PLAIN) for x in new], np.int8)[w[is_new] - NEW]
            turns[is_new] = np.array([_turn(x) for x in new], np.int8)[w[is_new] - NEW]
        quote = classes == _QUOTE
        quoted = ~quote & (_running(quote, start_of) % 2 == 1)
        after_comma = np.zeros(t, np.bool_)
        after_comma[1:] = (classes[:-1] == _COMMA) & (rows[1:] == rows[:-1])
        breaks = ~quoted & ((classes == _BREAK) | (after_comma & (classes == _JOIN)))
        clause = np.cumsum(breaks) + rows  # a new row is a new clause
        speaker = (w == OWN) | (w == OTHER)
        target = (w == TARGET) | (w == PERSON)
        inside = _clauses(clause, speaker, quoted, rows, n) | quoted
        side = np.array(own, np.bool_)
        lefts = np.full(t, START, np.int64)
        lefts[1:][rows[1:] == rows[:-1]] = w[:-1][rows[1:] == rows[:-1]]
        both = inside.copy()
        both[1:] &= inside[:-1] | (rows[1:] != rows[:-1])

        c = np.array(context, np.int64)
        context_rows = np.repeat(np.arange(n), context_lengths)
        named_times = np.bincount(rows[target], minlength=n)
        near = np.bincount(context_rows[(c == TARGET) | (c == PERSON)], minlength=n) > 0
        told = np.bincount(rows[speaker], minlength=n) > 0
        share = np.bincount(rows[quoted], minlength=n) / np.maximum(1, size)
        says = np.bincount(rows[classes == _SAY], minlength=n) > 0
        kind = np.where(share > 0.5, 0, np.where(share > 0, 1, np.where(says, 2, 3)))
        further = np.bincount(rows[~inside], minlength=n) > 0
        groups = [kind, side, side * len(KINDS) + kind, side * 2 + told, np.minimum(named_times, 2), (named_times > 0) * 2 + near, further]
        facts = np.stack([np.asarray(g, np.int64) + first for g, first in zip(groups, _FIRST_FACT, strict=True)], axis=1)
        negated = _negated(turns, start_of)
        return Batch(w, rows, inside, negated, c, context_rows, lefts, both, facts, named_times > 0, near, side, np.array(spoken, np.bool_), new)


def _seen(text: str) -> str:
    """A text as a reader sees it."""
    plain = None if text.isascii() else undisguise(text)
    return plain.text if plain else text


def _plain(token: str) -> str:
    """A token as a word: lower case, one kind of apostrophe and of quotation mark, no possessive."""
    if token in _QUOTES:
        return '"'
    return token.lower().replace("’", "'").removesuffix("'s")


def _proper(tokens: Sequence[str], lower: bool) -> Sequence[str]:
    """From the first to the last word of a phrase that is not written in lower case, roles in lower case left out; all of it where `lower`."""
    if lower:
        return tokens
    at = [k for k, t in enumerate(tokens) if not t[0].islower()]
    return [t for t in tokens[at[0]:at[-1] + 1] if not (t.islower() and t in role_words())] if at else ()


def _by_first(names: Iterable[str]) -> dict[str, list[list[str]]]:
    """Names as lists of words, by their first word, the longest first."""
    out: dict[str, list[list[str]]] = {}
    for words in sorted((n.lower().split() for n in names), key=lambda w: (-len(w), w)):
        out.setdefault(words[0], []).append(words)
    return out


def _match(words: Sequence[str], at: int, table: Mapping[str, Sequence[Sequence[str]]]) -> int:
    for name in table.get(words[at], ()):
        if list(words[at:at + len(name)]) == list(name):
            return len(name)
    return 0


def _running(flags: NDArray[np.bool_], start_of: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many flags are set before each place in its row."""
    before: NDArray[np.int64] = np.cumsum(flags) - flags
    return np.asarray(before - before[start_of] if len(flags) else before)


def _turn(word: str) -> int:
    """1 for a negation, -1 for a mark, which ends its reach, 0 for other words."""
    if word in _NEGATIONS or word.endswith("n't"):
        return 1
    return 0 if word[0].isalnum() or word in MARKS else -1


def _negated(turns: NDArray[np.int8], start_of: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which words follow a negation at no more than SCOPE words, in their row and with no mark between."""
    at = np.arange(len(turns))
    if not len(at):
        return np.zeros(0, np.bool_)
    negation = np.maximum.accumulate(np.where(turns == 1, at, -1))
    before = np.concatenate([[-1], negation[:-1]])  # the last negation to the left of each word
    mark = np.maximum.accumulate(np.where(turns == -1, at, -1))
    return np.asarray((before >= start_of) & (before > mark) & (at - before <= SCOPE))


def _clauses(clause: NDArray[np.int64], speaker: NDArray[np.bool_], quoted: NDArray[np.bool_], rows: NDArray[np.int64], n: int) -> NDArray[np.bool_]:
    """Which words stand in a clause that mentions the speaker outside quotation marks, else inside them, else (no mention) anywhere."""
    if not len(clause):
        return np.zeros(0, np.bool_)
    outside = speaker & ~quoted
    has_outside = np.bincount(rows[outside], minlength=n) > 0
    counts = outside | (speaker & ~has_outside[rows])
    marked = np.zeros(int(clause[-1]) + 1, np.bool_)
    marked[clause[counts]] = True
    has = np.bincount(rows[counts], minlength=n) > 0
    return np.asarray(marked[clause] | ~has[rows])
