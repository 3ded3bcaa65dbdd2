"""One sentence in; its attributions out, construction by construction: inverted, passive, noun, adjective, colon. It does not name speakers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from stance.content import (
    broken_off,
    clause_end,
    clause_limit,
    fronted_limit,
    has_finite,
    main_verb,
    quote_before,
    resumed,
    resumed_verb,
    right_content,
    suffix_open,
    within_relative,
)
from stance.results import Kind
from stance.syntax import (
    FINITE,
    GERUND,
    INFINITIVE,
    PASSIVE,
    REDUCED,
    Tokens,
    across_insertion,
    group_left,
    noun_like,
    np_left,
    np_right,
    phrase_end,
    skip_adverbials,
    span,
    starts_clause,
    subject,
    subject_before,
    trimmed,
)  # fmt: skip
from stance.words import (
    ACCORD,
    ACUE,
    ADV,
    APOS,
    AUX,
    BE,
    BODY,
    CAP,
    CLOSE,
    CO,
    COLON,
    COMMA,
    CUE,
    DASH,
    DET,
    DOCU,
    HAVE,
    NCUE,
    NEG,
    OPEN,
    PAST,
    PERSON,
    PLURAL,
    PREP,
    PUNCT,
    QUOTE,
    REL,
    S3,
    SEMI,
    STOP,
    SUB,
    SUBJ,
    THAT,
    TIME,
    TITLE,
    TO,
    WH,
    Cue,
    cue_adjectives,
    cue_nouns,
    cues,
    phrase_words,
)  # fmt: skip

__all__ = ["Found", "Sentence"]

_ANY_CUE: Final = CUE | NCUE | ACUE | ACCORD | COLON
_CUES: Final = cues()
_NOUNS: Final = cue_nouns()
_ADJECTIVES: Final = cue_adjectives()
_LIGHT: Final = phrase_words("light")
_LABELS: Final = phrase_words("labels")
_COPULAS: Final = phrase_words("copulas")
_EXPECTED: Final = phrase_words("expected")
SHORTEST_LEFTOVER: Final = 40  # code points of a quotation that is taken for speech without a cue; shorter ones may be titles
LONGEST_HEAD: Final = 8  # tokens of a name before the colon of a headline or of a transcript's turn
LONGEST_EPITHET: Final = 3  # lower-case words between a quotation and the name of its speaker
SHORTEST_CLAUSE: Final = 3  # tokens; fewer before ", he said" are an adverbial, not content
MOST_OUTSIDE: Final = 3  # words outside the marks in a sentence that still counts as a quotation that goes on
LONGEST_BY: Final = 8  # tokens between a passive cue and its "by"


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


class Sentence:
    """The attributions of one sentence, found construction by construction."""

    def __init__(self, t: Tokens, number: int) -> None:
        self.t = t
        self.number = number
        self.found: list[Found] = []
        self.taken: set[int] = set()  # quotation tokens that some attribution has already

    def add(self, content: list[tuple[int, int]], cue: tuple[int, int] | None, who: tuple[int, int] | None, group: str) -> None:
        """Keep one attribution and mark its quotations as taken; `who` is token positions, the rest offsets."""
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
        for i, b in enumerate(t.bits):
            if not b & _ANY_CUE:
                continue
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
        return (
            f.cue is not None
            and f.speaker is not None
            and any(a <= f.cue[0] < b and g.speaker == f.speaker for g in self.found if g is not f for a, b in g.content)
        )

    # ---- verbs -------------------------------------------------------------------------------------------------------------------

    def verb(self, v: int, cue: Cue) -> None:
        """Read one active cue verb: its subject, and its content to the right, to the left or on both sides."""
        t = self.t
        who, right, edge = self.inverted(v, cue)
        turned = who is not None
        if who is None:
            who = subject(t, v)
            edge = who[0] if who is not None and who[1] <= v else v
        if who is None and t.tags[v] not in (GERUND, INFINITIVE) and cue.group != "say":
            return
        if who is not None and cue.group != "say" and t.words[who[0]] == "you":
            return  # a reader who is asked: "Do you support the plan?"
        content: list[tuple[int, int]] = []
        left = self.left(v, cue, edge, turned)
        limit = clause_limit(t, v, edge)
        split = turned and left is not None and not left[2]
        got = resumed_verb(t, right, v) if split else right_content(t, right, limit, cue, v, left is not None and left[2])
        k = group_left(t, v)
        if got is not None and k > 0 and t.bits[k] & (REL | THAT) and not t.bits[k - 1] & COMMA:
            got = within_relative(t, right, limit, got)
        if got is None and left is not None and not left[2] and not turned:
            got = resumed(t, right, v)
        if left is not None:
            a, j, quoted = left
            spot = trimmed(t, a, j + 1)
            if spot and (
                quoted
                or (suffix_open(t, right, "h" in cue.frames) and (has_finite(t, a, j + 1) or (not t.bits[a] & (PREP | SUB | TIME | ADV) and not t.tags[a])))
            ):
                content.append(spot)
        if got is not None:
            content.append(got)
        if not content and turned:  # "Without it, said Lee, the plan is dead"
            after = next((x for x in range(right, t.n - 1) if t.bits[x] & COMMA and starts_clause(t, x + 1, t.n)), 0)
            rest = trimmed(t, after, clause_end(t, after + 1, t.n, v)) if after else None
            content = [rest] if rest else []
        if not content and "r" in cue.frames and t.tags[v] == FINITE and suffix_open(t, right):
            denied = relative_object(t, edge)
            content = [denied] if denied else []
        if content:
            self.add(content, span(t, v, v + 1), who, cue.group)

    def inverted(self, v: int, cue: Cue) -> tuple[tuple[int, int] | None, int, int]:
        """Read ", said X": the speaker after the verb, the position after it, and the left edge of the attribution."""
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
        if t.bits[v + 1] & TIME or e == v + 1 or (not quoted and not any(b & (CAP | DET | PERSON | BODY | PLURAL) for b in t.bits[v + 1:e])):
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
        a = self.start_of(j, turned)
        if t.bits[j] & QUOTE:
            if j in self.taken:  # 'Lee said it was "over," the paper reported': the whole is reported once more
                return (0, j, True) if j in t.commas and t.tags[v] == FINITE and not turned and suffix_open(t, v + 1) else None
            return (a, j, True) if cue.frames & {"q", "x"} else None
        if (
            cue.group in ("say", "think", "show")
            and cue.frames & {"q", "c", "t"}
            and (j - a + 1 >= SHORTEST_CLAUSE or broken_off(t, v))
            and t.tags[v] == FINITE
            and t.tags[a] != REDUCED
        ):
            return a, j, False
        return None

    def start_of(self, j: int, turned: bool) -> int:
        """Where content that ends at token j starts: after the last quotation that is taken, or with the sentence.

        `turned`: "..., said X" follows; what a mere "found" inside it has taken is X's too.
        """
        t = self.t
        a = 0
        own = [f for f in self.found if turned and f.group != "say"]
        for i in range(j, -1, -1):
            taken = i in self.taken and not any(x <= t.starts[i] < y for f in own for x, y in f.content)
            if taken or t.bits[i] & SEMI:
                a = i + 1
                break
        while a < j and t.bits[a] & (CO | PUNCT) and not t.bits[a] & OPEN:
            a += 1
        return a

    def passive(self, v: int, cue: Cue) -> None:
        """Read "was criticised by X", "were told that", "is expected to": the speaker is named after "by" or not at all."""
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
            if (
                j < t.n
                and (t.bits[j] & (WH | THAT) or t.words[j] in cue.preps or t.bits[j] & QUOTE)
                and not (t.tags[v] == REDUCED and v > 2 and t.words[v - 1] not in ("when", "if", "once"))
            ):
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
        """Read "according to X": the clause around it is the content."""
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
                if (t.words[x] in _LIGHT and t.tags[x]) or (t.bits[x] & HAVE and not t.bits[x] & CAP):
                    light = x
                    break
                if t.bits[x] & (PUNCT | PREP | CO) or t.tags[x]:
                    break
        if light >= 0 and (word in entry.preps or (t.bits[start] & TO and entry.infinitive) or t.bits[start] & THAT):
            who = subject_of_copula(t, light)
            if who is None:
                return
        elif not (t.bits[start] & THAT or (who is not None and (word in entry.preps or (t.bits[start] & TO and entry.infinitive)))):
            return
        if who is None:
            who = subject_before(t, i - 1, 0)
        hi = fronted_limit(t, i)
        that = bool(t.bits[start] & THAT)
        end = main_verb(t, start, clause_end(t, start, hi, i)) if that else phrase_end(t, start + 1, hi, noun=True)
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
        """Read "... : QUOTATION" without a cue verb, and the headline or transcript "X: ..."."""
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
                if (
                    not last & (CAP | CLOSE)
                    or t.words[i - 1] in _LABELS
                    or t.words[0] in _LABELS
                    or any(t.tags[x] == FINITE or t.bits[x] & (COMMA | TIME) for x in range(i))
                ):
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
        """Whether the sentence is a quotation with no more than a word or two outside, or starts as one and ends on fewer words than it quotes."""
        t = self.t
        outside = sum(not b & (PUNCT | QUOTE) for b in t.bits)
        if outside <= MOST_OUTSIDE:
            return True
        quoted = sum(q.end - q.start for q in t.quotes.values())
        return bool(t.bits[0] & QUOTE) and 2 * quoted >= t.ends[-1] - t.starts[0]


def relative_object(t: Tokens, edge: int) -> tuple[int, int] | None:
    """What is denied in "..., which the firm denies" and "claims the firm denies": the phrase before, or the clause."""
    x = edge - 1
    if x > 0 and t.bits[x] & (REL | THAT):
        x -= 1
        if t.bits[x] & COMMA:
            x -= 1
        a = np_left(t, x)
    elif x >= 0 and t.bits[x] & NCUE and not t.tags[x]:
        a = np_left(t, x)
        a = x if a < 0 else a
    else:
        return None
    if a < 0 or t.bits[a - 1] & PREP:
        a = max((y + 1 for y in range(x) if t.bits[y] & (COMMA | SEMI)), default=0)
    return trimmed(t, a, x + 1)


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


def kind_of(t: Tokens, spans: list[tuple[int, int]]) -> Kind:
    """direct, mixed or indirect, by the share of the content inside quotation marks."""
    total = quoted = 0
    for a, b in spans:
        total += b - a
        for q in t.quotes.values():
            quoted += max(0, min(b, q.end) - max(a, q.start))
    return "direct" if quoted >= 0.8 * total else "mixed" if quoted else "indirect"
