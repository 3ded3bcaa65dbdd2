"""What people take away: table, frames, JSON, CSV, HTML."""

import csv
import html.parser
import io
import json
from pathlib import Path

import pandas as pd
import pytest

import stance
from stance import render

STORY = (Path(stance.__file__).parent / "examples" / "story.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def report():
    return stance.classify(STORY)


@pytest.mark.parametrize("width", [60, 80, 100, 160])
def test_the_table_fits_its_width(report, width):
    lines = render.table(report, width).split("\n")
    assert max(map(len, lines[1:])) <= width
    for speaker in report:
        if speaker.on_target:
            assert any(line.startswith(speaker.name[:15]) for line in lines)


def test_an_empty_report_has_a_table():
    assert render.table(stance.classify("Nothing was said.")) == "Report(0 speakers, 0 statements: 0 restrictive, 0 soft, 0 neutral)"


def test_frames_have_their_columns_and_types(report):
    for frame, columns in ((report.statements_frame(), render.STATEMENT_COLUMNS), (report.to_frame(), render.SPEAKER_COLUMNS)):
        assert {c: str(t) for c, t in frame.dtypes.items()} == dict(columns)
    assert len(report.statements_frame()) == len(report.statements)
    assert len(report.to_frame()) == len(report.speakers)
    assert set(report.statements_frame()["model"]) == {report.model}


def test_json_is_valid_and_points_into_the_article(report, tmp_path):
    data = json.loads(report.to_json(tmp_path / "r.json"))
    assert json.loads((tmp_path / "r.json").read_text(encoding="utf-8")) == data
    for s in data["statements"]:
        assert STORY[s["start"] : s["end"]] == s["text"]
    for speaker in data["speakers"]:
        assert all(speaker["name"] in data["statements"][i]["speakers"] for i in speaker["statements"])


def test_csv_reads_back(report, tmp_path):
    report.to_csv(tmp_path / "r.csv")
    back = pd.read_csv(tmp_path / "r.csv", encoding="utf-8-sig")
    assert list(back["text"]) == [s.text for s in report.statements]
    report.to_csv(tmp_path / "s.csv", table="speakers")
    assert list(pd.read_csv(tmp_path / "s.csv", encoding="utf-8-sig")["speaker"]) == [s.name for s in report.speakers]
    with pytest.raises(stance.InputError, match="'statements' or 'speakers', found 'people'"):
        report.to_csv(tmp_path / "x.csv", table="people")


@pytest.mark.parametrize(("cell", "safe"), [("=1", "'=1"), ("+1", "'+1"), ("-x", "'-x"), ("@x", "'@x"), ("\tx", "'\tx"), ("a=1", "a=1"), ("", ""), (-1.5, -1.5), (None, None), ("a\0", "a")])
def test_cells_are_made_safe(cell, safe):
    out = render.safe_cells(pd.DataFrame({"c": pd.Series([cell], dtype=object)}))["c"].iloc[0]
    assert out == safe or (out is None and safe is None)


class Checker(html.parser.HTMLParser):
    """Every tag that opens closes, in order."""

    VOID = frozenset({"meta", "br", "wbr"})

    def __init__(self):
        super().__init__()
        self.open, self.text, self.marks = [], [], 0

    def handle_starttag(self, tag, attrs):
        if tag not in self.VOID:
            self.open.append(tag)
        self.marks += tag == "mark"
        assert not any(k.startswith("on") or (k in ("src", "href")) for k, _ in attrs), "nothing may come from elsewhere"

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def test_the_page_is_well_formed_and_keeps_every_word_of_the_article(report):
    checker = Checker()
    checker.feed(report.to_html())
    assert checker.open == []
    assert checker.marks >= len(report.statements) // 2
    said = "".join(checker.text)
    for paragraph in STORY.split("\n"):
        assert all(word in said for word in paragraph.split()[:4])


def test_statements_that_overlap_stay_well_formed():
    text = 'Huawei, which Washington has blacklisted, denied that it spies, and the ministry said: "We believe that Ann Lee said Huawei is a threat."'
    checker = Checker()
    checker.feed(stance.classify(text).to_html())
    assert checker.open == []


def test_a_notebook_shows_the_fragment(report):
    assert report._repr_html_().startswith("<style>")


def test_csv_text_has_no_byte_order_mark_and_windows_line_ends(report):
    text = render.csv_text(report)
    assert text.startswith("document,date,start,end,speaker")
    assert len(list(csv.reader(io.StringIO(text, newline="")))) == len(report.statements) + 1
