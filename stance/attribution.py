"""A text in; who said what out: statements with speaker, cue and content at exact offsets. It does not label them."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import Final

from stance.acts import find_acts
from stance.results import Dropped, Kind, Span, Statement
from stance.speakers import Directory, Identity
from stance.syntax import (
    FINITE, GERUND, INFINITIVE, PASSIVE, REDUCED, Tokens, across_insertion, controller, group_left, noun_like, np_left, np_right, phrase_end, skip_adverbials, span,
    starts_clause, subject, subject_before, trimmed,
)  # fmt: skip
from stance.target import Target, Tie, find_target, points_back, speaks_for, target_mentions
from stance.text import Quote, Text, read_text
from stance.words import (
    ACCORD, ACUE, ADV, APOS, AUX, BASE, BE, BODY, CAP, CLOSE, CO, COLON, COMMA, CUE, DASH, DET, DOCU, HAVE, ING, NCUE, NEG, OBJ, OPEN, PAST, PERSON, PLURAL, PREP, PUNCT, QUOTE,
    REL, S3, SEMI, STOP, SUB, SUBJ, THAT, TIME, TITLE, TO, WH, Cue, cue_adjectives, cue_nouns, cues, phrase_words,
)  # fmt: skip

__all__ = ["Extraction", "read"]


@dataclass(frozen=True, slots=True)
class Extraction:
    """What one text says and by whom: statements in text order, the speakers' identities, and the furniture set aside."""

    statements: tuple[Statement, ...]
    identities: tuple[Identity, ...]
    dropped: tuple[Dropped, ...]


@dataclass(slots=True)
class Found:
    """One attribution while it is being put together; all offsets are code points."""

    content: list[tuple[int, int]]
    cue: tuple[int, int] | None
    speaker: tuple[int, int] | None
    kind: Kind
    group: str
    first: int  # the sentences that it reaches, by number
    last: int


_CUES: Final = cues()
_NOUNS: Final = cue_nouns()
_ADJECTIVES: Final = cue_adjectives()
_LIGHT: Final = phrase_words("light")
_LABELS: Final = phrase_words("labels")
_CONTRAST: Final = phrase_words("contrast")
_COPULAS: Final = phrase_words("copulas")
_EXPECTED: Final = phrase_words("expected")
LONGEST_BREAK: Final = 25  # tokens of an insertion between a cue and its content: "said, in a letter to the board, that"
_TURN: Final = re.compile(r"^(?:[A-Z][A-Z.' -]{1,40}|[QA]|[A-Z]\w+(?: [A-Z]\w+)?):\s", re.MULTILINE)
FEWEST_TURNS: Final = 3  # paragraphs that start with a name and a colon in a text that counts as a transcript
SHORTEST_LEFTOVER: Final = 40  # code points of a quotation that is taken for speech without a cue; shorter ones may be titles
LONGEST_HEAD: Final = 8  # tokens of a name before the colon of a headline or of a transcript's turn
LONGEST_EPITHET: Final = 3  # lower-case words between a quotation and the name of its speaker
SHORTEST_CLAUSE: Final = 3  # tokens; fewer before ", he said" are an adverbial, not content
MOST_OUTSIDE: Final = 3  # words outside the marks in a sentence that still counts as a quotation that goes on
FEWEST_MENTIONS: Final = 2  # mentions of the target that make a text one about it, with ...
TOPIC_SHARE: Final = 0.2  # ... this share of its sentences naming it
REACH: Final = 4  # sentences after its name in which a stand-in can mean the target
CARRY: Final = 2  # sentences over which "this" and "it" can mean what was said of the target
LONGEST_BY: Final = 8  # tokens between a passive cue and its "by"


class Sentence:
    """The attributions of one sentence, found construction by construction."""

    def __init__(self, t: Tokens, number: int) -> None:
        self.t = t
        self.number = number
        self.found: list[Found] = []
        self.taken: set[int] = set()  # quotation tokens that some attribution has already

    def add(self, content: list[tuple[int, int]], cue: tuple[int, int] | None, who: tuple[int, int] | None, group: str) -> None:
        t = self.t
        for q in t.quotes:
            if any(a <= t.starts[q] < b for a, b in content):
                self.taken.add(q)
        speaker = span(t, *who) if who else None
        self.found.append(Found(sorted(content), cue, speaker, kind_of(t, content), group, self.number, self.number))

    def parse(self) -> None:
        """Look at every cue of the sentence from left to right, then at quotations that no cue has taken."""
        self.cues()
        for q in self.t.quotes:
            if q not in self.taken:
                self.leftover(q)

    def leftover(self, q: int) -> None:
        """A quotation without a cue: "issued a statement, ..." or "..." - Name."""
        t = self.t
        quote = t.quotes[q]
        if quote.end - quote.start < SHORTEST_LEFTOVER:
            return
        if q and t.bits[q - 1] & (COMMA | COLON) and any(t.bits[x] & DOCU for x in range(max(0, q - LONGEST_BY), q)):
            for v in range(q - 1, -1, -1):
                if t.tags[v] == FINITE:
                    who = subject(t, v)
                    if who:
                        self.add([span(t, q, q + 1)], span(t, v, v + 1), who, "say")
                    return
        elif q + 2 < t.n and t.bits[q + 1] & DASH and t.bits[q + 2] & CAP:
            e = np_right(t, q + 2, t.n)
            if e > q + 2 and (e == t.n or t.bits[e] & (STOP | COMMA)):
                self.add([span(t, q, q + 1)], span(t, q + 1, q + 2), (q + 2, e), "say")

    def cues(self) -> None:
        """Look at every cue of the sentence from left to right."""
        t = self.t
        for i in range(t.n):
            b = t.bits[i]
            if b & CUE and t.tags[i]:
                cue = _CUES.get(t.words[i])
                if cue is None:
                    continue
                if t.tags[i] in (PASSIVE, REDUCED):
                    self.passive(i, cue)
                else:
                    self.verb(i, cue)
            elif b & ACCORD and i + 1 < t.n and t.words[i + 1] == "to":
                self.according(i)
            elif b & NCUE and not t.tags[i]:
                self.noun(i)
            elif b & COLON and i + 1 < t.n:
                self.colon(i)
            if b & ACUE:
                self.adjective(i)

    def nested(self, f: Found) -> bool:
        """Whether a cue stands inside the content of another attribution: what somebody is said to think is not said by that somebody."""
        return f.cue is not None and any(a <= f.cue[0] < b for g in self.found if g is not f for a, b in g.content)

    def repeats(self, f: Found) -> bool:
        """Whether a cue inside somebody's content has that same speaker: "declined to comment" is one statement."""
        return f.cue is not None and f.speaker is not None and any(a <= f.cue[0] < b and g.speaker == f.speaker for g in self.found if g is not f for a, b in g.content)

    # ---- verbs -------------------------------------------------------------------------------------------------------------------

    def verb(self, v: int, cue: Cue) -> None:
        t = self.t
        n = t.n
        who, right, edge = self.inverted(v, cue)
        turned = who is not None
        if who is None:
            who = subject(t, v)
            edge = who[0] if who is not None and who[1] <= v else v
        if who is None and t.tags[v] not in (GERUND, INFINITIVE) and cue.group != "say":
            return
        content: list[tuple[int, int]] = []
        left = self.left(v, cue, edge, turned)
        limit = clause_limit(t, v, edge)
        got = right_content(t, right, limit, cue, v, left is not None and left[2])
        k = group_left(t, v)
        if got is not None and k > 0 and t.bits[k] & (REL | THAT) and not t.bits[k - 1] & COMMA:
            got = within_relative(t, right, limit, got)
        if got is None and left is not None and not left[2] and not turned:
            got = resumed(t, right, v)
        if left is not None:
            a, j, quoted = left
            spot = trimmed(t, a, j + 1)
            if spot and (quoted or (suffix_open(t, right, "h" in cue.frames) and (has_finite(t, a, j + 1) or not t.bits[a] & (PREP | SUB | TIME | ADV) and not t.tags[a]))):
                content.append(spot)
        if got is not None:
            content.append(got)
        if content:
            self.add(content, span(t, v, v + 1), who, cue.group)

    def inverted(self, v: int, cue: Cue) -> tuple[tuple[int, int] | None, int, int]:
        """ ", said X": the speaker after the verb, the position after it, and the left edge of the attribution."""
        t = self.t
        if not cue.frames & {"q", "x"} or t.tags[v] not in (FINITE, GERUND, REDUCED) or not t.bits[v] & (PAST | S3) or v == 0 or v + 1 >= t.n:
            return None, v + 1, v
        before = t.bits[v - 1]
        if not before & (QUOTE | COMMA | DASH | STOP | CLOSE):
            return None, v + 1, v
        quoted = quote_before(t, v)
        if not quoted and (cue.group != "say" or (cue.frames & {"n", "h"} and across_insertion(t, v - 1) is not None)):
            return None, v + 1, v
        e = np_right(t, v + 1, t.n)
        if e == v + 1 or (not quoted and not t.bits[v + 1] & (CAP | DET | PERSON | BODY | PLURAL)):
            return None, v + 1, v
        if e < t.n and (t.tags[e] in (FINITE, PASSIVE) or (t.bits[e] & AUX and not t.bits[e] & CAP)):
            return None, v + 1, v
        if not quoted and (v + 1 == e or (e < t.n and not t.bits[e] & (PUNCT | REL | PREP | CO))):
            return None, v + 1, v
        while e + 1 < t.n and t.words[e] in ("and", "&") and not t.tags[e + 1]:
            more = np_right(t, e + 1, t.n)
            if more == e + 1 or (more < t.n and (t.tags[more] or t.bits[more] & AUX)):
                break
            e = more
        return (v + 1, e), e, v

    def left(self, v: int, cue: Cue, edge: int, turned: bool) -> tuple[int, int, bool] | None:
        """Content before the attribution: (first token, last token, whether it ends in a quotation)."""
        t = self.t
        j = edge - 1
        while j >= 0 and t.bits[j] & (ADV | TIME) and not t.bits[j] & CAP:
            j -= 1
        if j > 0 and t.words[j] == "as" and t.bits[j - 1] & COMMA:
            j -= 1
        k = j
        while k > 0 and j - k < LONGEST_EPITHET and noun_like(t, k) and not t.bits[k] & (CAP | DET | APOS):  # '"No," a weary Marr said'
            k -= 1
        if k >= 0 and t.bits[k] & QUOTE:
            j = k
        if j < 0 or not t.bits[j] & (COMMA | DASH | QUOTE | STOP):
            return None
        while j >= 0 and t.bits[j] & (COMMA | DASH | STOP):
            j -= 1
        if j < 0:
            return None
        a = self.start_of(j)
        if t.bits[j] & QUOTE:
            if j in self.taken:  # 'Lee said it was "over," the paper reported': the whole is reported once more
                return (0, j, True) if j in t.commas and t.tags[v] == FINITE and not turned and suffix_open(t, v + 1) else None
            return (a, j, True) if cue.frames & {"q", "x"} else None
        if cue.group in ("say", "think", "show") and cue.frames & {"q", "c", "t"} and (j - a + 1 >= SHORTEST_CLAUSE or broken_off(t, v)) and t.tags[v] == FINITE and t.tags[a] != REDUCED:
            return a, j, False
        return None

    def start_of(self, j: int) -> int:
        """Where content that ends at token j starts: after the last quotation that is taken, or with the sentence."""
        t = self.t
        a = 0
        for i in range(j, -1, -1):
            if i in self.taken or t.bits[i] & SEMI:
                a = i + 1
                break
        while a < j and t.bits[a] & (CO | PUNCT) and not t.bits[a] & OPEN:
            a += 1
        return a

    def passive(self, v: int, cue: Cue) -> None:
        """ "was criticised by X", "were told that", "is expected to": the speaker is named after "by" or not at all."""
        t = self.t
        for j in range(v + 1, min(t.n, v + LONGEST_BY)):
            if t.bits[j] & (COMMA | SEMI) or t.tags[j] or not (cue.frames & {"n", "h", "o", "c"} or "as" in cue.preps):
                break
            if t.words[j] == "by":
                e = np_right(t, j + 1, t.n)
                if e == j + 1 or t.bits[j + 1] & TIME or t.tags[j + 1]:
                    return
                who = None
                if t.tags[v] == PASSIVE:
                    who = subject(t, v)
                else:
                    k = v - 1
                    if k >= 0 and t.bits[k] & COMMA:
                        k -= 1
                    a = np_left(t, k)
                    who = (a, k + 1) if a >= 0 else None
                content = [span(t, *who)] if who else []
                if e < t.n and (t.words[e] in ("for", "as", "of", "to", "over") or t.bits[e] & THAT):
                    rest = trimmed(t, e, clause_end(t, e, t.n, v))
                    if rest:
                        content.append(rest)
                if t.tags[v] == REDUCED and v and t.words[v - 1] in ("as", "first") and e < t.n and t.bits[e] & COMMA:
                    told = trimmed(t, e, clause_end(t, e + 1, t.n, v))
                    content = [told] if told else []
                if content:
                    self.add(content, span(t, v, v + 1), (j + 1, e), cue.group)
                return
        if "h" in cue.frames and v + 1 < t.n:
            j = skip_adverbials(t, v + 1, t.n)
            if j < t.n and (t.bits[j] & (WH | THAT) or t.words[j] in cue.preps or t.bits[j] & QUOTE) and not (t.tags[v] == REDUCED and v > 2 and t.words[v - 1] not in ("when", "if", "once")):
                hi = clause_limit(t, v, v)
                rest = trimmed(t, j, clause_end(t, j, hi, v))
                if rest:
                    self.add([rest], span(t, v, v + 1), None, cue.group)
                return
        if t.tags[v] == PASSIVE and t.words[v] in _EXPECTED and v + 1 < t.n and (t.bits[v + 1] & TO or t.words[v + 1] in cue.preps or t.words[v + 1] == "as"):
            who = subject(t, v)
            rest = trimmed(t, v + 1, phrase_end(t, v + 2, t.n))
            if rest:
                self.add([span(t, *who), rest] if who else [rest], span(t, v, v + 1), None, "passive")

    # ---- other cues --------------------------------------------------------------------------------------------------------------

    def according(self, i: int) -> None:
        """ "according to X": the clause around it is the content."""
        t = self.t
        e = np_right(t, i + 2, t.n)
        if e == i + 2:
            return
        content = None
        if i <= 1:
            j = e
            while j < t.n and not t.bits[j] & COMMA:
                j += 1
            content = trimmed(t, j, clause_end(t, j + 1, t.n, i)) if j < t.n else None
            pieces = [content] if content else []
        else:
            a = 0
            content = trimmed(t, a, i)
            pieces = [content] if content else []
            if e < t.n and t.bits[e] & COMMA and not has_finite(t, a, i):
                rest = trimmed(t, e, clause_end(t, e + 1, t.n, i))
                pieces += [rest] if rest else []
        if pieces:
            self.add(pieces, span(t, i, i + 2), (i + 2, e), "say")

    def noun(self, i: int) -> None:
        """A cue noun with its complement: "his claim that", "Beijing's criticism of", "the view of X that"."""
        t = self.t
        entry = _NOUNS.get(t.words[i])
        if entry is None or i + 1 >= t.n:
            return
        who: tuple[int, int] | None = None
        j = i - 1
        while j >= 0 and i - j < 4 and not t.bits[j] & (DET | APOS | PUNCT | PREP) and not t.tags[j]:
            j -= 1
        if j >= 0 and t.bits[j] & APOS:
            a = np_left(t, j - 1)
            who = (a, j) if a >= 0 else None
        elif j >= 0 and t.words[j] in ("his", "her", "its", "their", "my", "our"):
            who = (j, j + 1)
        start = i + 1
        if who is None and t.words[start] in ("by", "from", "among", "of") and start + 1 < t.n:
            e = np_right(t, start + 1, t.n)
            if start + 1 < e < t.n and t.bits[e] & (THAT | TO):
                who, start = (start + 1, e), e
        if t.bits[start] & THAT and start + 1 < t.n and t.tags[start + 1] in (FINITE, PASSIVE):
            return  # "a report that criticised": a relative clause
        word = t.words[start]
        light = -1
        if who is None:
            for x in range(i - 1, max(-1, i - 6), -1):
                if t.words[x] in _LIGHT and t.tags[x] or (t.bits[x] & HAVE and not t.bits[x] & CAP):
                    light = x
                    break
                if t.bits[x] & (PUNCT | PREP | CO) or t.tags[x]:
                    break
        if light >= 0 and (word in entry.preps or t.bits[start] & TO and entry.infinitive or t.bits[start] & THAT):
            who = subject_of_copula(t, light)
            if who is None:
                return
        elif not (t.bits[start] & THAT or (who is not None and (word in entry.preps or (t.bits[start] & TO and entry.infinitive)))):
            return
        if who is None:
            who = subject_before(t, i - 1, 0)
        hi = fronted_limit(t, i)
        if t.bits[start] & THAT:
            end = main_verb(t, start, clause_end(t, start, hi, i))
        else:
            end = phrase_end(t, start + 1, hi, noun=True)
        content = trimmed(t, start, end)
        if content:
            self.add([content], span(t, i, i + 1), who, "noun")

    def adjective(self, i: int) -> None:
        """A cue adjective after "be": "is wary of", "was not ready to", "are confident that"."""
        t = self.t
        k = i - 1
        while k >= 0 and t.bits[k] & (ADV | NEG | DET) and not t.bits[k] & CAP:
            k -= 1
        if k < 1 or not (t.bits[k] & BE or t.words[k] in _COPULAS or (t.words[k] == "'s" and t.bits[k - 1] & SUBJ)) or i + 1 >= t.n:
            return
        entry = _ADJECTIVES[t.words[i]]
        b, w = t.bits[i + 1], t.words[i + 1]
        if b & THAT or (entry.clause and starts_clause(t, i + 1, t.n)):
            if not entry.clause:
                return
            content = trimmed(t, i + 1, clause_end(t, i + 1, t.n, i))
        elif b & TO and entry.infinitive:
            content = trimmed(t, i + 1, phrase_end(t, i + 2, t.n))
        elif w in entry.preps:
            content = trimmed(t, i + 2, phrase_end(t, i + 2, t.n))
        else:
            return
        who = subject_of_copula(t, k)
        if content and who and t.words[who[0]] != "it":
            self.add([content], span(t, i, i + 1), who, "stand")

    def colon(self, i: int) -> None:
        """ "... : QUOTATION" without a cue verb, and the headline or transcript "X: ..."."""
        t = self.t
        if t.bits[i + 1] & QUOTE and i + 1 not in self.taken:
            who = None
            for v in range(i - 1, -1, -1):
                if t.tags[v] == FINITE:
                    who = subject(t, v)
                    break
            if who is None:
                a = np_left(t, i - 1)
                who = (a, i) if a >= 0 and t.bits[i - 1] & (CAP | PERSON) else None
            content = trimmed(t, i + 1, t.n)
            if content and who and not any(f.content[-1][1] >= content[1] for f in self.found):
                self.add([content], span(t, i, i + 1), who, "say")


    def headed(self, starts_paragraph: bool) -> int:
        """The token after "Name:" at the start of a paragraph, where a headline or a transcript says who speaks; 0 where there is none."""
        t = self.t
        if not starts_paragraph or t.n < 3:
            return 0
        for i in range(1, min(t.n - 2, LONGEST_HEAD)):
            if t.bits[i] & COLON:
                last = t.bits[i - 1]
                if not last & (CAP | CLOSE) or t.words[i - 1] in _LABELS or t.words[0] in _LABELS or any(t.tags[x] == FINITE or t.bits[x] & (COMMA | TIME) for x in range(i)):
                    return 0
                return i + 1
            if not t.bits[i] & (CAP | PREP | CO | TITLE | PERSON | BODY | APOS | STOP | OPEN | CLOSE) and not noun_like(t, i):
                return 0
        return 0

    def opener(self) -> Found | None:
        """An attribution whose content is the quotation in the next sentence: "X said in a statement." or "X put it this way:"."""
        t = self.t
        last = t.n - 1
        if last < 1 or any(f.content[-1][1] >= t.ends[last - 1] for f in self.found if f.kind != "indirect"):
            return None
        if t.bits[last] & COLON:
            for v in range(last - 1, -1, -1):
                if t.tags[v] in (FINITE, GERUND):
                    who = subject(t, v)
                    if who:
                        return Found([], span(t, v, v + 1), span(t, *who), "direct", "say", self.number, self.number)
            return None
        return self.bare()

    def bare(self) -> Found | None:
        """A speech verb at the end of the sentence that has no content there."""
        t = self.t
        last = t.n - 1
        for v in range(last - 1, -1, -1):
            if t.tags[v] == FINITE:
                cue = _CUES.get(t.words[v])
                if any(f.cue == span(t, v, v + 1) for f in self.found):
                    return None
                if cue and cue.group == "say" and "q" in cue.frames and skip_adverbials(t, v + 1, last) == last:
                    who = subject(t, v)
                    if who:
                        return Found([], span(t, v, v + 1), span(t, *who), "direct", "say", self.number, self.number)
                return None
        return None

    def closer(self) -> Found | None:
        """An attribution whose content is the quotation in the sentence before: '"Why?" Marr, a lawyer, asked.' or '- Ann Marr, lawyer'."""
        t = self.t
        if t.n > 2 and t.bits[0] & DASH and t.bits[1] & CAP:
            e = np_right(t, 1, t.n)
            return Found([], span(t, 0, 1), span(t, 1, e), "direct", "say", self.number, self.number) if e > 1 else None
        return self.bare()

    def mostly_quoted(self) -> bool:
        """Whether the sentence is a quotation with no more than a word or two outside."""
        return sum(not b & (PUNCT | QUOTE) for b in self.t.bits) <= MOST_OUTSIDE


def subject_of_copula(t: Tokens, k: int) -> tuple[int, int] | None:
    """The subject of a form of "be", "feel" or "seem" at k."""
    if t.tags[k]:
        return subject(t, k)
    was = t.tags[k]
    t.tags[k] = FINITE
    try:
        return subject(t, k)
    finally:
        t.tags[k] = was


def names_somebody(flat: str, speaker: tuple[int, int] | None) -> bool:
    """Whether a speaker is named rather than meant by a pronoun or a common noun."""
    return speaker is not None and flat[speaker[0]].isupper() and speaker[1] - speaker[0] > 4


def quote_before(t: Tokens, v: int) -> bool:
    """Whether a quotation ends right before token v."""
    j = v - 1
    while j >= 0 and t.bits[j] & (COMMA | DASH | STOP):
        j -= 1
    return j >= 0 and bool(t.bits[j] & QUOTE)


def kind_of(t: Tokens, spans: list[tuple[int, int]]) -> Kind:
    """direct, mixed or indirect, by the share of the content inside quotation marks."""
    total = quoted = 0
    for a, b in spans:
        total += b - a
        for q in t.quotes.values():
            quoted += max(0, min(b, q.end) - max(a, q.start))
    return "direct" if quoted >= 0.8 * total else "mixed" if quoted else "indirect"


def clause_limit(t: Tokens, v: int, edge: int) -> int:
    """How far the clause of the cue at v can reach: a relative clause, a fronted clause or participle ends at its comma."""
    n = t.n
    bits = t.bits
    k = group_left(t, v)
    # relative clause between commas: "X, who said Y, did Z"
    if k >= 1 and bits[k] & REL and bits[k - 1] & COMMA:
        for j in range(v + 2, n - 1):
            if bits[j] & COMMA and (t.tags[j + 1] == FINITE or (bits[j + 1] & AUX and not bits[j + 1] & CAP)):
                return j
        return n
    first = 0
    while first < n and bits[first] & (PUNCT | CO | QUOTE):
        first += 1
    fronted = t.tags[v] in (GERUND, REDUCED) and v <= first + 2
    if edge > 0 and not fronted:
        x = edge - 1
        while x > 0 and bits[x] & ADV and not bits[x] & (SUB | CAP):
            x -= 1
        before = bits[x - 1] if x else PUNCT
        fronted = bool(bits[x] & (SUB | WH)) and bool(before & (PUNCT | CO | QUOTE) or x <= first)
    if fronted:
        for j in range(v + 1, n - 1):
            if (bits[j] & COMMA and j > v + 1 or j in t.commas) and starts_clause(t, j + 1, n):
                return j + 1 if bits[j] & QUOTE else j
    return n


def fronted_limit(t: Tokens, v: int) -> int:
    """How far content can reach that stands in a fronted phrase: "Despite reports that she won, the firm ..."."""
    first = 0
    while first < t.n and t.bits[first] & (PUNCT | CO | QUOTE):
        first += 1
    if first < v and t.bits[first] & (PREP | SUB) and not any(t.bits[x] & COMMA or t.tags[x] == FINITE for x in range(first, v)):
        for j in range(v + 2, t.n - 1):
            if t.bits[j] & COMMA and starts_clause(t, j + 1, t.n):
                return j
    return t.n


def main_verb(t: Tokens, i: int, hi: int, seen: bool = False) -> int:
    """Where a clause after a noun ends because the sentence's own verb follows: "the claim that he won | would matter".

    `seen`: whether the clause has its finite verb already.
    """
    for j in range(i + 1, hi):
        b = t.bits[j]
        if b & (REL | THAT | WH | SUB | CO | COMMA | SUBJ | QUOTE):
            seen = False
        elif t.tags[j] in (FINITE, PASSIVE) or (b & AUX and not b & CAP):
            if seen and not t.bits[j - 1] & (AUX | ADV | NEG):
                return j
            seen = not (b & CUE and t.tags[j])
    return hi


def clause_end(t: Tokens, i: int, hi: int, v: int) -> int:
    """Where clausal content that starts at i ends: the sentence's end, or a clause that is not the speaker's any more."""
    bits, words, tags = t.bits, t.words, t.tags
    depth = 0
    for j in range(i, hi):
        b = bits[j]
        if not b & (PUNCT | CO | QUOTE):
            continue
        if b & OPEN:
            depth += 1
        elif b & CLOSE:
            depth -= 1
            if depth < 0:
                return j
        elif depth:
            continue
        elif b & SEMI:
            return j
        elif b & COMMA or j in t.commas:
            if j + 1 < hi and j >= i and leaves(t, j + 1, hi, v):
                return j + 1 if b & QUOTE else j
        elif b & CO and j > i + 1 and joins_cue(t, j, hi, v):
            return j
    return hi


def leaves(t: Tokens, k: int, hi: int, v: int) -> bool:
    """Whether what starts at k, after a comma, is not reported any more."""
    bits, words, tags = t.bits, t.words, t.tags
    n, w = bits[k], words[k]
    if n & ACCORD or (n & CUE and tags[k] == GERUND):
        return True
    if n & NCUE and not tags[k] and k + 1 < hi and bits[k + 1] & (THAT | SUBJ | DET | BE):
        return True
    if w in _CONTRAST:
        return True
    if n & CO and k + 1 < hi:
        m = k + 1
        while m < hi - 1 and bits[m] & ADV and not bits[m] & CAP:
            m += 1
        if tags[m] == FINITE and bits[m] & (PAST | S3):
            return True
        if tags[m] == GERUND and bits[m] & CUE and tags[v] == GERUND:
            return True
        if w in ("but", "and") and not bits[m] & THAT and starts_clause(t, m, hi):
            return True
    if (w in ("who", "which") or (w in ("a", "an") and not starts_clause(t, k, hi))) and not goes_on(t, k, hi):  # the writer's own addition
        return True
    return suffix_at(t, k, hi)


def goes_on(t: Tokens, k: int, hi: int) -> bool:
    """Whether what starts at k is only inserted: a comma closes it and the verb of the clause follows."""
    for j in range(k + 1, hi - 1):
        if t.bits[j] & COMMA:
            n = t.bits[j + 1]
            return t.tags[j + 1] in (FINITE, PASSIVE) or bool(n & (AUX | TO | PREP) and not n & CAP)
    return False


def joins_cue(t: Tokens, j: int, hi: int, v: int) -> bool:
    """Whether the coordinator at j joins a second verb to the cue at v: "said A and called B"."""
    bits, tags = t.bits, t.tags
    if j + 1 >= hi:
        return False
    m = j + 1
    while m < hi - 1 and bits[m] & (ADV | NEG) and not bits[m] & CAP:
        m += 1
    w = t.words[j]
    if w == "and":
        if tags[m] == FINITE and bits[m] & CUE and bits[m] & (PAST | S3 | BASE) & bits[v]:
            return True
        if suffix_at(t, m, hi, closed=False):
            return True
        if bits[j - 1] & QUOTE and tags[m] in (FINITE, GERUND):
            return True
        if tags[m] == GERUND and tags[v] == GERUND:
            return True
    return False


def suffix_at(t: Tokens, i: int, hi: int, closed: bool = True) -> bool:
    """Whether "X said" stands at token i; `closed`: and ends the sentence or is set off by a comma."""
    if t.bits[i] & CUE and t.tags[i] == FINITE:
        return False
    e = np_right(t, i, hi)
    if e == i or e >= hi or not t.bits[e] & CUE or t.tags[e] != FINITE:
        return False
    cue = _CUES.get(t.words[e])
    if cue is None or cue.group not in ("say", "think"):
        return False
    if not closed:
        return cue.group == "say"
    j = skip_adverbials(t, e + 1, t.n)
    return j >= t.n or bool(t.bits[j] & (STOP | COMMA))


def suffix_open(t: Tokens, right: int, hearer: bool = False) -> bool:
    """Whether the verb before `right` has no object but a hearer: the sentence ends, or "A, he said, B" goes on after a comma."""
    j = np_right(t, right, t.n) if hearer else right
    if j < t.n and t.words[j] == "to":
        j = max(j, np_right(t, j + 1, t.n))
    j = skip_adverbials(t, j, t.n)
    return j >= t.n or bool(t.bits[j] & (STOP | COMMA | CLOSE | DASH | SEMI | COLON))


def within_relative(t: Tokens, right: int, limit: int, got: tuple[int, int]) -> tuple[int, int]:
    """Content of a cue in a relative clause, cut where the verb of the main clause comes: "critics who oppose the deal | met"."""
    inside = [x for x in range(right, limit) if got[0] <= t.starts[x] < got[1]]
    if not inside:
        return got
    end = main_verb(t, inside[0] - 1, inside[-1] + 1, seen=not any(t.bits[x] & THAT for x in inside[:1]))
    return trimmed(t, inside[0], end) or got


def broken_off(t: Tokens, v: int) -> bool:
    """Whether a verb follows the attribution: "The masts, Lee said, were old"."""
    j = skip_adverbials(t, v + 1, t.n)
    return j + 1 < t.n and bool(t.bits[j] & COMMA) and (t.tags[j + 1] in (FINITE, PASSIVE) or bool(t.bits[j + 1] & AUX))


def has_finite(t: Tokens, a: int, b: int) -> bool:
    """Whether a finite verb stands in tokens [a, b)."""
    return any(t.tags[x] in (FINITE, PASSIVE) or (t.bits[x] & AUX and not t.bits[x] & CAP) or t.words[x] in ("'s", "'re") for x in range(a, b))


def resumed(t: Tokens, right: int, v: int) -> tuple[int, int] | None:
    """The second half of "A, he said, B"."""
    j = skip_adverbials(t, right, t.n)
    if j + 1 >= t.n or not t.bits[j] & COMMA:
        return None
    k = j + 1
    if t.bits[k] & ACCORD or t.tags[k] in (GERUND, REDUCED) or t.words[k] in _CONTRAST or t.bits[k] & SUB and not t.bits[k] & PREP:
        return None
    return trimmed(t, k, clause_end(t, k, t.n, v))


def right_content(t: Tokens, i: int, hi: int, cue: Cue, v: int, after: bool) -> tuple[int, int] | None:
    """The content to the right of a cue, by the constructions that the cue takes; `after`: some content stands before the cue already."""
    f = cue.frames
    bits, words = t.bits, t.words
    if "x" in f:  # a verb that reports quotations only: "went on", "shot back"
        for x in range(i, min(hi - 1, i + LONGEST_BREAK)):
            if bits[x] & (COMMA | COLON) and bits[x + 1] & QUOTE:
                return trimmed(t, x + 1, clause_end(t, x + 1, hi, v))
            if bits[x] & PUNCT:
                break
        return None
    if i < hi and words[i] in cue.preps and not (words[i] in ("on", "in") and i + 1 < hi and bits[i + 1] & TIME):
        if words[i] in ("out", "back", "up"):
            if i + 1 < hi and bits[i + 1] & THAT:
                return trimmed(t, i + 1, clause_end(t, i + 1, hi, v))
            if i + 1 < hi and words[i + 1] in ("at", "against", "on", "to"):
                i += 1
            elif i + 1 < hi and bits[i + 1] & PUNCT:
                return None
        return trimmed(t, i + 1, phrase_end(t, i + 1, hi, v=v))
    hearer = False
    j = i
    if f & {"h", "o"} and j < hi and not bits[j] & (THAT | QUOTE | PUNCT | PREP | TO | WH):
        e = np_right(t, j, hi)
        if e > j and ("h" in f or (e < hi and bits[e] & (TO | THAT))):
            hearer = True
            e = next((x for x in range(j + 1, e) if words[x] in cue.preps), e)
            if "h" in f and not ("o" in f and e < hi and bits[e] & TO):
                j = e
    if j < hi and words[j] == "to" and "i" not in f and cue.group == "say":  # "said to reporters that"
        e = np_right(t, j + 1, hi)
        j = e if e > j + 1 else j
    if j < hi and words[j] in ("of", "about") and cue.group == "say":
        e = np_right(t, j + 1, hi)
        if after and not (e + 1 < hi and bits[e] & COMMA and bits[e + 1] & QUOTE):
            return None
        if e > j + 1 and e + 1 < hi and bits[e] & (COMMA | COLON) and bits[e + 1] & QUOTE:  # "added of the firm, ..."
            j = e
    j = skip_adverbials(t, j, hi)
    if j >= hi:
        return None
    b, w = bits[j], words[j]
    if b & COMMA:
        if j + 1 >= hi:
            return None
        m = j + 1
        if bits[m] & QUOTE and "q" in f:
            return trimmed(t, m, clause_end(t, m, hi, v))
        if after:
            return trimmed(t, m, clause_end(t, m, hi, v)) if m + 1 < hi and bits[m] & CO and bits[m + 1] & QUOTE else None
        for x in range(m, min(hi - 1, m + LONGEST_BREAK)):
            if bits[x] & COMMA and bits[x + 1] & (THAT | QUOTE):
                return trimmed(t, x + 1, clause_end(t, x + 1, hi, v))
        if cue.group != "say" and not introduced(t, v):
            return None
        if bits[m] & (ACCORD | SUB | PREP | REL) or t.tags[m] in (GERUND, REDUCED) or bits[m] & (CO | WH | DET) and not bits[m] & SUBJ and not starts_clause(t, m, hi):
            return None
        return trimmed(t, m, clause_end(t, m, hi, v))
    if b & COLON:
        return trimmed(t, j + 1, t.n) if f & {"q", "c", "n"} else None
    if b & QUOTE:
        return trimmed(t, j, clause_end(t, j, hi, v)) if f & {"q", "n", "c"} else None
    if b & PUNCT:
        return trimmed(t, j + 1, hi) if b & DASH and j + 1 < hi and bits[j + 1] & QUOTE else None
    if b & THAT:
        return trimmed(t, j, clause_end(t, j, hi, v)) if f & {"c", "t", "n"} else None
    if after:
        return None
    if b & TO:
        if ("i" in f or (hearer and "o" in f)) and j + 1 < hi:
            return trimmed(t, j, phrase_end(t, j + 1, hi, v=v))
        return None
    if b & WH and (w not in ("when", "where") or "w" in f):
        return trimmed(t, j, clause_end(t, j, hi, v)) if "w" in f or ("c" in f and w == "if") else None
    if b & PREP and not b & ADV:
        if w in cue.preps:
            return trimmed(t, j + 1, phrase_end(t, j + 1, hi, v=v))
        return trimmed(t, j, clause_end(t, j, hi, v)) if "c" in f and cue.group == "say" and bare_clause(t, j, hi) else None
    if b & SUB and "c" in f and cue.group == "say" and not b & PREP and starts_clause(t, j + 1, hi):  # "said just because it was old ..."
        return trimmed(t, j, hi)
    if b & (CO | SUB) and not b & DET:
        return None
    if hearer and "h" in f and not f & {"c", "t", "o"}:
        return None
    if "c" in f and ((cue.group == "say" and "n" not in f) or bare_clause(t, j, hi)):
        return trimmed(t, j, clause_end(t, j, hi, v))
    if "o" in f and hearer:
        e = np_right(t, j, hi)
        if e < hi and bits[e] & (TO | NEG):
            return trimmed(t, j, phrase_end(t, j, hi, v=v))
    if t.tags[j] == GERUND:
        return trimmed(t, j, phrase_end(t, j, hi, v=v)) if f & {"g", "n"} else None
    if cue.group == "show" and t.bits[v - 1] & (DOCU | PLURAL | CAP | ADV) and noun_like(t, j):
        return trimmed(t, j, phrase_end(t, j, hi, v=v))
    if "n" in f and (noun_like(t, j) or bits[j] & (OBJ | SUBJ)):
        return trimmed(t, j, phrase_end(t, j, hi, v=v))
    return None


def introduced(t: Tokens, v: int) -> bool:
    """Whether "as" opens the clause of the verb at v: "As the agency reported, sales fell"."""
    return any(t.words[x] == "as" for x in range(max(0, v - LONGEST_BY), v)) and not any(t.bits[x] & COMMA for x in range(max(0, v - LONGEST_BY), v))


def bare_clause(t: Tokens, i: int, hi: int) -> bool:
    """Whether a clause without "that" starts at i: a finite verb comes before a comma that nothing needs."""
    for j in range(i + 1, hi):
        b = t.bits[j]
        if t.tags[j] in (FINITE, PASSIVE) or (b & AUX and not b & CAP) or (t.words[j] == "'s" and t.bits[j - 1] & SUBJ):
            return True
        if b & QUOTE:
            return True
        if b & (SEMI | COLON | STOP) or (b & CO and j + 1 < hi and t.tags[j + 1] == FINITE):
            return False
    return False


def find(text: Text, sentences: list[Tokens]) -> list[Found]:
    """Every attribution of a text, in order, continued quotations joined; the tokens of each sentence are left in `sentences`."""
    out: list[Found] = []
    running: Found | None = None  # the attribution of the last direct quotation
    transcript = len(_TURN.findall(text.flat)) >= FEWEST_TURNS
    pending: Found | None = None  # a quotation alone in its sentence whose speaker may come in the next
    inside = -1  # the last sentence of a headline or of a transcript's turn
    opener: Found | None = None  # "X said:" or "X issued this statement:" without content, waiting for the next sentence
    for number, sentence in enumerate(text.sentences):
        t = Tokens(text.flat, sentence)
        sentences.append(t)
        if not t.hints & (CUE | NCUE | ACUE | QUOTE | ACCORD | CAP):
            opener = None
            continue
        if t.quotes and all(b & (PUNCT | QUOTE) for b in t.bits):
            content = [(q.start, q.end) for q in t.quotes.values()]
            if opener is not None:
                running = Found(content, opener.cue, opener.speaker, "direct", "say", opener.first, number)
                out.append(running)
                opener = None
            elif running is not None and number - running.last == 1:
                running.content.extend(content)
                running.last = number
            elif out and out[-1].last == number - 1 and out[-1].group in ("say", "talk", "stand", "judge") and text.sentences[number - 1].paragraph == sentence.paragraph:
                running = out[-1]
                running.content.extend(content)
                running.last = number
            else:
                pending = Found(content, None, None, "direct", "say", number, number)
            continue
        t.prepare()
        s = Sentence(t, number)
        first = number == 0 or text.sentences[number - 1].paragraph != sentence.paragraph
        head = s.headed(first) if number == 0 or transcript else 0
        if head:
            last = number
            while last + 1 < len(text.sentences) and text.sentences[last + 1].paragraph == sentence.paragraph:
                last += 1
            spot = (t.starts[head], text.sentences[last].end)
            turn = Found([spot], span(t, head - 1, head), span(t, 0, head - 1), kind_of(t, [spot]), "turn", number, last)
            out.append(turn)
            inside = last
        s.parse()
        if number <= inside:
            s.found = []
        s.found = [f for f in s.found if not s.repeats(f)]
        s.found = [f for f in s.found if not s.nested(f) or (f.group == "say" and (f.kind != "indirect" or names_somebody(text.flat, f.speaker)))]
        opener = s.opener()
        if opener is not None:  # "issued a statement on the masts:" announces what follows
            s.found = [f for f in s.found if f.group != "noun"]
        if pending is not None:
            signed = s.closer() if pending.last == number - 1 else None
            if signed is not None:
                pending.cue, pending.speaker = signed.cue, signed.speaker
                if text.sentences[number - 1].paragraph == sentence.paragraph:
                    pending.last = number
                running = pending
                out.append(pending)
                opener = None
            pending = None
        direct = [f for f in s.found if f.kind != "indirect" and t.quotes and f.group == "say"]
        if direct:
            running = direct[-1]
        elif t.quotes and not s.found and running is not None and number - running.last == 1 and s.mostly_quoted():
            if text.sentences[running.last].paragraph == sentence.paragraph:
                spot = trimmed(t, 0, t.n)
                if spot:
                    running.content.append(spot)
                    running.last = number
        out.extend(s.found)
    out.sort(key=lambda f: f.content[0])
    return out


def read(raw: str, target: Target | None = None, name: str = "", date: str | None = None) -> Extraction:
    """Who says what in a text.

    Parameters
    ----------
    raw
        The text; offsets of everything returned are code points of it.
    target
        Where given, every statement says whether it concerns it and by which words, and official acts on it are reported as well.
    name, date
        Handed on to every statement.

    Returns
    -------
    Extraction

    Examples
    --------
    >>> [s.speaker for s in read('"We see no risk," said Ann Lee. She added that the test was over.').statements]
    ['Ann Lee', 'Ann Lee']
    """
    text = read_text(raw)
    sentences: list[Tokens] = []
    found = find(text, sentences)
    subject_matter = Matter(text, target) if target is not None else None
    if subject_matter is not None:
        found = sorted([*found, *acts(sentences, found, subject_matter)], key=lambda f: (f.first, f.content[0]))
    directory = Directory(text, sentences, target)
    starts = [s.start for s in text.sentences]
    marks = {(q.start, q.end): (q.inner_start, q.inner_end) for s in text.sentences for q in s.quotes if q.inner_end > q.inner_start}
    statements: list[Statement] = []
    heard: tuple[str, ...] = ()
    for f in found:
        start, end = text.sentences[f.first].start, text.sentences[f.last].end
        names = directory.resolve(f.speaker, bisect_right(starts, f.speaker[0]) - 1, quoted=f.kind in ("direct", "mixed")) if f.speaker else ()
        before = text.sentences[f.first - 1] if f.first else None
        context = raw[before.start : before.end] if before else ""
        flags: tuple[str, ...] = () if names else ("no_speaker",)
        about, where = False, None
        if subject_matter is not None:
            about, where = subject_matter.about(f, names, goes_on=bool(names) and names == heard)
            if about and where is None:
                flags = (*flags, "context_only")
        heard = names
        inner = [marks.get(spot, spot) for spot in f.content]
        statements.append(
            Statement(
                text=raw[start:end], start=start, end=end, content=tuple(Span(a, b, raw[a:b]) for a, b in inner), speakers=names,
                speaker_span=Span(*f.speaker, raw[f.speaker[0] : f.speaker[1]]) if f.speaker else None,
                cue_span=Span(*f.cue, raw[f.cue[0] : f.cue[1]]) if f.cue else None,
                kind=f.kind, context=context, document=name, date=date, about_target=about, target_span=where, flags=flags,
            )  # fmt: skip
        )
    return Extraction(tuple(statements), directory.identities(), text.dropped)


def acts(sentences: list[Tokens], found: list[Found], matter: Matter) -> list[Found]:
    """The reported acts that concern the target by words of their own sentence and are not told as statements already."""
    out: list[Found] = []
    told: dict[int, list[Found]] = {}
    for f in found:
        for number in range(f.first, f.last + 1):
            told.setdefault(number, []).append(f)
    for number, t in enumerate(sentences):
        if not t.tags or not matter.touches(number):
            continue
        seen: set[tuple[int, int] | None] = {f.speaker for f in told.get(number, ())}
        for act in find_acts(t):
            speaker = span(t, *act.who) if act.who else None
            cue = span(t, act.verb, act.verb + 1)
            if speaker in seen or any(f.cue == cue for f in told.get(number, ())) or matter.home(act.content, number) is None:
                continue
            seen.add(speaker)
            out.append(Found([act.content], cue, speaker, "act", "act", number, number))
    return out


class Matter:
    """Where a text speaks of its target, and whether it is about it as a whole."""

    def __init__(self, text: Text, target: Target) -> None:
        self.text = text
        self.target = target
        starts = [s.start for s in text.sentences]
        self.named = [False] * len(starts)
        for at in target_mentions(text.raw, target):
            k = bisect_right(starts, at) - 1
            if k >= 0 and at < text.sentences[k].end:
                self.named[k] = True
        self.total = sum(self.named)
        self.topic = self.total >= FEWEST_MENTIONS and self.total >= TOPIC_SHARE * len(starts)
        self.last = -1000  # the last sentence that concerns the target

    def near(self, number: int) -> bool:
        """Whether the target is named in the sentence or shortly before."""
        return any(self.named[max(0, number - REACH) : number + 1])

    def touches(self, number: int) -> bool:
        """Whether a sentence can concern the target by its own words."""
        return self.named[number] or self.topic or self.near(number)

    def home(self, content: tuple[int, int], number: int) -> Span | None:
        """The words by which a sentence concerns the target."""
        s = self.text.sentences[number]
        return find_target(self.text.raw[s.start : s.end], "", self.target, s.start, tied="all" if self.topic or self.near(number) else "specific")[1]

    def about(self, f: Found, names: tuple[str, ...], goes_on: bool) -> tuple[bool, Span | None]:
        """Whether an attribution concerns the target, and by which words of its own sentences."""
        start, end = self.text.sentences[f.first].start, self.text.sentences[f.last].end
        for k in range(max(0, f.first - CARRY), f.first):
            if self.named[k]:
                self.last = max(self.last, k)
        tied: Tie = "all" if self.topic or self.near(f.first) else "specific" if self.total else "none"
        about, where = find_target(self.text.raw[start:end], "", self.target, start, tied=tied)
        if not about and any(speaks_for(name, self.target) for name in names):
            about = True
        if not about and self.topic and f.first - self.last <= CARRY:
            about = goes_on or points_back(self.text.raw[start:end])
        if about:
            self.last = f.last
        elif any(self.named[f.first : f.last + 1]):
            self.last = f.last
        return about, where
