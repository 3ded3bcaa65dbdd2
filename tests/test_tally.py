"""Speakers from labelled statements: grouping, the codebook's rule, score and interval."""

from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stance.results import STANCES, Span, Statement
from stance.tally import score_interval, speaker_stance, tally


def said(stance, confidence=0.8, speakers=("Ann Lee",), about=True, document=""):
    rest = (1 - confidence) / 2
    p = MappingProxyType({k: confidence if k == stance else rest for k in STANCES})
    return Statement("x", 0, 1, (Span(0, 1, "x"),), speakers, document=document, about_target=about, stance=stance, probabilities=p)


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ([], ("neutral", False)),
        (["neutral", "neutral"], ("neutral", False)),
        (["soft"], ("soft", False)),
        (["neutral", "restrictive", "neutral"], ("restrictive", False)),
        (["restrictive", "soft", "soft"], ("soft", True)),
        (["restrictive", "soft"], ("soft", True)),  # a tie goes to the later one
        (["soft", "restrictive"], ("restrictive", True)),
        (["soft", "restrictive", "neutral"], ("restrictive", True)),
    ],
)
def test_the_codebooks_rule_for_speakers(labels, expected):
    assert speaker_stance([said(x) for x in labels]) == expected


def test_a_sure_statement_outweighs_a_doubtful_one():
    assert speaker_stance([said("restrictive", 0.95), said("soft", 0.4)]) == ("restrictive", True)


def test_no_statements_have_no_score():
    assert score_interval([]) == (None, None)


@given(st.lists(st.tuples(*[st.floats(0.001, 1)] * 3), min_size=1, max_size=40))
def test_the_interval_holds_the_score_and_stays_in_range(weights):
    rows = [dict(zip(STANCES, (w / sum(ws) for w in ws), strict=True)) for ws in weights]
    score, (low, high) = score_interval(rows)
    assert -1 <= low <= score <= high <= 1


@pytest.mark.parametrize("n", [1, 2, 5, 20])
def test_more_statements_narrow_the_interval(n):
    def width(k):
        _, (low, high) = score_interval([{"restrictive": 0.5, "soft": 0.2, "neutral": 0.3}] * k)
        return high - low

    assert width(2 * n) < width(n)


def test_swapping_the_sides_mirrors_score_and_interval():
    score, (low, high) = score_interval([{"restrictive": 0.7, "soft": 0.1, "neutral": 0.2}] * 3)
    other, (low2, high2) = score_interval([{"restrictive": 0.1, "soft": 0.7, "neutral": 0.2}] * 3)
    assert (score, low, high) == pytest.approx((-other, -high2, -low2))


def test_off_target_statements_make_no_position():
    (speaker,) = tally([said("restrictive", about=False), said("soft")], {})
    assert (speaker.stance, speaker.mixed, dict(speaker.counts)) == ("soft", False, {"restrictive": 0, "soft": 1, "neutral": 0})
    assert len(speaker.statements) == 2


def test_a_joint_statement_counts_for_each_of_its_speakers():
    speakers = tally([said("soft", speakers=("Ann Lee", "Bo Ek"))], {})
    assert [s.name for s in speakers] == ["Ann Lee", "Bo Ek"]


def test_names_join_over_documents_and_mere_roles_do_not():
    rows = [said("soft", speakers=(name,), document=d) for name in ("Ann Lee", "senior official") for d in ("a", "b")]
    assert [(s.name, len(s.statements)) for s in tally(rows, {})] == [("Ann Lee", 2), ("senior official", 1), ("senior official", 1)]


def test_most_statements_come_first_then_order_of_appearance():
    rows = [said("soft", speakers=(n,)) for n in ("B", "A", "C", "C")]
    assert [s.name for s in tally(rows, {})] == ["C", "B", "A"]
