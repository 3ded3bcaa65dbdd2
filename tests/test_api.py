"""The way through the house."""

from pathlib import Path

import pytest

import stance
from stance.errors import InputError

EXAMPLE = Path(stance.__file__).parent / "examples" / "story.txt"


def test_a_text_and_the_same_text_in_a_file_say_the_same():
    a, b = stance.classify(EXAMPLE.read_text(encoding="utf-8")), stance.classify(EXAMPLE)
    assert [(s.name, s.stance) for s in a] == [(s.name, s.stance) for s in b]
    assert b.documents[0].name == str(EXAMPLE)


def test_the_example_story():
    report = stance.classify(EXAMPLE)
    assert report["Karen Holt"].stance == "restrictive"
    assert report["Paul Reyes"].stance == "soft"
    assert report["Huawei"].stance == "soft"
    assert report["United States"].stance == "restrictive"
    assert not {"Menu", "Sections", "Share"} & {s.name for s in report}
    assert {d.reason for d in report.documents[0].dropped}


def test_the_first_bad_input_is_raised_or_all_are_skipped_with_their_reason(tmp_path):
    (tmp_path / "a.txt").write_text("Huawei denied it.", encoding="utf-8")
    (tmp_path / "b.txt").write_bytes(b"\0\0")
    with pytest.raises(InputError, match="b.txt: this is not a text file"):
        stance.classify(tmp_path)
    report = stance.classify(tmp_path, errors="skip")
    assert len(report.documents) == 1
    ((place, why),) = report.skipped
    assert place.endswith("b.txt")
    assert why.startswith("this is not a text file")


@pytest.mark.parametrize(("kw", "says"), [({"unit": "story"}, "unit must be"), ({"errors": "ignore"}, "errors must be")])
def test_unknown_settings_are_named(kw, says):
    with pytest.raises(InputError, match=says):
        stance.classify("Huawei denied it.", **kw)


def test_extract_takes_one_text():
    with pytest.raises(InputError, match="takes one text"):
        stance.extract(["a"])
    assert all(s.stance is None for s in stance.extract(EXAMPLE.read_text(encoding="utf-8")))


def test_rows_and_documents_may_be_mixed():
    report = stance.classify([{"text": "Huawei denied it.", "speaker": "Huawei"}, "Ann Lee said that Huawei should be banned."])
    assert [s.document for s in report.statements] == ["", "text 2"]


def test_streaming_gives_a_report_a_document_and_runs_of_rows():
    rows = [{"text": "Huawei denied it.", "speaker": "Huawei"}] * 3
    sizes = [(len(r.documents), len(r.statements)) for r in stance.iter_classify([*rows, "Ann Lee said that Huawei should be banned.", *rows])]
    assert sizes == [(0, 3), (1, 1), (0, 3)]


def test_a_model_can_be_a_path_or_a_model(tmp_path):
    model = stance.load_model()
    model.save(tmp_path / "m.stance")
    a = stance.classify(EXAMPLE, model=model)
    b = stance.classify(EXAMPLE, model=tmp_path / "m.stance")
    assert a.to_dict() == b.to_dict()


def test_documents_keep_their_dates():
    report = stance.classify(stance.Document("d", EXAMPLE.read_text(encoding="utf-8"), "2019-05-14"))
    assert {s.date for s in report.statements} == {"2019-05-14"}


def test_what_one_speaker_says_in_one_sentence_counts_once():
    text = "The interior minister, Ann Lee, said that Huawei should be banned and warned that its antennas could be used for spying."
    report = stance.classify(text)
    assert len(stance.extract(text)) == 2
    (statement,) = report.statements
    assert statement.speaker == "Ann Lee"
    assert len(statement.content) == 2
    assert sum(report["Ann Lee"].counts.values()) == 1
