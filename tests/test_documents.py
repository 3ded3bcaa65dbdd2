"""Inputs: what is accepted, what comes out, and what each refusal says."""

import datetime
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stance.documents import Row, decode, html_text, read_documents, read_file
from stance.errors import InputError
from stance.results import Document


def all_of(source, **kw):
    return list(read_documents(source, **kw))


def test_a_text_is_one_document():
    assert all_of("Some text.") == [Document("", "Some text.")]


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (b"bytes", "decode it first"),
        (7, "found int"),
        (None, "found NoneType"),
        ("", "the text is empty"),
        (" \n\t", "white space only"),
        ("story.txt", "pathlib.Path('story.txt')"),
        ({"txet": "a"}, "did you mean 'txet'"),
        ({"text": None}, "found nothing"),
        ({"text": 3}, "found int 3"),
        ({"text": " "}, "the text is empty"),
        ({"text": "a", "date": "last May"}, "YYYY-MM-DD, found 'last May'"),
        ({"text": "a", "date": "2019-13"}, "found '2019-13'"),
        ({"text": "a", "speaker": ["x"]}, "speaker must be a str, found list"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(source, says):
    with pytest.raises(InputError, match=says.replace("(", r"\(").replace(")", r"\)")):
        all_of(source)


def test_rows_keep_their_order_and_what_is_known():
    rows = [{"text": "a", "speaker": "X", "context": "c", "document": "d", "date": "2019-05"}, {"text": "b"}]
    assert all_of(rows) == [Row("a", "X", "c", "d", "2019-05"), Row("b")]


def test_a_row_may_be_a_document():
    assert all_of([{"body": "a", "document": "d", "date": datetime.date(2020, 1, 2)}], unit="document") == [Document("d", "a", "2020-01-02")]


def test_a_frame_is_rows_and_its_gaps_are_unknown():
    frame = pd.DataFrame({"Text": ["a", "b"], "speaker": ["X", None], "date": pd.to_datetime(["2019-05-01", None])})
    assert all_of(frame) == [Row("a", "X", date="2019-05-01"), Row("b")]


def test_a_bad_row_does_not_hide_the_others():
    good, bad, last = all_of(pd.DataFrame({"text": ["a", None, "c"]}))
    assert (good, last) == (Row("a"), Row("c"))
    assert isinstance(bad, InputError)
    assert "row 2" in str(bad)


def test_a_column_can_be_named():
    assert all_of([{"text": "no", "mine": "yes"}], text_column="mine") == [Row("yes")]
    with pytest.raises(InputError, match="no column 'mien' \\(did you mean 'mine'\\?\\)"):
        all_of({"text": "no", "mine": "yes"}, text_column="mien")


FILES = {
    "a.txt": b"one text",
    "b.md": "ümlaut".encode(),
    "c.csv": b"text,speaker\r\n\"a, b\",X\r\nc,\r\n",
    "d.tsv": b"text\tspeaker\na\tX\n",
    "e.jsonl": b'{"text": "a"}\n\n{"text": "b", "date": "2020"}\n',
    "f.html": b"<html><head><title>t</title></head><body><nav>menu</nav><p>One <b>bold</b> word.</p><script>x</script><p>Two.</p></body></html>",
}


@pytest.fixture
def folder(tmp_path):
    for name, data in FILES.items():
        (tmp_path / name).write_bytes(data)
    return tmp_path


def test_a_folder_is_all_its_files_in_order(folder):
    found = all_of(folder)
    assert [x.text for x in found if isinstance(x, Row)] == ["a, b", "c", "a", "a", "b"]
    assert [Path(x.name).name for x in found if isinstance(x, Document)] == ["a.txt", "b.md", "f.html"]


def test_html_loses_scripts_and_menus(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "trafilatura", None)
    assert html_text(FILES["f.html"].decode()) == "One bold word.\nTwo."


def test_an_excel_sheet_is_rows(tmp_path):
    pytest.importorskip("openpyxl")
    pd.DataFrame({"text": ["a"], "speaker": ["X"]}).to_excel(tmp_path / "x.xlsx", index=False)
    assert all_of(tmp_path / "x.xlsx") == [Row("a", "X")]
    (tmp_path / "bad.xlsx").write_bytes(b"no workbook")
    (error,) = all_of(tmp_path / "bad.xlsx")
    assert "Excel" in str(error)


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("x.pdf", b"%PDF", "files of type .pdf cannot be read"),
        ("x.txt", b"", "no text"),
        ("x.txt", b"a\0b", "NUL byte at position 1"),
        ("x.csv", b"", "no rows"),
        ("x.csv", b"a,b\n1,2\n", "needs a column 'text'"),
        ("x.csv", b"text,b\nonly\n", "x.csv:2: 1 cells where the header has 2"),
        ("x.jsonl", b"{not json}\n", "x.jsonl:1: not readable as JSON"),
        ("x.jsonl", b'["a"]\n', "found list"),
        ("x.jsonl", b'{"text": "a"}\n{"txt": "a"}\n', "x.jsonl:2: needs a column 'text'"),
    ],
)
def test_a_bad_file_is_named_with_its_place(tmp_path, name, data, says):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(InputError) as caught:
        for item in read_file(tmp_path / name):
            if isinstance(item, InputError):
                raise item
    assert says in str(caught.value)


def test_missing_files_and_empty_folders(tmp_path):
    assert "no such file" in str(all_of(tmp_path / "none.txt")[0])
    assert "holds no file of the types" in str(all_of(tmp_path)[0])


@pytest.mark.parametrize("raw", ["é".encode(), b"\xef\xbb\xbf" + "é".encode(), "é".encode("utf-16")])
def test_encodings_that_say_what_they_are(raw):
    assert decode(raw, "x") == "é"


def test_windows_text_is_read_with_a_warning():
    with pytest.warns(UserWarning, match=r"x: not UTF-8 \(byte 0\); read as Windows-1252"):
        assert decode("é’".encode("cp1252"), "x") == "é’"


@given(st.text(min_size=1))
def test_any_text_is_a_document_or_an_input_error(text):
    try:
        (document,) = read_documents(text)
    except InputError:
        return
    assert document.text == text
