"""Lexicon tables in, word classes and cue frames out: one integer of class bits for every surface form. It does not look at sentences.

The tables are `stance/lexicon/*.csv`; every file starts with a note of its origin. Inflected forms are made by rule from the lemmas here.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

__all__ = ["Adjective", "Cue", "Noun", "WordClasses", "abbreviations", "cue_adjectives", "cue_nouns", "cues", "phrase_words", "read_table", "word_classes"]

LEXICON: Final = Path(__file__).parent / "lexicon"

# Class bits. A word may carry several: "report" is a cue verb, a noun cue and a document.
DET: Final = 1 << 0
NUM: Final = 1 << 1
POSS: Final = 1 << 2
SUBJ: Final = 1 << 3
OBJ: Final = 1 << 4
REL: Final = 1 << 5
WH: Final = 1 << 6
PREP: Final = 1 << 7
SUB: Final = 1 << 8
CO: Final = 1 << 9
BE: Final = 1 << 10
HAVE: Final = 1 << 11
DO: Final = 1 << 12
MODAL: Final = 1 << 13
NEG: Final = 1 << 14
ADV: Final = 1 << 15
TIME: Final = 1 << 16
VERB: Final = 1 << 17  # any form of a known verb
CUE: Final = 1 << 18  # ... that can report
NCUE: Final = 1 << 19  # a noun that can report
BASE: Final = 1 << 20
S3: Final = 1 << 21
PAST: Final = 1 << 22
PP: Final = 1 << 23
ING: Final = 1 << 24
PERSON: Final = 1 << 25  # a role or kind of person
BODY: Final = 1 << 26
DOCU: Final = 1 << 27
TITLE: Final = 1 << 28
CAP: Final = 1 << 29  # written with a capital, not a closed-class word
THAT: Final = 1 << 30
TO: Final = 1 << 31
QUOTE: Final = 1 << 32
COMMA: Final = 1 << 33
COLON: Final = 1 << 34
SEMI: Final = 1 << 35
DASH: Final = 1 << 36
OPEN: Final = 1 << 37
CLOSE: Final = 1 << 38
STOP: Final = 1 << 39
APOS: Final = 1 << 40  # possessive 's
HIDDEN: Final = 1 << 41  # capitalised form of a word that has other classes in lower case
ACCORD: Final = 1 << 42
ACUE: Final = 1 << 45  # an adjective that can report
PLURAL: Final = 1 << 43  # a word for several people
ACT: Final = 1 << 44  # a verb of official action

AUX: Final = BE | HAVE | DO | MODAL
CLOSED: Final = DET | POSS | SUBJ | OBJ | REL | WH | PREP | SUB | CO | AUX | NEG | ADV
PUNCT: Final = COMMA | COLON | SEMI | DASH | OPEN | CLOSE | STOP

_CLASS_BITS: Final = {
    "det": DET,
    "number": NUM,
    "possessive": POSS | DET,
    "subject": SUBJ,
    "object": OBJ,
    "relative": REL,
    "wh": WH,
    "preposition": PREP,
    "subordinator": SUB,
    "coordinator": CO,
    "be": BE,
    "have": HAVE,
    "do": DO,
    "modal": MODAL,
    "negation": NEG,
    "adverb": ADV,
    "time": TIME,
    "negative_pronoun": OBJ,
}
_ROLE_BITS: Final = {"title": TITLE | PERSON, "person": PERSON, "people": PERSON | PLURAL, "body": BODY, "document": DOCU}
_PUNCT_BITS: Final = {
    ",": COMMA,
    ":": COLON,
    ";": SEMI,
    "—": DASH,
    "–": DASH,
    "--": DASH,
    "-": DASH,
    "(": OPEN,
    "[": OPEN,
    ")": CLOSE,
    "]": CLOSE,
    ".": STOP,
    "!": STOP,
    "?": STOP,
    "…": STOP,
    "'s": APOS,
    "'": APOS,
}


class Cue(NamedTuple):
    """A cue verb: its lemma, its group and the constructions that open its content (see `cues.csv`)."""

    lemma: str
    group: str
    frames: frozenset[str]
    preps: frozenset[str]


class Adjective(NamedTuple):
    """A cue adjective: the prepositions that open its content, and whether an infinitive or a clause does."""

    preps: frozenset[str]
    infinitive: bool
    clause: bool


class Noun(NamedTuple):
    """A cue noun: the prepositions that open its content, and whether an infinitive does."""

    preps: frozenset[str]
    infinitive: bool


def read_table(name: str) -> Iterator[dict[str, str]]:
    """Rows of one lexicon table, without the note of origin on top."""
    with (LEXICON / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(line for line in file if not line.startswith("#"))


def inflect(lemma: str, past: str = "", participle: str = "") -> dict[str, int]:
    """Every form of a verb with its form bits.

    >>> sorted(inflect("deny"))
    ['denied', 'denies', 'deny', 'denying']
    """
    vowel_end = lemma.endswith("e")
    if lemma.endswith(("s", "sh", "ch", "x", "z", "o")):
        third = lemma + "es"
    elif lemma.endswith("y") and lemma[-2] not in "aeiou":
        third = lemma[:-1] + "ies"
    else:
        third = lemma + "s"
    if lemma.endswith("ie"):
        ing = lemma[:-2] + "ying"
    elif vowel_end and not lemma.endswith(("ee", "oe", "ye")):
        ing = lemma[:-1] + "ing"
    elif _doubles(lemma):
        ing = lemma + lemma[-1] + "ing"
    else:
        ing = lemma + "ing"
    if vowel_end:
        regular = lemma + "d"
    elif lemma.endswith("y") and lemma[-2] not in "aeiou":
        regular = lemma[:-1] + "ied"
    elif _doubles(lemma):
        regular = lemma + lemma[-1] + "ed"
    else:
        regular = lemma + "ed"
    forms: dict[str, int] = {}
    for form, bit in ((lemma, BASE), (third, S3), (ing, ING), (past or regular, PAST), (participle or past or regular, PP)):
        forms[form] = forms.get(form, 0) | bit | VERB
    return forms


# Verbs of more than one syllable that double their last consonant because the stress is on the last syllable, or by British habit.
_DOUBLING: Final = frozenset(
    [
        "quip",
        "admit",
        "commit",
        "refer",
        "prefer",
        "rebut",
        "submit",
        "permit",
        "occur",
        "label",
        "signal",
        "counsel",
        "quarrel",
        "compel",
        "rebel",
        "transmit",
        "regret",
        "transfer",
    ]
)


def _doubles(lemma: str) -> bool:
    if lemma in _DOUBLING:
        return True
    vowels = sum(ch in "aeiou" for ch in lemma)
    return vowels == 1 and len(lemma) > 2 and lemma[-1] not in "aeiouwxyh" and lemma[-2] in "aeiou" and lemma[-3] not in "aeiou"


@cache
def cues() -> dict[str, Cue]:
    """Every form of every cue verb → its entry; the first entry of a form counts."""
    out: dict[str, Cue] = {}
    for row in read_table("cues.csv"):
        cue = Cue(row["lemma"], row["group"], frozenset(row["frames"]), frozenset(row["preps"].split()))
        for form in inflect(row["lemma"], row["past"], row["participle"]):
            out.setdefault(form, cue)
    return out


@cache
def cue_nouns() -> dict[str, Noun]:
    """Every singular and plural of every cue noun → its entry."""
    out: dict[str, Noun] = {}
    for row in read_table("nouns.csv"):
        noun = Noun(frozenset(row["preps"].split()), row["inf"] == "1")
        for form in (row["noun"], plural(row["noun"])):
            out[form] = noun
    return out


@cache
def cue_adjectives() -> dict[str, Adjective]:
    """Every cue adjective → its entry."""
    return {r["adjective"]: Adjective(frozenset(r["preps"].split()), r["inf"] == "1", r["clause"] == "1") for r in read_table("adjectives.csv")}


@cache
def abbreviations() -> frozenset[str]:
    """Abbreviations (lower case, without the full stop) whose full stop does not end a sentence."""
    return frozenset(row["abbreviation"] for row in read_table("abbreviations.csv"))


@cache
def phrase_words(name: str) -> frozenset[str]:
    """One of the small word lists of `phrases.csv`."""
    return next(frozenset(row["words"].split()) for row in read_table("phrases.csv") if row["list"] == name)


@cache
def role_words() -> frozenset[str]:
    """Words for people by their role, for bodies and their plurals ("analyst", "ministries"), in lower case."""
    words = [w for row in read_table("roles.csv") if row["kind"] != "document" for w in row["words"].split()]
    return frozenset(words) | frozenset(map(plural, words))


def plural(noun: str) -> str:
    """The regular plural of a noun, with -man as -men.

    >>> plural("spokeswoman"), plural("agency"), plural("claim")
    ('spokeswomen', 'agencies', 'claims')
    """
    if noun.endswith("man"):
        return noun[:-3] + "men"
    if noun.endswith(("s", "sh", "ch", "x")):
        return noun + "es"
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + "s"


# Initials that would be pronouns or the like in lower case.
_INITIALS: Final = frozenset(["US", "WHO", "IT", "AI", "UN"])


class WordClasses(dict[str, tuple[int, str]]):
    """Surface form → (class bits, lower case); forms met for the first time are worked out and kept, up to a bound.

    >>> bits, lower = word_classes()["Said"]
    >>> lower, bool(bits & CUE), bool(bits & HIDDEN)
    ('said', False, True)
    """

    most: Final = 200_000  # forms kept; a bound on memory, ten times the vocabulary of a year of one newspaper

    def __init__(self) -> None:
        super().__init__()
        self.table: dict[str, int] = {}
        add = self.table
        for row in read_table("words.csv"):
            for word in row["words"].split():
                add[word] = add.get(word, 0) | _CLASS_BITS[row["class"]]
        for row in read_table("roles.csv"):
            for word in row["words"].split():
                bit = _ROLE_BITS[row["kind"]]
                add[word] = add.get(word, 0) | bit
                many = plural(word)
                if many not in add or row["kind"] != "people":
                    add[many] = add.get(many, 0) | bit | PLURAL
        for file, bit in (("verbs.csv", VERB), ("cues.csv", CUE | VERB)):
            for row in read_table(file):
                for form, bits in inflect(row["lemma"], row["past"], row["participle"]).items():
                    add[form] = add.get(form, 0) | bits | bit
        for form in cue_nouns():
            add[form] = add.get(form, 0) | NCUE
        for form in cue_adjectives():
            add[form] = add.get(form, 0) | ACUE | (VERB | PAST | PP if form.endswith("ed") else 0)
        add["that"] |= THAT
        add["to"] |= TO
        add["according"] = ACCORD
        for mark, bit in _PUNCT_BITS.items():
            add[mark] = bit

    def __missing__(self, form: str) -> tuple[int, str]:
        lower = form.lower()
        bits = self.table.get(lower)
        if form in _INITIALS:
            bits = CAP
        elif bits is None:
            bits = guess(lower)
            if form[:1].isupper():
                bits = CAP | (HIDDEN if bits else 0)
        elif form[:1].isupper() and not bits & CLOSED:
            bits = CAP | (bits & (PERSON | BODY | TITLE | DOCU | TIME | PLURAL | ACCORD)) | (HIDDEN if bits & VERB else 0)
        if len(self) < self.most:
            self[form] = (bits, lower)
        return bits, lower


def guess(lower: str) -> int:
    """Class bits of a word that no table has, from its ending alone; 0 (a noun or an adjective) where the ending says nothing."""
    if lower.endswith("ly") and lower not in phrase_words("ly_nouns"):
        return ADV
    if lower.endswith("ed") and len(lower) > 4:
        return VERB | PAST | PP
    if lower.endswith("ing") and len(lower) > 5:
        return VERB | ING
    if lower[:1].isdigit():
        return NUM
    return 0


@cache
def word_classes() -> WordClasses:
    """The one table of word classes, made on first use."""
    return WordClasses()
