"""What the classifier sees of a statement: masks, clauses, facts."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stance.features import FACTS, MARKS, NEW, Reader
from stance.labels import Labelled
from stance.target import Target

TARGET = Target("Veltron", aliases=("Veltron Networks Ltd", "Veltra"), people=("Ada Quill", "Quill"), home=("Norland", "Norlandic"))
READER = Reader(TARGET, MARKS)


def row(text, speaker=None, context=""):
    return Labelled("", text, "soft", speaker, context)


def words(text, speaker=None, context="", part="words"):
    batch = READER.read([row(text, speaker, context)])
    return [MARKS[i] if i < NEW else batch.new_words[i - NEW] for i in getattr(batch, part)]


@pytest.mark.parametrize(
    ("text", "speaker", "expected"),
    [
        ("Ruth Amsel banned Veltron.", "Ruth Amsel", "_speaker banned _target ."),
        ("Ms Amsel banned Veltron.", "Ruth Amsel, senator", "ms _speaker banned _target ."),
        ("Ruth came.", "Ruth Amsel", "ruth came ."),
        ("The harbour office said no.", "harbour office", "the harbour _speaker office said no ."),
        ("The office said no.", "harbour office", "the _speaker office said no ."),
        ("The Harbour Office said no.", "Harbour Office", "the _speaker said no ."),
        ("The office said no.", "Harbour Office", "the office said no ."),
        ("Two analysts at Brent Lane said no.", "analysts", "two _speaker analysts at brent lane said no ."),
        ("A spokesman for the Harbour Office said no.", "Harbour Office spokesman", "a spokesman for the _speaker said no ."),
        ("The harbour said no.", "harbour office", "the harbour said no ."),
        ("Veltron's chief, Ada Quill, spoke.", "Ada Quill", "_target chief , _own , spoke ."),
        ("Ada Quill's plan failed, the city said.", "city", "_person plan failed , the _speaker city said ."),
        ("Veltron Networks Ltd and Veltra sold it.", "buyer", "_target and _target sold it ."),
        ("Veltron said so.", "Veltron", "_own said so ."),
        ("A Veltron spokesman said Veltron sells.", "Veltron spokesman", "a _own spokesman said _own sells ."),
        ("Norlandic diplomats spoke of Norland.", "Norlandic diplomats", "_own diplomats spoke of norland ."),
        ("Velt is not Veltronics.", None, "velt is not veltronics ."),
        ("Amsel and Kay wrote; Kay signed.", "Ruth Amsel & Tom Kay", "_speaker wrote ; _speaker signed ."),
        ("", None, ""),
        ("It rained.", "", "it rained ."),
        ("It rained.", ", senator", "it rained ."),
    ],
)
def test_speaker_and_target_are_masked(text, speaker, expected):
    assert " ".join(words(text, speaker)) == expected


def test_the_context_is_masked_too():
    assert words("No.", "Ruth Amsel", "Amsel met Veltron", part="context_words") == ["_speaker", "met", "_target"]


def clause(text, speaker):
    batch = READER.read([row(text, speaker)])
    all_words = words(text, speaker)
    return " ".join(w for w, inside in zip(all_words, batch.inside, strict=True) if inside)


@pytest.mark.parametrize(
    ("text", "speaker", "expected"),
    [
        ("Zed banned it while Kay praised it", "Kay", "while _speaker praised it"),
        ("Zed banned it while Kay praised it", "Zed", "_speaker banned it"),
        ("Zed banned it, which Kay calls odd", "Kay", "which _speaker calls odd"),
        ('"It is fine but slow," Kay said, while Zed slept', "Kay", '" it is fine but slow , " _speaker said ,'),
        ("Zed banned it while somebody praised it", "Kay", "zed banned it while somebody praised it"),
    ],
)
def test_the_clause_is_the_speakers_own(text, speaker, expected):
    assert clause(text, speaker) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We will not ban it, they said", "ban it"),
        ("We don't ban it", "ban it"),
        ("No plans to ban the gear of any firm there", "plans to ban the gear of"),
        ("We ban it. No", ""),
        ("Not now - ban it", "now"),
        ("", ""),
    ],
)
def test_words_after_a_negation_are_negated(text, expected):
    batch = READER.read([row("not", None), row(text)])
    assert not batch.negated[0]
    assert " ".join(w for w, k in zip(words(text), batch.negated[1:], strict=True) if k) == expected


def facts(text, speaker=None, context=""):
    return {FACTS[i] for i in READER.read([row(text, speaker, context)]).facts[0]}


@pytest.mark.parametrize(
    ("text", "speaker", "context", "fact"),
    [
        ('"All of this is quoted here," he said.', "he", "", "kind direct"),
        ('He said that it was "fine" on the whole and went home again.', "he", "", "kind mixed"),
        ("He said that it was fine.", "he", "", "kind indirect"),
        ("He banned it.", "he", "", "kind act"),
        ("He banned it.", "Veltron", "", "own side"),
        ("He banned it.", "Norland", "", "own side"),
        ("He banned it.", None, "", "other side"),
        ("Veltron and Veltron.", None, "", "target named again"),
        ("It.", None, "Veltron.", "target not named, context with"),
    ],
)
def test_facts(text, speaker, context, fact):
    assert fact in facts(text, speaker, context)


@given(st.lists(st.tuples(st.text(max_size=60), st.one_of(st.none(), st.text(max_size=20)), st.text(max_size=30)), max_size=5))
def test_any_rows_are_read_and_a_row_alone_reads_like_a_row_among_others(given_rows):
    rows = [row(*r) for r in given_rows]
    together = READER.read(rows)
    assert len(together.facts) == len(rows)
    for i, r in enumerate(rows):
        alone = READER.read([r])
        at = together.rows == i
        assert np.array_equal(alone.inside, together.inside[at])
        assert np.array_equal(alone.facts[0], together.facts[i])
        assert np.array_equal(alone.words < NEW, together.words[at] < NEW)


@given(st.text(st.sampled_from("Veltron Ada Quill's Kay’s,.\"“” -\n"), max_size=80))
def test_spans_are_the_words(text):
    r = row(text, "Kay")
    spans = READER.spans(text, r)
    batch = READER.read([r])
    assert len(spans) == len(batch.words)
    assert all(0 <= a < b <= len(text) for a, b in spans)
    assert all(x[1] <= y[0] for x, y in pairwise(spans))
