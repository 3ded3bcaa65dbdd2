"""The values: reports, speakers, statements."""

import pickle
from dataclasses import FrozenInstanceError

import pytest

import stance
from stance.results import Report, Span, Statement, with_label

ROWS = [
    {"text": "The ministry will ban Huawei from the network because it is a threat.", "speaker": "Ann Lee", "document": "a", "date": "2019-05-01"},
    {"text": "Huawei denied the charge and called the ban unfair.", "speaker": "Huawei", "document": "a", "date": "2019-05-01"},
    {"text": "The network would cost three billion, the analyst estimated.", "speaker": "Bo Ek", "document": "b", "date": "2019-06"},
    {"text": "The ban on Huawei is needed to protect the network from spying.", "speaker": "Ann Lee", "document": "b", "date": "2019-06-03"},
]


@pytest.fixture(scope="module")
def report():
    return stance.classify(ROWS)


def test_rows_come_back_one_statement_each_in_order(report):
    assert [s.text for s in report.statements] == [r["text"] for r in ROWS]
    assert [s.speaker for s in report.statements] == [r["speaker"] for r in ROWS]
    assert [s.document for s in report.statements] == ["a", "a", "b", "b"]


def test_the_repr_counts(report):
    assert repr(report).startswith("Report(3 speakers, 4 statements: ")


def test_iterating_goes_over_speakers_most_statements_first(report):
    assert [s.name for s in report] == ["Ann Lee", "Huawei", "Bo Ek"]
    assert len(report) == 3


def test_lookup_by_name_ignores_case_and_names_the_others_when_it_fails(report):
    assert report["ann  LEE"].name == "Ann Lee"
    assert "Ann Lee" in report
    assert "Nobody" not in report
    with pytest.raises(KeyError, match="there are 'Ann Lee', 'Huawei', 'Bo Ek'"):
        report["Nobody"]


def test_a_shared_alias_asks_for_the_full_name(report):
    from dataclasses import replace

    twins = tuple(replace(s, aliases=("Lee",)) for s in report.speakers[:2])
    with pytest.raises(KeyError, match="may be any of 'Ann Lee', 'Huawei'"):
        replace(report, speakers=twins)["Lee"]


def test_probabilities_sum_to_one_and_the_label_is_the_likeliest(report):
    for s in report.statements:
        assert sum(s.probabilities.values()) == pytest.approx(1)
        assert s.stance == max(s.probabilities, key=s.probabilities.get)
        assert s.confidence == s.probabilities[s.stance]


def test_values_are_frozen(report):
    with pytest.raises(FrozenInstanceError):
        report.statements[0].text = "x"
    with pytest.raises(TypeError):
        report.statements[0].probabilities["soft"] = 1


def test_reports_travel_by_pickle_without_the_model(report):
    copy = pickle.loads(pickle.dumps(report))
    assert copy.to_dict() == report.to_dict()
    assert len(pickle.dumps(report)) < 50_000
    with pytest.raises(ValueError, match="carries no model"):
        copy.statements[0].explain()


def test_no_statement_is_still_a_report():
    report = stance.classify("The weather was mild.")
    assert isinstance(report, Report)
    assert report
    assert list(report) == []
    assert repr(report) == "Report(0 speakers, 0 statements: 0 restrictive, 0 soft, 0 neutral)"


def test_an_extracted_statement_has_no_label():
    s = Statement("x", 0, 1, (Span(0, 1, "x"),))
    assert (s.stance, s.probabilities, s.confidence, s.speaker) == (None, None, None, None)


def test_labels_need_probabilities():
    with pytest.raises(ValueError, match="must sum to 1"):
        with_label(Statement("x", 0, 1, ()), (0.5, 0.1, 0.1), (), None)


def test_the_timeline_is_sorted_and_counts(report):
    frame = report.timeline("Ann Lee")
    assert list(frame["period"]) == ["2019-05", "2019-06"]
    assert list(frame["n"]) == [1, 1]
    assert (frame["score_low"] <= frame["score"]).all()
    assert list(report.timeline("Ann Lee", "year")["n"]) == [2]


def test_a_timeline_needs_dates_and_a_known_period(report):
    with pytest.raises(stance.InputError, match="'day', found 'week'|found 'week'"):
        report.timeline("Ann Lee", "week")
    with pytest.raises(stance.InputError, match="carries a date"):
        stance.classify(ROWS[0]["text"] + " Huawei denied it.").timeline("Huawei")


def test_evidence_is_the_most_confident_statement_of_the_label(report):
    speaker = report["Ann Lee"]
    assert speaker.evidence in speaker.side(speaker.stance)
    assert speaker.evidence.confidence == max(s.confidence for s in speaker.side(speaker.stance))
