"""One sentence in; tokens with classes and verb tags, noun phrases, subjects and clause ends out. It does not know what a statement is.

A shallow reading, not a parse: every function looks at the words around one position, and a whole sentence costs time linear in its tokens
for each cue that it holds.
"""

from __future__ import annotations

import re
from typing import Final

from stance.text import Quote, Sentence
from stance.words import (
    ACCORD,
    ADV,
    APOS,
    AUX,
    BASE,
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
    DO,
    DOCU,
    HAVE,
    HIDDEN,
    ING,
    MODAL,
    NCUE,
    NEG,
    NUM,
    OBJ,
    OPEN,
    PAST,
    PERSON,
    PLURAL,
    PP,
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
    VERB,
    WH,
    abbreviations,
    guess,
    phrase_words,
    word_classes,
)  # fmt: skip

__all__ = ["FINITE", "GERUND", "INFINITIVE", "PASSIVE", "REDUCED", "Tokens"]

_TOKEN: Final = re.compile(r"(?:[A-Za-z]\.){2,}|'(?:s|ll|d|re|ve|m)\b|\d+(?:[.,]\d+)+|\w+(?:(?:[-&./]|'(?!(?:s|ll|d|re|ve|m)\b))\w+)*|--|[^\w\s\x01]")

# Verb tags. 0 is anything that is not used as a verb.
FINITE: Final = 1  # has a subject of its own: "said", "has said", "will say"
GERUND: Final = 2  # an -ing form without "be"
INFINITIVE: Final = 3
REDUCED: Final = 4  # a participle without auxiliary: "the man accused of"
PASSIVE: Final = 5  # "was accused"

NOT_NOUN: Final = AUX | SUB | CO | PUNCT | REL | WH | THAT | NEG | ACCORD | SUBJ | PREP | ADV | TO
JOINING: Final = phrase_words("joining")
PRONOMINAL: Final = phrase_words("pronominal")
OCCASION: Final = phrase_words("occasion")
BEFORE_NAME: Final = phrase_words("before_name")
POSTMODIFIER: Final = phrase_words("postmodifier")
DEGREE: Final = phrase_words("degree")
INCLUDING: Final = phrase_words("including")
OCCASIONS: Final = phrase_words("occasions")
FLOATING: Final = phrase_words("floating")
NOUNABLE: Final = phrase_words("nounable")
LONGEST_INSERTION: Final = 60  # tokens of an insertion between a subject and its verb; longer ones are not looked across
LONGEST_ASIDE: Final = 6  # tokens between dashes after a cue
DEEPEST: Final = 4  # steps from a verb to the verb whose subject it shares


class Tokens:
    """The tokens of one sentence: lower-case words, class bits, verb tags, starts and ends; a quotation is one token."""

    __slots__ = ("bits", "commas", "ends", "hints", "n", "quotes", "starts", "tags", "words")

    def __init__(self, flat: str, sentence: Sentence) -> None:
        self.words: list[str] = []
        self.bits: list[int] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.tags: list[int] = []
        self.quotes: dict[int, Quote] = {}
        self.commas: set[int] = set()  # quotations that end in a comma: the comma closes their clause
        self.hints = 0
        at = sentence.start
        for quote in sentence.quotes:
            self._add(flat, at, quote.start)
            self.quotes[len(self.words)] = quote
            if quote.inner_end > quote.inner_start and flat[quote.inner_end - 1] == ",":
                self.commas.add(len(self.words))
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
        found = list(_TOKEN.finditer(flat, start, end))
        if not found:
            return
        known = [table[m[0]] for m in found]
        starts, ends = [m.start() for m in found], [m.end() for m in found]
        bits, words = [b for b, _ in known], [w for _, w in known]
        for k in range(len(words) - 1, 0, -1):
            if words[k] == "." and ends[k - 1] == starts[k] and ends[k] < end and (len(words[k - 1]) == 1 or words[k - 1] in abbreviations()):
                ends[k - 1] = ends[k]  # the full stop of an abbreviation is part of it
                del words[k], bits[k], starts[k], ends[k]
        for b in bits:
            self.hints |= b
        self.words += words
        self.bits += bits
        self.starts += starts
        self.ends += ends

    def prepare(self) -> None:
        """Give capitalised words their other classes back where the capital says nothing, then tag the verbs."""
        bits, words = self.bits, self.words
        table = word_classes().table
        caps = sum(1 for b in bits if b & CAP)
        if caps > 3 and caps * 3 > len(bits):
            lower = sum(1 for w, b in zip(words, bits, strict=True) if not b & (CAP | PUNCT | QUOTE | PREP | DET | CO | TO | NUM | APOS) and len(w) > 3)
            title_case = lower * 4 < caps
        else:
            title_case = False
        for i, b in enumerate(bits):
            if b & HIDDEN:
                if title_case:
                    bits[i] = (table.get(words[i]) or guess(words[i])) | CAP
                elif i == 0 or (i == 1 and bits[0] & PUNCT):
                    after = bits[i + 1] if i + 1 < self.n else 0
                    if words[i] not in table and (after & AUX or (after & VERB and after & (PAST | S3))):
                        continue  # "Balding said": a name that looks like a participle
                    bits[i] = table.get(words[i]) or guess(words[i]) or CAP
                    if bits[i] & VERB and not bits[i] & (ING | PP):
                        bits[i] = b
        self.tags = [0] * self.n
        if self.hints & VERB or title_case:
            for i, b in enumerate(bits):
                if b & VERB:
                    self.tags[i] = verb_tag(self, i)


def verb_tag(t: Tokens, i: int) -> int:
    """How the word at i is used, from its form and the words before and after it; 0 where it is not used as a verb."""
    bits, words = t.bits, t.words
    b = bits[i]
    k = i - 1
    while k >= 0 and bits[k] & (ADV | NEG) and not bits[k] & (CAP | DET | SUB):
        k -= 1
    if k > 0 and words[k] == "since" and bits[k - 1] & HAVE:
        k -= 1
    if k < 0:
        return GERUND if b & ING else REDUCED if b & PP else 0
    p = bits[k]
    nxt = bits[i + 1] if i + 1 < t.n else STOP
    if words[i] == "like" and not p & (SUBJ | REL | TO | MODAL | DO):
        return 0
    if words[i - 1] in DEGREE and b & (PP | ING) and not b & BASE:
        return 0
    if p & APOS and k and bits[k - 1] & (SUBJ | REL | THAT):
        return FINITE if b & (ING | PP) else 0  # "he's said"
    if p & THAT and k and b & (PAST | S3 | BASE) and noun_like(t, k - 1):
        return FINITE if b & (PAST | S3) or words[k - 1].endswith("s") else 0  # "a report that criticised"
    if p & (DET | APOS) and not p & SUBJ:
        if words[k] not in PRONOMINAL or b & ING:
            return 0
        if b & S3:
            return FINITE if words[i] not in NOUNABLE and words[k] in ("another", "one", "each", "this", "that", "neither", "either", "all") else 0
        return FINITE if b & PAST or (b & BASE and words[i] not in NOUNABLE) else 0
    if p & TO:
        return INFINITIVE if b & BASE else 0
    if p & (MODAL | DO):
        return FINITE if b & BASE else 0
    if p & BE:
        return FINITE if b & ING else PASSIVE if b & PP else 0
    if p & HAVE:
        return 0 if not b & PP else GERUND if words[k] == "having" else FINITE
    if p & (SUBJ | REL) or (p & THAT and not b & ING):
        if p & SUBJ and k and bits[k - 1] & (AUX):
            return FINITE if b & (BASE | ING | PP) else 0  # "did he say"
        return FINITE if b & (PAST | S3 | BASE) else GERUND
    if b & ING and not b & BASE:
        if p & CAP and k and bits[k - 1] & DET and not bits[k - 1] & CAP and not nxt & (DET | THAT | QUOTE | SUBJ | OBJ | CAP | PREP):
            return 0  # "a Reuters rolling poll"
        if p & (CO | COMMA | PREP | SUB | DASH | OPEN | QUOTE | VERB | WH | OBJ | CLOSE) or p & (CAP | PERSON | BODY | DOCU | PLURAL) or words[k].endswith("s"):
            return GERUND
        return GERUND if nxt & (DET | THAT | QUOTE | SUBJ) else 0
    if p & PREP:
        return 0
    if p & NUM and b & S3:
        return 0
    if (
        b & CUE
        and p & VERB
        and p & PP
        and t.tags[k] == FINITE
        and k == i - 1
        and k
        and (words[k - 1] in PRONOMINAL or bits[k - 1] & (PLURAL | CAP) or words[k - 1].endswith("s"))
        and (b & PAST or (b & BASE and words[i] not in NOUNABLE))
        and not b & (ADV | PREP)
    ):
        t.tags[k] = REDUCED  # "those surveyed say", "voters polled said"
        return FINITE
    if b & PP and nxt & PREP and words[i] in POSTMODIFIER:
        return REDUCED  # "two people briefed on the matter"
    if b & (PAST | PP) and not (b & BASE and not p & (CAP | PERSON | BODY | COMMA | CO | QUOTE)):
        if p & VERB and b & PAST and not b & PP and p & BASE and t.tags[k]:
            return FINITE  # "the warning that prices would rise came"
        if p & VERB and t.tags[k] in (FINITE, GERUND, INFINITIVE) and not p & PERSON:
            return REDUCED if nxt & PREP else 0  # "keep divided"
        if p & OBJ and not p & CAP:
            return REDUCED if not p & SUBJ and b & PP and nxt & PREP and not b & CUE else FINITE
        if words[i + 1 : i + 2] == ["by"] and b & PP:
            return FINITE if i + 2 < t.n and bits[i + 2] & ING else REDUCED
        if not b & PAST:
            return REDUCED
        return FINITE
    if b & S3:
        if nxt & (STOP | COMMA) and p & (CAP | PERSON):
            j = k
            while j > 0 and bits[j] & (CAP | PERSON | DET):
                j -= 1
            if bits[j] & QUOTE:
                return FINITE
        if p & (CO | COMMA | CLOSE | DASH | QUOTE):
            return FINITE if (words[i] not in NOUNABLE or nxt & (DET | THAT | SUBJ | QUOTE)) and words[i + 1 : i + 2] != ["of"] else 0
        if words[i] in NOUNABLE:
            if b & CUE and nxt & (THAT | SUBJ) and not p & PLURAL and not words[k].endswith("s") and noun_like(t, k):
                return FINITE  # "the suit claims that"
            fits = (
                nxt & (DET | THAT | SUBJ | QUOTE | WH | CAP | OBJ | COLON)
                or (nxt & TO and b & CUE)
                or (nxt & PREP and words[i + 1] not in ("of", "by", "from", "in", "at"))
            )
            return FINITE if fits and (p & (CAP | PERSON | BODY | DOCU) and not p & PLURAL) else 0
        return FINITE if not p & VERB or not t.tags[k] else 0
    if b & BASE:
        if p & (CO | COMMA):
            if p & COMMA and b & CUE and words[i] not in NOUNABLE and nxt & (THAT | SUBJ | DET | CAP | QUOTE | OBJ | WH):
                return FINITE
            # joined to a verb in the base form before it: "to meet and discuss"
            for j in range(k - 1, max(-1, k - 12), -1):
                if t.tags[j]:
                    return t.tags[j] if bits[j] & BASE and not nxt & (PREP & ~TO) else 0
            return 0
        if b & CUE and words[i] not in NOUNABLE and nxt & (SUBJ | THAT) and not t.tags[k]:
            return FINITE  # "officials in touch with the court since May say they ..."
        if t.tags[k] or p & (QUOTE | PUNCT):
            return 0
        many = p & (PLURAL | OBJ) or (words[k].endswith("s") and not words[k].endswith(("ss", "us", "is"))) or (k >= 2 and bits[k - 1] & CO and p & CAP)
        if words[i] in NOUNABLE:
            if nxt & (STOP | SEMI) and many and b & CUE:  # "sales fell, records show."
                j = k
                while j > 0 and noun_like(t, j):
                    j -= 1
                return FINITE if bits[j] & COMMA else 0
            return FINITE if many and nxt & (DET | THAT | SUBJ | QUOTE | WH | (CAP | NUM if p & DOCU and b & CUE else 0)) else 0
        return FINITE if many or nxt & THAT else 0
    return 0


def noun_like(t: Tokens, i: int) -> bool:
    """Whether token i can stand in a noun phrase."""
    b = t.bits[i]
    if t.tags[i]:
        return False
    if b & (CAP | PERSON | BODY | DOCU | NUM | OBJ | DET | APOS):
        return True
    return not b & (NOT_NOUN | TIME | QUOTE)


def np_left(t: Tokens, k: int, lo: int = 0) -> int:
    """Start of the noun phrase that ends at token k; -1 where there is none."""
    if k < lo:
        return -1
    bits, words = t.bits, t.words
    b = bits[k]
    if b & SUBJ and not b & CAP:
        return k
    if b & QUOTE:
        if k - 1 >= lo and bits[k - 1] & DET:
            return k - 1
        return np_left(t, k - 1, lo) if k - 1 >= lo and bits[k - 1] & (CAP | APOS) else -1
    if not noun_like(t, k) or (b & TIME and not b & CAP):
        return -1
    i = k
    while i > lo:
        c, p = bits[i], bits[i - 1]
        if c & DET and not c & CAP:
            if p & DET and not p & THAT:
                i -= 1
                continue
            if p & PREP and i - 3 >= lo and words[i - 2] in POSTMODIFIER and noun_like(t, i - 3):
                i -= 3
                continue
            if p & PREP and i - 2 >= lo and made_by(t, i - 2):
                i -= 2
                continue
            if p & PREP and words[i - 1] in JOINING and i - 2 >= lo and ((words[i - 1] == "of" and noun_like(t, i - 2)) or joins(t, i - 2)):
                i -= 2
                continue
            break
        if p & APOS:
            i -= 1
            continue
        if p & QUOTE:
            if i - 2 >= lo and bits[i - 2] & (DET | APOS):
                i -= 1
                continue
            break
        if p & PREP and i - 2 >= lo and made_by(t, i - 2):
            i -= 2
            continue
        if p & PREP and words[i - 1] in JOINING:
            if i - 3 >= lo and words[i - 2] in POSTMODIFIER and noun_like(t, i - 3):
                i -= 3
                continue
            if i - 2 >= lo and ((words[i - 1] == "of" and noun_like(t, i - 2)) or joins(t, i - 2)):
                i -= 2
                continue
            break
        if p & THAT and i - 2 >= lo and not bits[i - 2] & (PREP | CO | PUNCT):
            break  # "said that officials": a conjunction
        if (p & TIME and not c & APOS) or p & OBJ or not noun_like(t, i - 1):
            break
        if c & CAP and not p & (CAP | PERSON | BODY | DET | NUM | APOS) and not modifier(t, i - 1):
            break
        i -= 1
    b = bits[i]
    if b & APOS or (b & NUM and i == k):
        return -1
    if i == k and b & DET and not b & NUM and words[i] not in PRONOMINAL:
        return -1
    return i


def modifier(t: Tokens, i: int) -> bool:
    """Whether a lower-case word before a name belongs to it: "former", "-based", a noun in a chain that starts with a determiner."""
    w = t.words[i]
    if w in BEFORE_NAME or w.endswith(("-based", "-elect", "-old")):
        return True
    for j in range(i - 1, max(-1, i - 5), -1):
        b = t.bits[j]
        if b & DET:
            return True
        if b & (NOT_NOUN) or t.tags[j]:
            return False
    return False


def made_by(t: Tokens, i: int) -> bool:
    """Whether "study by" stands at i and the word after it."""
    return bool(t.bits[i] & DOCU) and t.words[i + 1] == "by" and noun_like(t, i)


def joins(t: Tokens, i: int) -> bool:
    """Whether the noun at i takes a complement: roles, bodies, documents and plain plurals do, bare names do not."""
    b = t.bits[i]
    if b & (PERSON | BODY | DOCU | NCUE):
        return noun_like(t, i)
    if b & CAP:
        return False
    return t.words[i].endswith("s") and not b & (TIME | DET) and noun_like(t, i)


def np_right(t: Tokens, k: int, hi: int) -> int:
    """End (exclusive) of the noun phrase that starts at token k, with its complements; k where there is none."""
    bits, words, tags = t.bits, t.words, t.tags
    i = k
    seen = False
    while i < hi:
        b = bits[i]
        if b & SUBJ and not b & CAP:
            return i + 1 if i == k else i
        if b & OBJ and i == k and not b & DET:
            return i + 1
        if b & PREP and not b & DET:
            if (
                seen
                and words[i] in JOINING
                and i + 1 < hi
                and not (b & TO and not bits[i + 1] & (CAP | DET))
                and not bits[i + 1] & (PUNCT | QUOTE | TIME)
                and (words[i] == "of" or joins(t, i - 1))
                and not tags[i + 1]
            ):
                i += 1
                continue
            break
        if b & QUOTE and not (i > k and bits[i - 1] & (DET | APOS)):
            break
        if tags[i] or (b & (NOT_NOUN | OBJ) and not b & (DET | CAP)):
            break
        if b & TIME and (seen or not b & CAP):
            break
        if b & DET and seen and not bits[i - 1] & (PREP | DET):
            break
        if not b & (DET | APOS):
            seen = True
        i += 1
    return i if seen or (i > k and words[k] in PRONOMINAL) else k


def whole_left(t: Tokens, k: int) -> int:
    """Start of the noun phrase that ends at token k with every phrase that it hangs on: "a researcher on China at a Lund institute"."""
    a = np_left(t, k)
    for _ in range(DEEPEST):
        if a < 2 or not t.bits[a - 1] & PREP or t.words[a - 1] not in JOINING:
            break
        before = np_left(t, a - 2)
        if before < 0 or t.bits[a - 2] & TIME or t.tags[a - 2]:
            break
        a = before
    return a


def coordinated_left(t: Tokens, a: int, lo: int = 0) -> int:
    """Start of the whole coordination whose last member starts at a: "Smith, Jones and Brown" from Brown's."""
    bits = t.bits
    while a - 2 >= lo and t.words[a - 1] in ("and", "or", "&"):
        j = a - 2
        if bits[j] & COMMA:
            j -= 1
        b = np_left(t, j, lo)
        if b > lo + 1 and b == a - 2 - (a - 2 - b) and bits[b - 1] & PREP and made_by(t, b - 2):
            b = np_left(t, b - 2, lo)
        if b < 0 or (b > lo and (bits[b - 1] & PREP or t.tags[b - 1])) or (bits[j] ^ bits[a]) & SUBJ or not bits[j] & (CAP | PERSON | BODY | PLURAL):
            return a
        a = b
        while a - 2 >= lo and bits[a - 1] & COMMA and bits[a - 2] & CAP:
            b = np_left(t, a - 2, lo)
            if b < 0 or (b > lo and (bits[b - 1] & PREP or t.tags[b - 1])):
                break
            a = b
    return a


def group_left(t: Tokens, v: int) -> int:
    """Position left of the verb group of v: over auxiliaries, adverbs and times."""
    bits = t.bits
    k = v - 1
    while k >= 0:
        b = bits[k]
        if (b & AUX and not b & CAP) or (t.words[k] == "'s" and k and bits[k - 1] & (SUBJ | REL | THAT)):
            pass
        elif t.words[k] == "ago":
            while k > 0 and (bits[k - 1] & (TIME | NUM | ADV) or t.words[k - 1] in ("a", "an", "few")) and not bits[k - 1] & CAP:
                k -= 1
        elif b & TIME:
            if k >= 1 and t.words[k - 1] in OCCASION:
                k -= 1
        elif (not b & (ADV | NEG) and not (t.words[k] == "since" and k and bits[k - 1] & HAVE)) or b & CAP:
            break
        k -= 1
    return k


def subject(t: Tokens, v: int, depth: int = 0) -> tuple[int, int] | None:
    """The subject of the verb at v as token positions [a, b); None where there is none to be had.

    Never the nearest name: only what the construction says — the phrase before the verb group, the antecedent of "who",
    or the subject of the verb that this one is joined to.
    """
    if depth > DEEPEST:
        return None
    tag, bits = t.tags[v], t.bits
    k = group_left(t, v)
    if tag == GERUND and (k < 0 or (k == 0 and bits[0] & (PREP | SUB | ADV | CO))):
        return fronted_subject(t, v)
    if k < 0:
        return None
    if k and t.words[k] in FLOATING and (noun_like(t, k - 1) or bits[k - 1] & (SUBJ | COMMA)):
        k -= 1
    if tag == INFINITIVE:
        return controller(t, k - 1, depth)
    if tag == GERUND:
        if not bits[k] & (PUNCT | CO | PREP | SUB) and not t.tags[k]:
            a = np_left(t, k)
            x = a
            if x > 2 and bits[x - 1] & PREP and bits[x - 2] & DOCU:  # "sent an email to supporters saying"
                x = np_left(t, x - 2)
            if x > 0 and t.tags[x - 1] in (FINITE, GERUND, INFINITIVE) and (bits[k] & DOCU or x < a or bits[x - 1] & CUE):  # "issued a statement saying"
                return subject(t, x - 1, depth + 1)
            if a >= 0 and not bits[a] & OBJ:
                return coordinated_left(t, a), k + 1
        return subject_before(t, k, depth)
    b = bits[k]
    if b & REL or (b & THAT and k > 0):
        j = k - 1
        if j >= 0 and bits[j] & PREP:
            j -= 1
        if j >= 0 and bits[j] & COMMA:
            j -= 1
        a = whole_left(t, j) if t.words[k] == "who" else np_left(t, j)
        if a < 0:
            return (k, k + 1) if t.words[k] == "who" else None
        if j + 1 < k and bits[j + 1] & COMMA and a > 1 and bits[a - 1] & COMMA:  # "Berger, a doctor from Englewood, New Jersey, who said"
            return across_insertion(t, j + 1) or (a, j + 1)
        return coordinated_left(t, a), j + 1
    if b & CO or (b & COMMA and k > 0 and bits[k - 1] & CO):
        if bits[v] & CUE and tag == FINITE:  # joined to the last cue of the same tense
            for j in range(k - 1, 0, -1):
                if t.tags[j] == FINITE and bits[j] & CUE and bits[j] & bits[v] & (PAST | S3):
                    return subject(t, j, depth + 1)
                if bits[j] & SEMI:
                    break
        return subject_before(t, k - 1, depth)
    if b & COMMA and k > 1 and bits[k - 1] & CLOSE:  # "Reed (D-R.I.), said"
        got = across_insertion(t, k - 1)
        if got is not None:
            return got
    if b & (COMMA | DASH | CLOSE):
        return across_insertion(t, k) or subject_before(t, k, depth)
    if t.tags[k] in (PASSIVE, FINITE) and k:  # "officials who were asked said"
        r = group_left(t, k)
        if r > 0 and bits[r] & REL:
            a = whole_left(t, r - 1)
            return (coordinated_left(t, a), r) if a >= 0 else None
    if t.tags[k] == REDUCED and k:  # "those surveyed said"
        a = np_left(t, k - 1)
        return (a, k + 1) if a >= 0 else None
    a = whole_left(t, k)
    if a < 0:
        return across_insertion(t, k) if b & QUOTE else None
    end = k + 1
    # what stands before the phrase may show that it is only the end of a longer subject
    for _ in range(DEEPEST):
        if a < 2:
            break
        p = a - 1
        r = group_left(t, p - 1) if bits[p] & PREP and t.tags[p - 1] == FINITE else -1
        if r > 0 and bits[r] & REL:  # "one resident who spoke from the gallery said"
            a = np_left(t, r - 1) if np_left(t, r - 1) >= 0 else a
            end = r
            break
        if bits[p] & PREP and (t.tags[p - 1] in (REDUCED, GERUND) or (t.tags[p - 1] == FINITE and bits[p - 1] & PP and not bits[p - 1] & CUE)):
            p -= 1
            if t.tags[p] == FINITE:
                t.tags[p] = REDUCED  # two finite verbs and nothing to join them: "voters polled in Lund said"
        if t.tags[p] in (GERUND, REDUCED) and p >= 1 and not bits[p - 1] & (PUNCT | CO | PREP | AUX | ADV | SUB) and not t.tags[p - 1]:
            a2 = np_left(t, p - 1)
        elif t.tags[p] == FINITE or bits[p] & BE:
            r = group_left(t, p) if t.tags[p] else p - 1
            if r < 1 or not (bits[r] & REL or bits[r] & THAT):
                break
            a2 = np_left(t, r - 1)
        else:
            break
        if a2 < 0:
            break
        a, end = a2, min(end, p if t.tags[p] in (GERUND, REDUCED) else end)
        if t.tags[p] == FINITE or bits[p] & BE:
            end = r
    return coordinated_left(t, a), end


def controller(t: Tokens, k: int, depth: int) -> tuple[int, int] | None:
    """Who does what the infinitive says whose "to" stands right of k: an object before it, or the subject of the verb that governs it."""
    bits = t.bits
    while k >= 0 and bits[k] & (ADV | NEG) and not bits[k] & CAP:
        k -= 1
    if k < 0:
        return None
    if t.tags[k] in (FINITE, PASSIVE, GERUND, INFINITIVE, REDUCED):
        return subject(t, k, depth + 1)
    return subject_before(t, k, depth)


def subject_before(t: Tokens, k: int, depth: int) -> tuple[int, int] | None:
    """The subject of the clause that goes on right of token k: after a comma that of the main clause, else that of the nearest finite verb."""
    bits = t.bits
    main = bool(bits[k] & COMMA) or (k + 1 < t.n and bool(bits[k] & COMMA | bits[k + 1] & CO) and bool(bits[k] & COMMA))
    nearest: tuple[int, int] | None = None
    for i in range(k, -1, -1):
        b = bits[i]
        if b & SEMI:
            break
        got: tuple[int, int] | None = None
        if t.tags[i] in (FINITE, PASSIVE):
            got = subject(t, i, depth + 1)
        elif i and ((b & (BE | HAVE | DO | MODAL) and not b & CAP) or (t.words[i] == "'s" and bits[i - 1] & SUBJ)):
            j = i - 1
            while j > 0 and bits[j] & (AUX | ADV | NEG) and not bits[j] & CAP:
                j -= 1
            a = np_left(t, j)
            if a >= 0:
                got = coordinated_left(t, a), j + 1
            elif bits[j] & COMMA:
                got = across_insertion(t, j)
        if got is None:
            continue
        if not main:
            return got
        nearest = nearest or got
        x = got[0] - 1
        embedded = (x >= 0 and (bool(bits[x] & (REL | THAT | WH | SUB)) or t.tags[x] in (FINITE, GERUND, INFINITIVE))) or (
            got[1] <= i and any(bits[y] & REL for y in range(got[1], i))
        )
        if not embedded:
            return got
    return nearest


def fronted_subject(t: Tokens, v: int) -> tuple[int, int] | None:
    """The subject of the main clause after a fronted participle: "Declaring that ..., the senator left"."""
    for j in range(v + 1, t.n - 2):
        if (t.bits[j] & COMMA or j in t.commas) and starts_clause(t, j + 1, t.n):
            x = j + 1
            while t.bits[x] & (ADV | TIME) and not t.bits[x] & CAP:
                x += 1
            return x, np_right(t, x, t.n)
    return None


def across_insertion(t: Tokens, k: int) -> tuple[int, int] | None:
    """The subject before an insertion that closes at token k: "Kitchen, a fellow at Heritage, said"."""
    bits = t.bits
    mark = bits[k]
    if mark & CLOSE:
        j = k - 1
        while j > 0 and not bits[j] & OPEN:
            j -= 1
        a = np_left(t, j - 1)
        return (a, j) if a >= 0 else None
    kind = mark & (COMMA | DASH) or COMMA  # a quotation may hold the closing comma
    for i in range(max(1, k - LONGEST_INSERTION), k - 1):
        if not bits[i] & kind:
            continue
        h = i - 1
        if bits[h] & CLOSE:  # "Scott (D-Va.), the chairman, said"
            while h > 0 and not bits[h] & OPEN:
                h -= 1
            h -= 1
        a = whole_left(t, h) if h >= 0 else -1
        if a < 0:
            continue
        head, nxt = bits[h], bits[i + 1]
        if a and bits[a - 1] & PREP and not bits[a - 1] & SUB:
            continue
        if bits[a] & TIME or head & TIME or nxt & (SUBJ | CO | QUOTE):
            continue
        if not head & (CAP | PERSON | BODY | PLURAL | DOCU | SUBJ | CLOSE | NUM) and not bits[a] & DET:
            continue
        return coordinated_left(t, a), h + 1
    return None


def skip_adverbials(t: Tokens, i: int, hi: int) -> int:
    """Position after adverbs, times and phrases such as "in a statement on Monday"."""
    bits, words = t.bits, t.words
    while i < hi:
        b = bits[i]
        if words[i] == "there" and i + 1 < hi and bits[i + 1] & AUX:
            return i
        if b & (ADV | TIME | NEG) and not b & (DET | SUB):
            i += 1
        elif b & OPEN:
            j = i
            while j < hi and not bits[j] & CLOSE:
                j += 1
            if j >= hi:
                return i
            i = j + 1
        elif b & DASH and i + 2 < hi and any(bits[x] & DASH and bits[x + 1] & THAT for x in range(i + 2, min(hi - 1, i + LONGEST_ASIDE))):
            i = next(x for x in range(i + 2, hi) if bits[x] & DASH) + 1  # "declared - wrongly - that"
        elif words[i] in ("this", "last", "next", "that") and i + 1 < hi and bits[i + 1] & TIME:
            i += 2
        elif (
            b & (DET | NUM)
            and any(bits[x] & TIME for x in range(i + 1, min(hi, i + 3)))
            and any(words[x] in ("ago", "earlier", "later", "before") for x in range(i + 1, min(hi, i + 5)))
        ):
            i += 1
            while i < hi and (bits[i] & (TIME | DET | NUM | ADV)) and not bits[i] & THAT:
                i += 1
        elif b & PREP and words[i] in OCCASION:
            j = np_right(t, i + 1, hi)
            if j == i + 1:
                if i + 1 < hi and bits[i + 1] & (TIME | NUM):
                    j = i + 2
                else:
                    return i
            while j < hi and words[j] in ("with", "to", "for", "of", "by"):  # "in an interview with a local station"
                e = np_right(t, j + 1, hi)
                if e == j + 1:
                    break
                j = e
            i = j
        else:
            return i
    return i


def starts_clause(t: Tokens, i: int, hi: int) -> bool:
    """Whether a subject with its finite verb stands at i."""
    j = i
    while j < hi and t.bits[j] & (ADV | TIME) and not t.bits[j] & CAP:
        j += 1
    e = np_right(t, j, hi)
    if e == j:
        return False
    while e < hi and t.bits[e] & (ADV | NEG) and not t.bits[e] & CAP:
        e += 1
    return e < hi and (t.tags[e] in (FINITE, PASSIVE) or (bool(t.bits[e] & AUX) and not t.bits[e] & CAP) or (t.words[e] == "'s" and bool(t.bits[e - 1] & SUBJ)))


def phrase_end(t: Tokens, i: int, hi: int, noun: bool = False, v: int = -1) -> int:
    """Where content that is a noun phrase ends: before the next clause, a second verb or an adverbial clause.

    `noun`: the phrase complements a noun ("his claim of"), so that a finite verb after it is the main verb.
    `v`: the verb whose content it is, where there is one: a verb of the same form that is joined to it ends the phrase.
    """
    bits, words, tags = t.bits, t.words, t.tags
    depth = 0
    inside = False  # a relative or "that" clause that belongs to the phrase
    for j in range(i, hi):
        b = bits[j]
        if b & OPEN:
            depth += 1
        elif b & CLOSE:
            depth -= 1
            if depth < 0:
                return j
        elif depth or j == i:
            continue
        elif b & (SEMI | DASH | STOP):
            return j
        elif noun and not inside and (tags[j] in (FINITE, PASSIVE) or (b & AUX and not b & CAP)):
            if bits[j - 1] & SUBJ:
                inside = True
            else:
                return j
        elif b & COLON:
            if not (j + 1 < hi and bits[j + 1] & QUOTE):
                return j
        elif b & QUOTE and j in t.commas:
            return j + 1
        elif b & (REL | THAT | WH) and not b & SUB:
            inside = True
        elif b & COMMA:
            if j + 1 < hi:
                if words[j + 1] in INCLUDING or (j - i <= 2 and bits[i] & DET and noun_like(t, j + 1)):  # "a new, softer line"
                    continue
                if bits[j + 1] & CO and noun_like(t, min(j + 2, hi - 1)) and not starts_clause(t, j + 2, hi):
                    continue
                if noun_like(t, j + 1) and more_items(t, j + 1, hi):
                    continue
                if INFINITIVE in tags[i:j] and tags[min(j + 1 + bool(bits[j + 1] & CO), hi - 1)] == INFINITIVE:
                    continue  # "to end the rule, open the books and go"
            return j
        elif (
            (b & SUB and not b & (PREP | WH))
            or (b & SUB and j + 1 < hi and (tags[j + 1] in (GERUND, REDUCED) or starts_clause(t, j + 1, hi)))
            or words[j] == "during"
            or (b & PREP and j + 1 < hi and ((tags[j + 1] == GERUND and words[j] in ("before", "after", "by", "while", "without")) or occasion(t, j, hi)))
        ):
            return j
        elif b & CO and j + 1 < hi:
            m = j + 1
            while m < hi - 1 and bits[m] & ADV and not bits[m] & CAP:
                m += 1
            if v >= 0 and tags[m] and tags[m] == tags[v] and (tags[m] == GERUND or bits[m] & bits[v] & BASE):
                return j
            if not inside and ((tags[m] == FINITE and bits[m] & (PAST | S3)) or tags[m] == PASSIVE or (bits[m] & AUX and not bits[m] & CAP)):
                return j
            if starts_clause(t, m, hi):
                return j
    return hi


def occasion(t: Tokens, i: int, hi: int) -> bool:
    """Whether "in an interview on Friday" or the like starts at the preposition i."""
    if t.words[i] not in OCCASION:
        return False
    if any(t.bits[x] & TIME for x in range(i + 1, min(hi, i + 4))):
        return True
    e = np_right(t, i + 1, hi)
    return any(t.words[x] in OCCASIONS for x in range(i + 1, e))


def more_items(t: Tokens, i: int, hi: int) -> bool:
    """Whether a list goes on at i: a noun phrase, then a comma or "and"."""
    e = np_right(t, i, hi)
    return e < hi and e > i and bool(t.bits[e] & CO or (t.bits[e] & COMMA and e + 1 < hi and (t.bits[e + 1] & CO or noun_like(t, e + 1))))


def trimmed(t: Tokens, a: int, b: int) -> tuple[int, int] | None:
    """Offsets of tokens [a, b) without punctuation at their ends; a quotation's own marks stay."""
    while a < b and t.bits[a] & (PUNCT & ~OPEN):
        a += 1
    while b > a and t.bits[b - 1] & (PUNCT & ~CLOSE):
        b -= 1
    return (t.starts[a], t.ends[b - 1]) if a < b else None


def span(t: Tokens, a: int, b: int) -> tuple[int, int]:
    """Offsets of tokens [a, b)."""
    return t.starts[a], t.ends[b - 1]
