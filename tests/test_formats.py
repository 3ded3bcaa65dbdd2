"""Labels to other tools' files and back."""

import json

import pytest

from stance.errors import InputError
from stance.formats import FORMATS, export_labels, import_labels
from stance.labels import Labelled, load_labels
from tests.small_labels import TARGET

ROWS = [
    Labelled("a", 'He said "no", and left.', "restrictive", "he", "Before.", "mixed", note="rule 3"),
    Labelled("b", "Two\nlines; ünïcode.", "neutral", None, "", None, about_target=False),
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
