"""A cue in its sentence in; where the words said start and end out. It does not find the cue or its speaker."""

from __future__ import annotations

from typing import Final

from stance.syntax import (
    FINITE,
    GERUND,
    PASSIVE,
    REDUCED,
    Tokens,
    group_left,
    noun_like,
    np_right,
    phrase_end,
    skip_adverbials,
    starts_clause,
    trimmed,
)  # fmt: skip
from stance.words import (
    ACCORD,
    ADV,
    AUX,
    BASE,
    BE,
    CAP,
    CLOSE,
    CO,
    COLON,
    COMMA,
    CUE,
    DASH,
    DET,
    DOCU,
    NCUE,
    NEG,
    OBJ,
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
    TO,
    WH,
    Cue,
    cues,
    phrase_words,
)  # fmt: skip

__all__ = ["clause_end", "clause_limit", "fronted_limit", "main_verb", "resumed", "right_content", "suffix_open"]

_CUES: Final = cues()
_CONTRAST: Final = phrase_words("contrast")
LONGEST_BREAK: Final = 25  # tokens of an insertion between a cue and its content: "said, in a letter to the board, that"
LONGEST_BY: Final = 8  # tokens between a passive cue and its "by"


def quote_before(t: Tokens, v: int) -> bool:
    """Whether a quotation ends right before token v."""
    j = v - 1
    while j >= 0 and t.bits[j] & (COMMA | DASH | STOP):
        j -= 1
    return j >= 0 and bool(t.bits[j] & QUOTE)


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
            if ((bits[j] & COMMA and j > v + 1) or j in t.commas) and starts_clause(t, j + 1, n):
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
    bits, words = t.bits, t.words
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
        elif b & DASH:
            if j + 1 < hi and (bits[j + 1] & CO or words[j + 1] in _CONTRAST) and leaves(t, j + 1, hi, v):
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
    if tags[k] == FINITE and n & CUE and n & (PAST | S3) and said_by(t, k):
        return True
    if n & NCUE and not tags[k] and k + 1 < hi and bits[k + 1] & (THAT | SUBJ | DET | BE):
        return True
    if (w in _CONTRAST or (w == "even" and words[k + 1 : k + 2] == ["though"])) and not goes_on(t, k, hi):
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


def said_by(t: Tokens, k: int) -> bool:
    """Whether "said X" stands at k and nothing but its punctuation follows: the whole clause before is what X says."""
    cue = _CUES.get(t.words[k])
    if cue is None or cue.group != "say" or k + 1 >= t.n or not t.bits[k + 1] & (CAP | DET | PERSON | PLURAL):
        return False
    e = np_right(t, k + 1, t.n)
    return e > k + 1 and (e >= t.n or bool(t.bits[e] & (STOP | COMMA)))


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
    if t.bits[k] & ACCORD or t.tags[k] in (GERUND, REDUCED) or t.words[k] in _CONTRAST or (t.bits[k] & SUB and not t.bits[k] & PREP):
        return None
    return trimmed(t, k, clause_end(t, k, t.n, v))


def resumed_verb(t: Tokens, right: int, v: int) -> tuple[int, int] | None:
    """The second half of "The mast, said Lee, a farmer, is old"."""
    for x in range(right, t.n - 1):
        if t.bits[x] & (SEMI | QUOTE | REL):
            return None
        if t.bits[x] & COMMA and (t.tags[x + 1] in (FINITE, PASSIVE) or (t.bits[x + 1] & AUX and not t.bits[x + 1] & CAP)):
            return trimmed(t, x + 1, clause_end(t, x + 1, t.n, v))
    return None


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
        if e > j and ("h" in f or (e < hi and bits[e] & (TO | THAT | NEG))):
            hearer = True
            e = next((x for x in range(j + 1, e) if words[x] in cue.preps), e)
            if "h" in f and not ("o" in f and e < hi and bits[e] & (TO | NEG)):
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
        if (
            bits[m] & (ACCORD | SUB | PREP | REL)
            or t.tags[m] in (GERUND, REDUCED)
            or (bits[m] & (CO | WH | DET) and not bits[m] & SUBJ and not starts_clause(t, m, hi))
        ):
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
            return trimmed(t, j - (j > i and bool(bits[j - 1] & NEG)), phrase_end(t, j + 1, hi, v=v))
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
