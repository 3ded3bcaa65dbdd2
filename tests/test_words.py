"""Lexicon tables: forms, classes, and the note of origin that every table carries."""

from __future__ import annotations

import pytest

from stance.words import CAP, CUE, DET, LEXICON, NCUE, PERSON, PLURAL, TIME, VERB, cue_nouns, cues, inflect, plural, word_classes

FORMS = [
    ("deny", "", "", {"deny", "denies", "denied", "denying"}),
    ("say", "said", "said", {"say", "says", "said", "saying"}),
    ("admit", "", "", {"admit", "admits", "admitted", "admitting"}),
    ("propose", "", "", {"propose", "proposes", "proposed", "proposing"}),
    ("agree", "", "", {"agree", "agrees", "agreed", "agreeing"}),
    ("beg", "", "", {"beg", "begs", "begged", "begging"}),
    ("write", "wrote", "written", {"write", "writes", "wrote", "written", "writing"}),
    ("push", "", "", {"push", "pushes", "pushed", "pushing"}),
]


@pytest.mark.parametrize(("lemma", "past", "participle", "forms"), FORMS)
def test_forms(lemma: str, past: str, participle: str, forms: set[str]) -> None:
    assert set(inflect(lemma, past, participle)) == forms


@pytest.mark.parametrize(
    ("noun", "many"), [("claim", "claims"), ("spokesman", "spokesmen"), ("agency", "agencies"), ("coach", "coaches"), ("attorney", "attorneys")]
)
def test_plurals(noun: str, many: str) -> None:
    assert plural(noun) == many


CLASSES = [
    ("said", CUE | VERB, True),
    ("Said", CAP, True),
    ("claims", CUE | NCUE, True),
    ("minister", PERSON, True),
    ("ministers", PERSON | PLURAL, True),
    ("Monday", TIME, True),
    ("the", DET, True),
    ("The", CAP, False),
    ("US", CAP, True),
    ("us", CAP, False),
    ("Lowry", CAP, True),
    ("table", CUE | VERB | PERSON, False),
]


@pytest.mark.parametrize(("form", "bits", "has"), CLASSES)
def test_classes(form: str, bits: int, has: bool) -> None:
    known = word_classes()[form][0]
    assert (known & bits == bits) is has


def test_every_table_says_where_it_comes_from() -> None:
    for path in LEXICON.glob("*.csv"):
        head = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
        assert any("Origin:" in line for line in head), path.name


def test_no_cue_stands_twice() -> None:
    lemmas = [line.split(",")[0] for line in (LEXICON / "cues.csv").read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    assert sorted(lemmas) == sorted(set(lemmas))


def test_tables_are_full() -> None:
    assert len(cues()) > 1_000
    assert len(cue_nouns()) > 100
