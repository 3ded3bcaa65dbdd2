"""Labels to other tools' files and back."""

import json

import pytest

from stance.errors import InputError
from stance.formats import FORMATS, export_labels, format_of, import_labels
from stance.labels import Labelled, load_labels
from tests.small_labels import TARGET

ROWS = [
    Labelled("a", 'He said "no", and left.', "restrictive", "he", "Before.", "mixed", note="rule 3"),
    Labelled("b", "Two\nlines; ünïcode.", "neutral", None, "", None, about_target=False),
    Labelled("c", "=1+1 is what @home said", "soft", "+1"),
]


@pytest.mark.parametrize("name", FORMATS)
def test_there_and_back(name, tmp_path):
    (tmp_path / "target.toml").write_text(TARGET, encoding="utf-8")
    (tmp_path / "rows.csv").write_text(import_labels(export_labels(ROWS, name), name), encoding="utf-8")
    back = load_labels(tmp_path).statements
    assert [(s.id, s.text, s.stance, s.speaker, s.context, s.kind, s.about_target, s.note) for s in back] == [
        (s.id, s.text, s.stance, s.speaker, s.context, s.kind, s.about_target, s.note) for s in ROWS]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("jsonl", "not json\n"),
        ("jsonl", '{"text": "a", "stance": "softt"}\n'),
        ("label-studio", '{"a": 1}'),
        ("label-studio", "[{}]"),
        ("doccano", '{"text": "a"}\n'),
        ("prodigy", '["a"]\n'),
        ("excel", ""),
    ],
)
def test_what_is_no_such_file_is_refused(name, text):
    with pytest.raises(InputError):
        import_labels(text, name)


def test_what_was_left_unlabelled_is_left_out():
    task = [{"data": {"text": "a"}, "annotations": [{"result": []}]}, {"data": {"text": "b"}, "annotations": [{"result": [{"value": {"choices": ["soft"]}}], "completed_by": 7}]}]
    assert import_labels(json.dumps(task), "label-studio").splitlines()[1:] == [",b,soft,,,,,7,,"]


@pytest.mark.parametrize("name", FORMATS)
def test_statements_without_a_label_go_out_and_none_comes_back(name):
    assert import_labels(export_labels([Labelled("a", "It stays.", "")], name), name).count("\n") == 1


def test_no_cell_of_a_table_is_a_live_formula():
    assert "\n=" not in export_labels(ROWS, "csv").replace(",", "\n")
    assert ", =1+1 is what" in export_labels(ROWS, "csv")


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.csv", None, "csv"),
        ("a.TSV", None, "csv"),
        ("a.json", None, "label-studio"),
        ("a.jsonl", None, "jsonl"),
        ("a.jsonl", "not json", "jsonl"),
        ("a.jsonl", "[1]", "jsonl"),
        ("a.jsonl", '{"text": "a", "stance": "soft", "label": 1}', "jsonl"),
        ("a.jsonl", '\n{"text": "a", "label": []}', "doccano"),
        ("a.jsonl", '{"text": "a", "answer": "ignore"}', "prodigy"),
    ],
)
def test_name_and_content_tell_the_format(name, text, expected):
    assert format_of(name, text) == expected


def test_a_name_that_tells_nothing_is_refused():
    with pytest.raises(InputError, match="a.xml: labels travel as .csv .tsv .jsonl .json; found .xml"):
        format_of("a.xml")


def test_a_table_with_semicolons_or_tabs_is_read():
    for mark in ";\t":
        text = f"text{mark}stance{mark}colour\nIt stays.{mark}soft{mark}red\n"
        assert import_labels(text, "csv").splitlines()[1] == ",It stays.,soft,,,,,,,"


def test_doccano_puts_meta_data_beside_the_text_too():
    text = json.dumps({"id": 7, "text": "It stays.", "label": ["soft"], "speaker": "mayor", "Comments": []})
    assert import_labels(text, "doccano").splitlines()[1] == ",It stays.,soft,mayor,,,,,,"
