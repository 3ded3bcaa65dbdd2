"""A report written to a file in the form that the file's name asks for."""

import io
import json
import sys
from pathlib import Path, PurePosixPath, PureWindowsPath

import pandas as pd
import pytest

import stance
from stance import exports, render

EXAMPLE = Path(stance.__file__).parent / "examples" / "story.txt"
LONG = "x" * 40_000
NASTY = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "#N/A", "a\0b", "\ud800", "a\r\nb", "\x0b", "\ufffe", LONG]


@pytest.fixture(scope="module")
def report():
    return stance.classify(EXAMPLE)


@pytest.fixture(scope="module")
def nasty():
    return stance.classify([{"text": f"{x} Huawei", "speaker": x if x.strip() else "y", "context": x, "document": x, "date": "2020"} for x in NASTY])


def read(path, table="statements"):
    if path.suffix == ".xlsx":
        pytest.importorskip("openpyxl")
        return pd.read_excel(path, sheet_name=table)
    if path.suffix == ".jsonl":
        return pd.DataFrame([json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()])
    return pd.read_csv(path, sep="\t" if path.suffix == ".tsv" else ",", encoding="utf-8-sig")


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".jsonl", ".xlsx", ".XLSX"])
@pytest.mark.parametrize("table", ["statements", "speakers"])
def test_a_table_reads_back_as_it_was(report, suffix, table, tmp_path):
    if suffix.lower() == ".xlsx":
        pytest.importorskip("openpyxl")
    path = tmp_path / f"r{suffix}"
    report.save(path, table=table)
    back = read(path.with_suffix(suffix.lower()) if path.with_suffix(suffix.lower()).exists() else path.rename(path.with_suffix(suffix.lower())), table)
    frame = report.statements_frame() if table == "statements" else report.to_frame()
    assert list(back.columns) == list(frame.columns)
    for column in frame.columns:
        for was, now in zip(frame[column], back[column], strict=True):
            missing = was is None or was != was or was == ""
            assert (now is None or now != now or now == "") if missing else now == pytest.approx(was) if isinstance(was, float) else now == was


def test_a_workbook_holds_both_tables_and_csv_the_statements(report, tmp_path):
    pytest.importorskip("openpyxl")
    report.save(tmp_path / "r.xlsx")
    assert {name: len(sheet) for name, sheet in pd.read_excel(tmp_path / "r.xlsx", sheet_name=None).items()} == {
        "statements": len(report.statements), "speakers": len(report.speakers)}  # fmt: skip
    report.save(tmp_path / "r.csv")
    report.to_csv(tmp_path / "same.csv")
    assert (tmp_path / "r.csv").read_bytes() == (tmp_path / "same.csv").read_bytes()


def test_json_and_html_hold_the_whole_report(report, tmp_path):
    report.save(tmp_path / "r.json")
    assert json.loads((tmp_path / "r.json").read_text(encoding="utf-8")) == json.loads(report.to_json())
    report.save(str(tmp_path / "r.html"))
    assert (tmp_path / "r.html").read_text(encoding="utf-8") == report.to_html()


@pytest.mark.parametrize(
    ("name", "table", "says"),
    [
        ("r.docx", None, r"r.docx: a report is written as .csv .tsv .jsonl .xlsx .json .html .htm; found .docx"),
        ("r", None, "found no suffix"),
        (".csv", None, "found no suffix"),
        ("r.csv", "people", "table must be 'statements' or 'speakers', found 'people'"),
        ("r.json", "speakers", "json holds the whole report; table='speakers' goes with csv, tsv, jsonl and xlsx"),
        ("r.html", "statements", "html holds the whole report"),
    ],
)
def test_what_cannot_be_written_is_refused_and_leaves_nothing(report, name, table, says, tmp_path):
    with pytest.raises(stance.InputError, match=says):
        report.save(tmp_path / name, table=table)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_form_is_refused(report):
    with pytest.raises(stance.InputError, match="unknown form 'parquet'; allowed are csv, tsv"):
        exports.to_bytes(report, "parquet")


@pytest.mark.promise(7)
@pytest.mark.parametrize("suffix", exports.SUFFIXES)
def test_the_nastiest_cells_are_written_and_nothing_is_live(nasty, suffix, tmp_path, cases):
    cases(len(NASTY))
    openpyxl = pytest.importorskip("openpyxl")
    path = tmp_path / f"n{suffix}"
    nasty.save(path)
    if suffix == ".xlsx":
        for sheet in openpyxl.load_workbook(path):
            for cell in (c for row in sheet.iter_rows() for c in row if c.value is not None):
                assert cell.data_type in ("s", "n", "b")
                assert cell.data_type != "s" or (not cell.value.startswith(render.LIVE_FORMULA) and len(cell.value) <= exports.LONGEST_CELL)
        long = [c.value for c in openpyxl.load_workbook(path)["statements"]["N"] if str(c.value).startswith("xx")]
        assert [x[-4:] for x in long] == [exports.CUT]
    elif suffix in (".csv", ".tsv"):
        frame = pd.read_csv(io.BytesIO(path.read_bytes()), sep="\t" if suffix == ".tsv" else ",", encoding="utf-8-sig", keep_default_na=False)
        assert len(frame) == len(NASTY)
        assert not any(str(x).startswith(render.LIVE_FORMULA) for x in frame["text"])
    elif suffix == ".jsonl":
        assert [json.loads(line)["text"] for line in path.read_bytes().splitlines()] == [f"{x} Huawei" for x in NASTY]


def test_a_report_of_nothing_is_written_with_its_columns(tmp_path):
    report = stance.classify("Nothing was said.")
    report.save(tmp_path / "r.tsv")
    assert list(read(tmp_path / "r.tsv").columns) == list(render.STATEMENT_COLUMNS)
    report.save(tmp_path / "r.jsonl")
    assert (tmp_path / "r.jsonl").read_bytes() == b""
    pytest.importorskip("openpyxl")
    report.save(tmp_path / "r.xlsx")
    assert list(read(tmp_path / "r.xlsx", "speakers").columns) == list(render.SPEAKER_COLUMNS)


def test_a_worksheet_that_would_be_too_long_is_refused(report, tmp_path, monkeypatch):
    pytest.importorskip("openpyxl")
    monkeypatch.setattr(exports, "MOST_ROWS", 3)
    with pytest.raises(stance.InputError, match=r"at most 3 rows, and there are \d+ statements: write .csv or .jsonl"):
        report.save(tmp_path / "r.xlsx")


def test_without_openpyxl_the_message_names_the_extra(report, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(stance.MissingExtra, match=r"writing .xlsx files needs the package 'openpyxl', which is not installed; pip install 'stance\[excel\]'"):
        report.save(tmp_path / "r.xlsx")


def test_what_was_exported_reads_in_again(report, tmp_path):
    pytest.importorskip("openpyxl")
    for suffix in (".csv", ".tsv", ".jsonl", ".xlsx"):
        report.save(tmp_path / f"r{suffix}", table="statements")
        again = stance.classify(tmp_path / f"r{suffix}")
        assert [s.text for s in again.statements] == [s.text for s in report.statements]


@pytest.mark.parametrize(("at", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_columns_have_letters(at, letters):
    assert exports._letters(at) == letters


@pytest.mark.parametrize("path", [PureWindowsPath("C:\\Users\\Ännchen\\my report.XLSX"), PurePosixPath("/a b/c.d/r.xlsx"), "..\\r.xlsx", "r.v1.xlsx"])
def test_names_of_any_system_tell_the_form(path):
    assert exports.form_of(path) == "xlsx"
