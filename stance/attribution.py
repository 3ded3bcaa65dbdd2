"""A text in; who said what out: statements with speaker, cue and content at exact offsets. It does not label them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from stance.results import Dropped, Span, Statement
from stance.speakers import Directory, Identity
from stance.target import Target, find_target
from stance.text import Quote, Sentence, Text, read_text
from stance.words import (
    ACCORD, ADV, APOS, AUX, BASE, BE, BODY, CAP, CLOSE, CO, COLON, COMMA, CUE, DASH, DET, DO, DOCU, HAVE, HIDDEN, ING, MODAL, NCUE, NEG, NUM, OBJ, OPEN, PAST,
    PERSON, PLURAL, POSS, PP, PREP, PUNCT, QUOTE, REL, S3, SEMI, STOP, SUB, SUBJ, THAT, TIME, TITLE, TO, VERB, WH, Cue, abbreviations, cue_nouns, cues, guess, word_classes,
)  # fmt: skip

__all__ = ["Extraction", "read"]

_TOKEN: Final = re.compile(r"(?:[A-Za-z]\.){2,}|'s\b|\w+(?:(?:[-&./]|'(?!s\b))\w+)*|--|[^\w\s\x01]")


@dataclass(frozen=True, slots=True)
class Extraction:
    """What one text says and by whom: statements in text order, the speakers' identities, and the furniture set aside."""

    statements: tuple[Statement, ...]
    identities: tuple[Identity, ...]
    dropped: tuple[Dropped, ...]


class Tokens:
    """The tokens of one sentence: lower-case words, class bits, starts and ends; a quotation is one token."""

    __slots__ = ("bits", "end", "ends", "hints", "n", "paragraph", "quotes", "start", "starts", "words")

    def __init__(self, flat: str, sentence: Sentence) -> None:
        self.start, self.end, self.paragraph = sentence.start, sentence.end, sentence.paragraph
        self.words: list[str] = []
        self.bits: list[int] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.quotes: dict[int, Quote] = {}
        self.hints = 0
        at = sentence.start
        for quote in sentence.quotes:
            self._add(flat, at, quote.start)
            self.quotes[len(self.words)] = quote
            self.words.append('"')
            self.bits.append(QUOTE)
            self.starts.append(quote.start)
            self.ends.append(quote.end)
            self.hints |= QUOTE
            at = quote.end
        self._add(flat, at, sentence.end)
        self.n = len(self.words)

    def _add(self, flat: str, start: int, end: int) -> None:
        table = word_classes()
        words, bits, starts, ends = self.words, self.bits, self.starts, self.ends
        hints = 0
        for m in _TOKEN.finditer(flat, start, end):
            form = m.group()
            if form == "." and words and ends[-1] == m.start() and (words[-1] in abbreviations() or len(words[-1]) == 1) and m.end() < end:
                ends[-1] = m.end()
                continue
            known, lower = table[form]
            hints |= known
            words.append(lower)
            bits.append(known)
            starts.append(m.start())
            ends.append(m.end())
        self.hints |= hints

    def reveal(self, table: dict[str, int]) -> None:
        """Give capitalised verbs their verb classes back: the first word of a sentence, and every word of a headline in title case."""
        lower = sum(1 for w, b in zip(self.words, self.bits, strict=True) if not b & (CAP | PUNCT | QUOTE | PREP | DET | CO | TO | NUM | APOS) and len(w) > 3)
        caps = sum(1 for b in self.bits if b & CAP)
        title_case = caps > 3 and lower * 4 < caps
        for i, b in enumerate(self.bits):
            if b & HIDDEN and (i == 0 or title_case):
                self.bits[i] = (table.get(self.words[i]) or guess(self.words[i])) | CAP


@dataclass(slots=True)
class Found:
    """One attribution while it is being put together; offsets are code points."""

    content: list[tuple[int, int]]
    cue: tuple[int, int] | None
    speaker: tuple[int, int] | None
    kind: str
    group: str
    sentence: int
    last: int  # the last sentence that it reaches
    head: int = 0  # class bits of the speaker's first token
    inherits: Found | None = None
    suffix: bool = False
    words: list[str] = field(default_factory=list)


CUES: Final = cues()
NOUNS: Final = cue_nouns()
NOMINAL_STOP: Final = AUX | SUB | CO | PUNCT | REL | WH | THAT | NEG | ACCORD
# Prepositions that join a complement to the noun of a speaker: "a spokesman for the firm", "officials in Ottawa".
JOINING: Final = frozenset(["of", "for", "at", "in", "from", "on", "with", "to", "behind", "about", "near", "within", "inside", "against", "between", "across"])


def noun_like(t: Tokens, i: int) -> bool:
    """Whether token i can stand in a noun phrase, from its classes and the word before it."""
    b = t.bits[i]
    if b & CAP or b & (PERSON | BODY | DOCU | NUM | OBJ | DET | APOS):
        return True
    if b & (NOMINAL_STOP | SUBJ | PREP | ADV | TO | TIME):
        return False
    if b & VERB:
        if i == 0:
            return False
        before = t.bits[i - 1]
        if before & (DET | APOS | NUM) and not before & SUBJ:
            return True
        if b & (ING | PP) and not b & BASE:
            return bool(before & (DET | APOS)) or (i + 1 < t.n and not t.bits[i + 1] & (DET | PREP | PUNCT | SUBJ | OBJ | TO | VERB | AUX) and bool(before & CAP == 0) and not before & VERB and i > 1 and bool(t.bits[i - 2] & DET))
        return bool(b & (NCUE | BASE | S3)) and not before & (SUBJ | AUX | TO | REL) and not (before & CAP) and i > 1 and bool(t.bits[i - 2] & DET)
    return True


def np_left(t: Tokens, k: int, lo: int = 0) -> int:
    """Start of the noun phrase that ends at token k; -1 where there is none."""
    if k < lo:
        return -1
    b = t.bits[k]
    if b & SUBJ:
        return k
    if b & QUOTE:
        k2 = k - 1
        if k2 >= lo and t.bits[k2] & (DET | CAP | APOS):
            return np_left(t, k2, lo) if not t.bits[k2] & DET else k2
        return -1
    if not noun_like(t, k):
        return -1
    if b & TIME and not b & CAP:
        return -1
    i = k
    while i > lo:
        c = t.bits[i]
        p = t.bits[i - 1]
        if c & DET and not c & CAP:
            if p & DET and i - 1 >= lo:
                i -= 1
                continue
            if t.words[i - 1] == "of" and i - 2 >= lo and noun_like(t, i - 2):
                i -= 2
                continue
            if p & PREP and t.words[i - 1] in JOINING and i - 2 >= lo and _joins(t, i - 2):
                i -= 2
                continue
            break
        if p & APOS:
            i -= 1
            continue
        if p & QUOTE:
            if i - 2 >= lo and t.bits[i - 2] & (DET | APOS):
                i -= 1
                continue
            break
        if p & PREP and t.words[i - 1] in JOINING:
            if i - 2 >= lo and ((t.words[i - 1] == "of" and noun_like(t, i - 2)) or _joins(t, i - 2)):
                i -= 2
                continue
            break
        if p & TIME and not (c & APOS):
            break
        if not noun_like(t, i - 1) or p & OBJ:
            break
        if c & CAP and not p & (CAP | PERSON | BODY | DET | NUM | APOS) and not _modifier(t, i - 1):
            break
        i -= 1
    b = t.bits[i]
    if b & APOS or (b & NUM and i == k):
        return -1
    if i == k and b & DET and not b & NUM and t.words[i] not in _PRONOMINAL:
        return -1
    return i


_PRONOMINAL: Final = frozenset("some many several most both few others another this that these those either neither each all one".split())


def _modifier(t: Tokens, i: int) -> bool:
    """Whether a lower-case word before a name belongs to it: "former", "then-", a noun in a chain that starts with a determiner."""
    w = t.words[i]
    if w in ("former", "ex", "acting", "late", "then", "senior", "veteran", "fellow", "rival") or w.endswith(("-based", "-elect", "-year-old")):
        return True
    j = i
    while j > 0 and i - j < 4:
        j -= 1
        if t.bits[j] & DET:
            return True
        if t.bits[j] & (NOMINAL_STOP | PREP | VERB | SUBJ | TO):
            return False
    return False


def _joins(t: Tokens, i: int) -> bool:
    """Whether the noun at i takes a complement: roles, bodies, documents and plain plurals do, bare names do not."""
    b = t.bits[i]
    if b & (PERSON | BODY | DOCU | NCUE):
        return noun_like(t, i)
    if b & CAP:
        return False
    return noun_like(t, i) and t.words[i].endswith("s") and not b & (TIME | DET)


def np_right(t: Tokens, k: int, hi: int) -> int:
    """End (exclusive) of the noun phrase that starts at token k, with its "of" and "for" complements; k where there is none."""
    i = k
    seen = False
    while i < hi:
        b = t.bits[i]
        if b & SUBJ and not b & CAP:
            return i + 1 if i == k else i
        if b & OBJ and i == k:
            return i + 1
        if b & (NOMINAL_STOP | SUBJ | OBJ | TO):
            break
        if b & PREP:
            if seen and t.words[i] in JOINING and i + 1 < hi and not t.bits[i + 1] & (PUNCT | QUOTE | TIME) and (t.words[i] == "of" or _joins(t, i - 1)):
                i += 1
                continue
            break
        if b & (ADV | TIME) and not b & CAP:
            break
        if b & TIME and seen:
            break
        if b & VERB and not b & CAP and not noun_like(t, i):
            break
        if b & DET and seen and not t.bits[i - 1] & (PREP | DET):
            break
        if not b & (DET | APOS):
            seen = True
        i += 1
    return i if seen or (i > k and t.words[k] in _PRONOMINAL) else k


def coordinated_left(t: Tokens, a: int, lo: int) -> int:
    """Start of the whole coordination whose last member starts at a: "Smith, Jones and Brown" from Brown's."""
    while a - 2 >= lo and t.words[a - 1] in ("and", "or", "&"):
        j = a - 2
        if t.bits[j] & COMMA:
            j -= 1
        b = np_left(t, j, lo)
        if b < 0 or (b > lo and t.bits[b - 1] & (PREP | VERB)) or t.bits[j] & SUBJ != t.bits[a] & SUBJ:
            return a
        if not (t.bits[j] & (CAP | PERSON | BODY | PLURAL)):
            return a
        a = b
        while a - 2 >= lo and t.bits[a - 1] & COMMA and t.bits[a - 2] & CAP:
            b = np_left(t, a - 2, lo)
            if b < 0 or (b > lo and t.bits[b - 1] & (PREP | VERB)):
                break
            a = b
    return a


@dataclass(slots=True)
class Subject:
    """A subject as token positions [a, b), and how it was found."""

    a: int
    b: int
    passive: bool = False


def group_left(t: Tokens, v: int) -> tuple[int, bool, bool, bool]:
    """Walk left over auxiliaries and adverbs before the verb at v: (position left of them, passive, infinitive, auxiliary seen)."""
    k = v - 1
    be = inf = aux = False
    while k >= 0:
        b = t.bits[k]
        w = t.words[k]
        if b & BE:
            be = True
            aux = True
        elif b & AUX and not b & CAP:
            aux = True
        elif w == "'s" and k and t.bits[k - 1] & (SUBJ | REL | THAT):
            aux = True
        elif b & TO:
            inf = True
            k -= 1
            break
        elif b & TIME:
            if k >= 1 and t.words[k - 1] in ("on", "in", "late", "early", "last", "this", "earlier"):
                k -= 1
        elif not (b & (ADV | NEG)) or b & CAP:
            break
        k -= 1
    passive = be and bool(t.bits[v] & PP) and not (t.bits[v] & ING)
    return k, passive, inf, aux


def subject(t: Tokens, v: int, depth: int = 0) -> tuple[int, int] | None:
    """The subject of the verb group at v as token positions [a, b); None where there is none to be had."""
    k, _, inf, aux = group_left(t, v)
    if k < 0 or depth > 4:
        return None
    b = t.bits[k]
    if inf:
        return subject_before(t, k, depth)
    if t.bits[v] & ING and not aux and not t.bits[v] & (PAST | BASE):
        return subject_before(t, k, depth)
    if b & REL or (b & THAT and k > 0):
        j = k - 1
        if j >= 0 and t.bits[j] & PREP:
            j -= 1
        if j >= 0 and t.bits[j] & COMMA:
            j -= 1
        a = np_left(t, j)
        if a < 0:
            return (k, k + 1) if b & REL and t.words[k] == "who" else None
        return coordinated_left(t, a, 0), j + 1
    if b & CO or (b & COMMA and k > 0 and t.bits[k - 1] & CO):
        return subject_before(t, k - 1, depth)
    if b & (COMMA | DASH | CLOSE):
        got = across_insertion(t, k)
        if got:
            return got
        return subject_before(t, k, depth)
    a = np_left(t, k)
    if a < 0:
        if b & VERB:
            return subject(t, k, depth + 1) if t.words[k] in ("went", "came", "continued", "helped") else None
        return None
    if a > 0 and t.bits[a - 1] & PREP and not t.bits[a] & SUBJ:
        # the phrase hangs on a preposition: a fronted "In Ohio officials" has no comma only rarely
        if t.words[a - 1] not in ("as", "after", "before", "since", "until", "than", "like") and not aux:
            a2 = a - 2
            if a2 < 0 or not noun_like(t, a2):
                return None
    return coordinated_left(t, a, 0), k + 1


def subject_before(t: Tokens, k: int, depth: int) -> tuple[int, int] | None:
    """The subject of the clause to the left of token k: that of the nearest finite verb before it."""
    i = k
    while i >= 0:
        b = t.bits[i]
        if b & QUOTE or b & SEMI:
            if b & SEMI:
                return None
        elif b & (VERB | AUX) and not b & CAP and not noun_like(t, i):
            if b & (BE | HAVE | DO | MODAL | PAST | S3 | BASE):
                if i == 0:
                    return None
                return subject(t, i, depth + 1)
        i -= 1
    return None


def across_insertion(t: Tokens, k: int) -> tuple[int, int] | None:
    """The subject before an insertion that closes at token k: "Kitchen, a fellow at Heritage, said"."""
    mark = t.bits[k]
    if mark & CLOSE:
        j = k - 1
        while j > 0 and not t.bits[j] & OPEN:
            j -= 1
        a = np_left(t, j - 1)
        return (a, j) if a >= 0 else None
    kind = mark & (COMMA | DASH)
    spots = [i for i in range(max(0, k - 60), k) if t.bits[i] & kind]
    for i in spots:
        if i + 1 >= k:
            continue
        nxt = t.bits[i + 1]
        a = np_left(t, i - 1)
        if a < 0:
            continue
        head = t.bits[i - 1]
        before = t.bits[a - 1] if a else COMMA
        if before & PREP and not t.words[a - 1] in ("as", "after", "before", "since", "while"):
            continue
        if t.bits[a] & TIME or (head & TIME):
            continue
        if not (head & (CAP | PERSON | BODY | PLURAL | DOCU | SUBJ)) and not t.bits[a] & DET:
            continue
        if nxt & (SUBJ | CO) or (nxt & QUOTE):
            continue
        if nxt & (DET | CAP | PERSON | REL | NUM | PREP | ING | PP | ADV | SUB) or nxt == 0 or noun_like(t, i + 1):
            return a, i
    return None


# What may stand between a cue and its content: adverbs, times, places and occasions of speech.
OCCASION: Final = frozenset(["in", "on", "at", "during", "after", "before", "from", "via", "through", "last", "this", "earlier", "late", "early", "by", "as", "when", "outside", "over", "following", "under", "ahead"])


def skip_adverbials(t: Tokens, i: int, hi: int) -> int:
    """Position after adverbs, times and phrases such as "in a statement on Monday"."""
    while i < hi:
        b = t.bits[i]
        if b & (ADV | TIME | NEG) and not b & (DET | SUB):
            i += 1
        elif b & PREP and t.words[i] in OCCASION:
            j = np_right(t, i + 1, hi)
            if j == i + 1:
                if i + 1 < hi and t.bits[i + 1] & TIME:
                    j = i + 2
                else:
                    return i
            i = j
        elif t.words[i] in ("this", "last", "next") and i + 1 < hi and t.bits[i + 1] & TIME:
            i += 2
        else:
            return i
    return i


def content_end(t: Tokens, i: int, hi: int, cue_at: int) -> int:
    """Position at which content that starts at i ends (exclusive): the sentence's end, or a clause that is not the speaker's any more."""
    depth = 0
    for j in range(i, hi):
        b = t.bits[j]
        if b & OPEN:
            depth += 1
        elif b & CLOSE:
            depth -= 1
            if depth < 0:
                return j
        elif b & SEMI and depth == 0:
            return j
        elif b & COMMA and depth == 0 and j + 1 < hi and j > i:
            n = t.bits[j + 1]
            w = t.words[j + 1]
            if n & ACCORD or (n & (CUE) and n & ING):
                return j
            if w in ("while", "although", "though", "whereas"):
                return j
            if w == "but" or w == "and":
                m = j + 2
                if m < hi and t.bits[m] & (CUE | VERB) and t.bits[m] & (PAST | S3) and not t.bits[m] & CAP and not noun_like(t, m):
                    return j
        elif b & CO and depth == 0 and t.words[j] == "and" and j + 1 < hi and t.bits[j + 1] & CUE and t.bits[j + 1] & PAST and t.bits[cue_at] & PAST and not t.bits[j + 1] & CAP:
            if j > i + 1:
                return j
    return hi


def is_verb(t: Tokens, i: int) -> bool:
    """Whether the cue form at i is used as a verb."""
    b = t.bits[i]
    if i == 0:
        return bool(b & (ING | PP))
    p = t.bits[i - 1]
    if p & (DET | APOS) and not p & SUBJ and t.words[i - 1] not in _PRONOMINAL:
        return False
    if b & ING and not b & BASE:
        return True
    if p & PREP and not b & (PAST | PP) and not p & TO:
        return False
    if b & BASE and not b & PAST:
        k, _, inf, aux = group_left(t, i)
        if inf or aux:
            return True
        if k < 0:
            return False
        c = t.bits[k]
        return bool(c & (SUBJ | REL | PLURAL)) or (c & CO > 0 and i > 2) or (t.words[k].endswith("s") and not c & (NUM | VERB)) or bool(c & COMMA and i > 2 and t.bits[k - 1] & PLURAL)
    if b & S3 and not b & PAST:
        k = group_left(t, i)[0]
        if k < 0:
            return False
        c = t.bits[k]
        if c & (SUBJ | REL | THAT | CAP | PERSON | BODY | DOCU | CO | COMMA | CLOSE | DASH | QUOTE):
            return True
        return i + 1 < t.n and bool(t.bits[i + 1] & (THAT | QUOTE | SUBJ | DET | WH | TO)) and not c & (NUM | PREP | VERB)
    return True


def parse(t: Tokens, index: int, out: list[Found]) -> None:
    """Find every attribution inside one sentence."""
    n = t.n
    used: set[int] = set()
    i = 0
    while i < n:
        b = t.bits[i]
        if b & CUE and not (b & CAP and not b & VERB) and is_verb(t, i):
            verb(t, i, index, out, used)
        elif b & ACCORD and i + 1 < n and t.words[i + 1] == "to":
            according(t, i, index, out, used)
        elif b & NCUE:
            noun(t, i, index, out)
        i += 1


def span(t: Tokens, a: int, b: int) -> tuple[int, int]:
    return t.starts[a], t.ends[b - 1]


def trimmed(t: Tokens, a: int, b: int) -> tuple[int, int] | None:
    """Tokens [a, b) without punctuation at their ends, as offsets; a quotation's own marks stay."""
    while a < b and t.bits[a] & (PUNCT & ~OPEN):
        a += 1
    while b > a and t.bits[b - 1] & (PUNCT & ~CLOSE):
        b -= 1
    return span(t, a, b) if a < b else None


def kind_of(t: Tokens, spans: list[tuple[int, int]]) -> str:
    """direct, mixed or indirect, by the share of the content inside quotation marks."""
    total = quoted = 0
    for a, b in spans:
        total += b - a
        for q in t.quotes.values():
            quoted += max(0, min(b, q.end) - max(a, q.start))
    return "direct" if quoted >= 0.8 * total else "mixed" if quoted else "indirect"


def verb(t: Tokens, v: int, index: int, out: list[Found], used: set[int]) -> None:
    """One cue verb: its subject, its content, to the right or to the left."""
    cue = CUES.get(t.words[v])
    if cue is None:
        return
    n = t.n
    k, passive, inf, aux = group_left(t, v)
    # inverted: QUOTE or clause , said X
    prev = t.bits[v - 1] if v else 0
    who: tuple[int, int] | None = None
    right = v + 1
    inverted = False
    if cue.group == "say" and "q" in cue.frames and t.bits[v] & (PAST | S3) and (prev & (QUOTE | COMMA | DASH | STOP)) and v + 1 < n:
        e = np_right(t, v + 1, n)
        if e > v + 1 and not (e < n and t.bits[e] & (VERB | AUX) and not t.bits[e] & CAP and not t.bits[e] & (PREP) and not prev & QUOTE and not _quote_before(t, v)):
            if prev & QUOTE or _quote_before(t, v) or t.bits[v + 1] & (CAP | DET | PERSON):
                if _quote_before(t, v) or across_insertion(t, v - 1) is None:
                    who = (v + 1, e)
                    inverted = True
                    right = e
    if who is None:
        who = subject(t, v)
    if passive:
        passive_verb(t, v, cue, index, out, who)
        return
    if who is None and not (t.bits[v] & ING) and not (cue.group == "say"):
        return
    left_edge = v
    if who is not None and who[1] <= v:
        left_edge = who[0]
    spans: list[tuple[int, int]] = []
    # content to the left: QUOTE , X said   or   clause, X said
    j = left_edge - 1
    while j >= 0 and t.bits[j] & (ADV | TIME) and not t.bits[j] & CAP:
        j -= 1
    if inverted or (j >= 0 and t.bits[j] & (COMMA | DASH | QUOTE | STOP)):
        jj = j
        while jj >= 0 and t.bits[jj] & (COMMA | DASH | STOP):
            jj -= 1
        if jj >= 0 and t.bits[jj] & QUOTE and "q" in cue.frames and jj not in used:
            a = jj
            # earlier part of the same clause: The plan is "a disaster," he said
            a0 = clause_start(t, jj, used)
            got = trimmed(t, a0, jj + 1)
            if got:
                spans.append(got)
                used.update(range(a0, jj + 1))
    quote_left = bool(spans)
    c = content_right(t, right, n, cue, v, quote_left)
    if c is None and not spans and jj_clause(t, cue, j, inverted):
        a0 = clause_start(t, j, used)
        got = trimmed(t, a0, j + 1)
        if got and got[1] - got[0] > 12:
            spans.append(got)
    elif c is not None:
        spans.append(c)
        for q in t.quotes:
            if c[0] <= t.starts[q] < c[1]:
                used.add(q)
    if not spans:
        return
    cue_span = span(t, v, v + 1)
    speaker = span(t, *who) if who else None
    out.append(Found(spans, cue_span, speaker, kind_of(t, spans), cue.group, index, index, t.bits[who[0]] if who else 0, suffix=bool(spans and spans[0][0] < cue_span[0])))


def _quote_before(t: Tokens, v: int) -> bool:
    j = v - 1
    while j >= 0 and t.bits[j] & (COMMA | DASH | STOP):
        j -= 1
    return j >= 0 and bool(t.bits[j] & QUOTE)


def jj_clause(t: Tokens, cue: Cue, j: int, inverted: bool) -> bool:
    """Whether an unquoted clause before ", X said" is the content."""
    return cue.group in ("say", "think", "show") and bool(cue.frames & {"q", "c", "t"}) and j > 2 and bool(t.bits[j] & COMMA)


def clause_start(t: Tokens, j: int, used: set[int]) -> int:
    """Where content that ends at j starts: after the last piece already taken, or the sentence's first word."""
    a = 0
    for i in range(j, -1, -1):
        if i in used or t.bits[i] & SEMI:
            a = i + 1
            break
    while a < j and t.bits[a] & (CO | PUNCT):
        a += 1
    return a


def content_right(t: Tokens, i: int, n: int, cue: Cue, v: int, quote_left: bool) -> tuple[int, int] | None:
    """The content to the right of a cue, by the constructions that the cue takes."""
    f = cue.frames
    if i < n and t.words[i] in cue.preps and not (t.words[i] in ("on", "in") and i + 1 < n and t.bits[i + 1] & TIME):
        if t.words[i] in ("out", "back", "up") and i + 1 < n and t.bits[i + 1] & (THAT | COMMA | PREP | TO):
            i += 1
            if t.bits[i] & COMMA:
                return None
            if t.bits[i] & PREP:
                i += 1
            return trimmed(t, i, content_end(t, i, n, v))
        return trimmed(t, i + 1, content_end(t, i + 1, n, v))
    hearer = False
    j = i
    if "h" in f and j < n and not t.bits[j] & (THAT | QUOTE | PUNCT | PREP | TO | WH):
        e = np_right(t, j, n)
        if e > j:
            hearer = True
            j = e
    j = skip_adverbials(t, j, n)
    if j >= n:
        return None
    if t.bits[j] & COMMA and j + 1 < n:
        # "he said, according to", "said, adding": nothing; "said, Q": the quotation
        m = j + 1
        if t.bits[m] & QUOTE and "q" in f:
            return trimmed(t, m, content_end(t, m, n, v))
        if quote_left:
            # A, he said, B: the second half is quoted or is not content
            return None
        # an insertion: "said, in a statement, that"
        for x in range(m, min(n, m + 25)):
            if t.bits[x] & COMMA and x + 1 < n and t.bits[x + 1] & (THAT | QUOTE):
                return trimmed(t, x + 1, content_end(t, x + 1, n, v))
        return None
    b = t.bits[j]
    w = t.words[j]
    if b & COLON:
        return trimmed(t, j + 1, n) if "q" in f or "c" in f else None
    if b & (STOP | SEMI | DASH | CLOSE):
        if b & DASH and j + 1 < n and t.bits[j + 1] & QUOTE:
            return trimmed(t, j + 1, n)
        return None
    if b & QUOTE:
        return trimmed(t, j, content_end(t, j, n, v)) if f & {"q", "n", "c"} else None
    if quote_left and not b & THAT:
        return None
    if b & THAT:
        return trimmed(t, j, content_end(t, j, n, v)) if f & {"c", "t", "n"} else None
    if b & TO:
        return trimmed(t, j, content_end(t, j, n, v)) if "i" in f or (hearer and "o" in f) else None
    if b & WH and not (w in ("when", "where", "if") and "w" not in f):
        return trimmed(t, j, content_end(t, j, n, v)) if "w" in f or ("c" in f and w == "if") else None
    if b & PREP and not b & ADV:
        if w in cue.preps:
            return trimmed(t, j + 1, content_end(t, j + 1, n, v))
        return trimmed(t, j, content_end(t, j, n, v)) if "c" in f and cue.group == "say" and finite_after(t, j, n) else None
    if b & SUB and not b & PREP:
        return None
    if b & CO:
        return None
    if hearer and not f & {"c", "t", "o"}:
        return None
    if f & {"c"}:
        if finite_after(t, j, n) or "n" in f:
            return trimmed(t, j, content_end(t, j, n, v))
        return None
    if "n" in f:
        return trimmed(t, j, content_end(t, j, n, v))
    if "o" in f:
        e = np_right(t, j, n)
        if e > j and e < n and t.bits[e] & (TO | NEG):
            return trimmed(t, j, content_end(t, j, n, v))
        return None
    if "g" in f and b & ING:
        return trimmed(t, j, content_end(t, j, n, v))
    return None


def finite_after(t: Tokens, i: int, n: int) -> bool:
    """Whether a finite verb follows before the sentence ends: a bare clause has one."""
    for j in range(i, n):
        b = t.bits[j]
        if (b & AUX and not b & CAP) or (b & VERB and not b & CAP and b & (PAST | S3 | BASE) and j > i) or (t.words[j] == "'s" and j > i and t.bits[j - 1] & SUBJ):
            return True
    return False


def passive_verb(t: Tokens, v: int, cue: Cue, index: int, out: list[Found], who: tuple[int, int] | None) -> None:
    """A passive cue: "was criticised by X", "were told that"; the speaker stands after "by"."""
    n = t.n
    for j in range(v + 1, min(n, v + 8)):
        if t.words[j] == "by":
            e = np_right(t, j + 1, n)
            if e == j + 1 or t.bits[j + 1] & (ING | TIME):
                return
            spans: list[tuple[int, int]] = []
            if who:
                spans.append(span(t, *who))
            rest = trimmed(t, e, content_end(t, e, n, v)) if e < n and not t.bits[e] & (PUNCT | SUB | CO) else None
            if rest and cue.group == "judge":
                spans.append(rest)
            if spans:
                out.append(Found(spans, span(t, v, v + 1), span(t, j + 1, e), kind_of(t, spans), cue.group, index, index, t.bits[j + 1]))
            return


def according(t: Tokens, i: int, index: int, out: list[Found], used: set[int]) -> None:
    """ "according to X": the clause around it is the content."""
    n = t.n
    e = np_right(t, i + 2, n)
    if e == i + 2:
        return
    speaker = span(t, i + 2, e)
    spans: list[tuple[int, int]] = []
    if i <= 1:
        j = e
        while j < n and not t.bits[j] & COMMA:
            j += 1
        got = trimmed(t, j, content_end(t, j + 1, n, i)) if j < n else None
        if got:
            spans.append(got)
    else:
        a0 = clause_start(t, i - 1, used)
        got = trimmed(t, a0, i)
        if got:
            spans.append(got)
    if spans:
        out.append(Found(spans, span(t, i, i + 2), speaker, kind_of(t, spans), "say", index, index, t.bits[i + 2], suffix=i > 1))


def noun(t: Tokens, i: int, index: int, out: list[Found]) -> None:
    """A cue noun with a complement: "his claim that", "X's criticism of"."""
    n = t.n
    if t.bits[i] & (VERB) and is_verb(t, i) and t.bits[i] & CUE:
        return
    entry = NOUNS.get(t.words[i])
    if entry is None or i + 1 >= n:
        return
    nxt = t.bits[i + 1]
    w = t.words[i + 1]
    who: tuple[int, int] | None = None
    j = i - 1
    while j >= 0 and not t.bits[j] & (DET | APOS | PUNCT | VERB | PREP) and i - j < 4:
        j -= 1
    if j >= 0 and t.bits[j] & APOS:
        a = np_left(t, j - 1)
        if a >= 0:
            who = (a, j)
    elif j >= 0 and t.words[j] in ("his", "her", "its", "their", "my", "our"):
        who = (j, j + 1)
    start = i + 1
    if nxt & PREP and w in ("by", "from", "among", "of") and who is None and i + 2 < n:
        e = np_right(t, i + 2, n)
        if e > i + 2 and e < n and t.bits[e] & THAT:
            who = (i + 2, e)
            start = e
    ok = bool(t.bits[start] & THAT) if start < n else False
    if not ok and who is not None and (w in entry.preps or (nxt & TO and entry.infinitive)):
        ok = True
    if ok and start + 1 < n:
        if who is None:
            got = subject_before(t, i - 1, 0)
            who = got
        c = trimmed(t, start, content_end(t, start, n, i))
        if c:
            out.append(Found([c], span(t, i, i + 1), span(t, *who) if who else None, kind_of(t, [c]), "noun", index, index, t.bits[who[0]] if who else 0))


def find(text: Text) -> list[Found]:
    """Every attribution of a text, in order, continued quotations joined."""
    out: list[Found] = []
    plain = word_classes().table
    running: Found | None = None  # the last direct quotation's attribution
    opener: Found | None = None  # "X said:" at the end of the paragraph before
    paragraph = -1
    open_quote = False
    pending: list[tuple[int, int]] = []
    for index, sentence in enumerate(text.sentences):
        t = Tokens(text.flat, sentence)
        if sentence.paragraph != paragraph:
            paragraph = sentence.paragraph
        if not t.hints & (CUE | NCUE | QUOTE | ACCORD | HIDDEN):
            continue
        t.reveal(plain)
        here: list[Found] = []
        parse(t, index, here)
        covered = [s for f in here for s in f.content]
        for k, q in t.quotes.items():
            if any(a <= q.start and q.end <= b for a, b in covered):
                continue
            pure = all(t.bits[x] & (PUNCT | QUOTE) for x in range(t.n))
            if pure and running is not None:
                same = text.sentences[running.last].paragraph == sentence.paragraph
                near = index - running.last == 1
                if near and (same or True):
                    if same or running.kind == "direct":
                        if same:
                            running.content.append((q.start, q.end))
                            running.last = index
                        else:
                            f = Found([(q.start, q.end)], None, running.speaker, "direct", "say", index, index, running.head, inherits=running)
                            here.append(f)
                        covered.append((q.start, q.end))
            elif pure:
                pass
        direct = [f for f in here if f.kind != "indirect" and any(t.quotes) and f.group == "say"]
        if direct:
            running = direct[-1]
        here.sort(key=lambda f: f.content[0])
        out.extend(here)
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
    found = find(text)
    directory = Directory(text, target)
    statements: list[Statement] = []
    for f in found:
        first, last = text.sentences[f.sentence], text.sentences[f.last]
        start, end = first.start, last.end
        names = directory.resolve(f.speaker, f.sentence) if f.speaker else ()
        context = raw[text.sentences[f.sentence - 1].start : text.sentences[f.sentence - 1].end] if f.sentence else ""
        flags = () if names else ("no_speaker",)
        about, where = (False, None)
        if target is not None:
            about, where = find_target(raw[start:end], context, target, start)
            if about and where is None:
                flags = (*flags, "context_only")
        statements.append(
            Statement(
                text=raw[start:end], start=start, end=end, content=tuple(Span(a, b, raw[a:b]) for a, b in f.content), speakers=names,
                speaker_span=Span(*f.speaker, raw[f.speaker[0] : f.speaker[1]]) if f.speaker else None,
                cue_span=Span(*f.cue, raw[f.cue[0] : f.cue[1]]) if f.cue else None,
                kind=f.kind, context=context, document=name, date=date, about_target=about, target_span=where, flags=flags,  # type: ignore[arg-type]
            )  # fmt: skip
        )
    return Extraction(tuple(statements), directory.identities(), text.dropped)
