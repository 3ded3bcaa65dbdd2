"""The command line as a Unix user expects it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import stance

EXAMPLE = Path(stance.__file__).parent / "examples" / "story.txt"


def run(*arguments, stdin=None, cwd=None):
    done = subprocess.run([sys.executable, "-m", "stance", *map(str, arguments)], input=stdin, capture_output=True, cwd=cwd, check=False, env={**os.environ, "COLUMNS": "100"})
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.mark.parametrize("command", ["classify", "explain", "train", "check", "evaluate", "suggest"])
def test_every_command_has_help_with_an_example(command):
    code, out, _ = run(command, "--help")
    assert code == 0
    assert f"stance {command} " in out[out.index("example:") :]


def test_the_version():
    assert run("--version")[1].strip() == f"stance {stance.__version__}"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "the following arguments are required"),
        (["clasify", "x"], "invalid choice"),
        (["classify", "none.txt"], "none.txt: there is no such file"),
        (["classify", "x.txt", "--model", "none.stance"], "none.stance"),
        (["classify", "x.txt", "--resume"], "--resume needs --format jsonl"),
        (["train", "nowhere", "-o", "m.stance"], "nowhere"),
        (["train", "nowhere"], "required: -o"),
        (["check", "nowhere"], "nowhere"),
    ],
)
def test_bad_calls_say_why_on_standard_error_and_leave_nothing(arguments, says, tmp_path):
    code, out, err = run(*arguments, cwd=tmp_path)
    assert code in (1, 2)
    assert says in out + err
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


def test_a_table_is_the_default():
    code, out, err = run("classify", EXAMPLE)
    assert (code, err) == (0, "")
    assert out.startswith("Report(")
    assert "\033[" not in out


@pytest.mark.parametrize(
    ("form", "starts"),
    [("table", "Report("), ("json", "{"), ("csv", "document,date"), ("tsv", "document\tdate"), ("html", "<!DOCTYPE html>"), ("jsonl", '{"document"')],
)
def test_formats(form, starts, tmp_path):
    code, out, _ = run("classify", EXAMPLE, "--format", form)
    assert code == 0
    assert out.startswith(starts)
    named = f"o.{'txt' if form == 'table' else form}"
    assert run("classify", EXAMPLE, "--format", form, "-o", tmp_path / "o")[0] == 0
    assert run("classify", EXAMPLE, "-o", tmp_path / named)[0] == 0
    for name in ("o", named):
        assert (tmp_path / name).read_text(encoding="utf-8-sig").replace("\r\n", "\n") == out.replace("\r\n", "\n")


def test_a_workbook_by_its_name(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    assert run("classify", EXAMPLE, "-o", tmp_path / "r.xlsx") == (0, "", "")
    assert openpyxl.load_workbook(tmp_path / "r.xlsx").sheetnames == ["statements", "speakers"]


@pytest.mark.parametrize(("form", "starts"), [("csv", "speaker,role"), ("tsv", "speaker\trole"), ("jsonl", '{"speaker": "')])
def test_a_row_a_speaker(form, starts):
    code, out, _ = run("classify", EXAMPLE, "--format", form, "--table", "speakers")
    assert code == 0
    assert out.startswith(starts)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["-o", "r.pdf"], "r.pdf: a report is written as .csv .tsv .jsonl .xlsx .json .html .htm .txt; found .pdf"),
        (["-o", "r.csv", "--format", "html"], "r.csv: --format html does not fit a name that ends in .csv"),
        (["--format", "xlsx"], "--format xlsx needs -o FILE"),
        (["--table", "speakers"], "--table goes with csv, tsv, jsonl and xlsx"),
        (["--format", "json", "--table", "speakers"], "json holds the whole report"),
        (["-o", "r.jsonl", "--table", "speakers", "--resume"], "without --table"),
    ],
)
def test_outputs_that_do_not_fit_are_refused_before_anything_is_written(arguments, says, tmp_path):
    code, out, err = run("classify", EXAMPLE, *arguments, cwd=tmp_path)
    assert (code, out) == (2, "")
    assert says in err
    assert list(tmp_path.iterdir()) == []


def test_standard_input():
    code, out, _ = run("classify", "-", "--format", "json", stdin=b"Huawei denied that it spies.")
    assert code == 0
    assert json.loads(out)["documents"][0]["name"] == "-"
    assert run("classify", "-", stdin=b"")[0] == 2


def test_a_broken_document_is_skipped_with_its_reason(tmp_path):
    (tmp_path / "good.txt").write_text("Huawei denied that it spies.", encoding="utf-8")
    (tmp_path / "bad.txt").write_bytes(b"\0")
    code, out, err = run("classify", tmp_path)
    assert code == 1
    assert "Huawei" in out
    assert "bad.txt" in err


def test_resume_goes_on_after_a_run_cut_off_in_the_middle_of_a_line(tmp_path):
    for i in range(4):
        (tmp_path / f"{i}.txt").write_text(f"Huawei denied that it spies, for the {i}th time.", encoding="utf-8")
    out = tmp_path / "out"
    assert run("classify", tmp_path, "--format", "jsonl", "-o", out)[0] == 0
    whole = out.read_bytes()
    out.write_bytes(whole[: len(whole) * 5 // 8])
    assert run("classify", tmp_path, "--format", "jsonl", "-o", out, "--resume")[0] == 0
    assert out.read_bytes() == whole


def test_resume_refuses_a_file_that_is_something_else(tmp_path):
    (tmp_path / "a.txt").write_text("Huawei denied it.", encoding="utf-8")
    (tmp_path / "out").write_text("my notes\n", encoding="utf-8")
    code, _, err = run("classify", tmp_path / "a.txt", "--format", "jsonl", "-o", tmp_path / "out", "--resume")
    assert code == 2
    assert "not a file that --resume can go on with" in err
    assert (tmp_path / "out").read_text(encoding="utf-8") == "my notes\n"


def test_a_pipe_that_closes_early_is_no_error():
    done = subprocess.run(f"{sys.executable} -m stance classify {EXAMPLE} --format csv | head -n 1", shell=True, capture_output=True, check=False)
    assert done.returncode == 0
    assert done.stderr == b""


def test_explain_names_words():
    code, out, _ = run("explain", EXAMPLE)
    assert code == 0
    assert "because of" in out
