"""The command line as a Unix user expects it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import stance
from tests.small_labels import write

EXAMPLE = Path(stance.__file__).parent / "examples" / "story.txt"


def run(*arguments, stdin=None, cwd=None):
    done = subprocess.run([sys.executable, "-m", "stance", *map(str, arguments)], input=stdin, capture_output=True, cwd=cwd, check=False, env={**os.environ, "COLUMNS": "100"})
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.mark.parametrize("command", ["classify", "explain", "train", "check", "evaluate", "suggest", "labels export", "labels import"])
def test_every_command_has_help_with_an_example(command):
    code, out, _ = run(*command.split(), "--help")
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
        (["train", "nowhere", "-o", "there/m.stance"], "there is no folder there"),
        (["classify", "x.txt", "-o", "there/r.csv"], "r.csv: there is no folder there"),
        (["classify", "x.txt", "-o", "."], ".: is a folder; name a file"),
        (["suggest", "x.txt", "-o", "there/r.csv"], "there is no folder there"),
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


def test_labels_go_out_to_a_second_annotator_and_come_back(tmp_path):
    folder = write(tmp_path / "labels")
    before = stance.load_labels(folder)
    assert run("labels", "export", folder, "--blind", "--to", "doccano", "-o", tmp_path / "second.jsonl") == (0, "", "")
    tasks = [json.loads(line) for line in (tmp_path / "second.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(tasks) == len(before)
    assert all(t["label"] == [] and not {"annotator", "note"} & set(t["meta"]) for t in tasks)
    for t in tasks[:10]:
        t["label"] = ["neutral"]
    (tmp_path / "second.jsonl").write_text("".join(json.dumps(t) + "\n" for t in tasks), encoding="utf-8")
    code, out, err = run("labels", "import", tmp_path / "second.jsonl", "-o", folder, "--annotator", "adjudicator")
    assert (code, out) == (0, "")
    assert f"wrote 10 rows to {folder / 'second.csv'}; {len(tasks) - 10} not labelled there were left out" in err
    after = stance.load_labels(folder)
    assert [s.stance for s in after.statements[:10]] == ["neutral"] * 10
    assert [s.stance for s in after.statements[10:]] == [s.stance for s in before.statements[10:]]


def test_exported_labels_on_standard_output_are_csv(tmp_path):
    folder = write(tmp_path / "labels")
    code, out, _ = run("labels", "export", folder)
    assert code == 0
    assert out.startswith("id,text,stance,speaker")


def test_an_import_into_a_new_folder_makes_one_that_trains(tmp_path):
    (tmp_path / "rows.csv").write_text("text;stance\nHuawei is a threat.;restrictive\nHuawei is welcome.;soft\nHuawei came.;\n", encoding="utf-8")
    code, _, err = run("labels", "import", "rows.csv", "-o", "mine", cwd=tmp_path)
    assert code == 0
    assert "made mine with the target.toml" in err
    assert "wrote 2 rows" in err
    assert len(stance.load_labels(tmp_path / "mine")) == 2


@pytest.mark.promise(8)
@pytest.mark.parametrize(
    ("name", "content", "more", "code", "says"),
    [
        ("rows.csv", "text,stance\nHuawei came.,neutral\n", [], 2, "rows.csv: is there already"),
        ("new.csv", "text,label\nHuawei came.,neutral\n", [], 2, "new.csv: the column 'stance' is missing; found 'text', 'label'"),
        ("new.csv", "text,stance\nHuawei came.,softt\n", [], 2, "new.csv: line 2: unknown stance 'softt': did you mean soft?"),
        ("new.csv", "text,stance\nHuawei came.,soft,x\n", [], 2, "new.csv: line 2: has more cells"),
        ("new.csv", "text,stance\nHuawei came.,\n", [], 2, "new.csv: holds no labelled rows (1 without a label)"),
        ("new.csv", "text,stance,about_target\nHuawei came.,soft,false\n", [], 1, "new.csv:2:3: an off-target statement is neutral, found soft"),
        ("new.doc", "x", [], 2, "new.doc: labels travel as .csv .tsv .jsonl .json; found .doc"),
        ("new.jsonl", "{", [], 2, "new.jsonl: line 1: is no JSON"),
        ("new.json", "{}", ["--from", "label-studio"], 2, "new.json: holds no labelled rows"),
    ],
)
def test_an_import_with_faults_writes_nothing(name, content, more, code, says, tmp_path):
    folder = write(tmp_path / "labels")
    (folder / "rows.csv").write_text("text,stance\nHuawei left.,neutral\n", encoding="utf-8")
    before = sorted(p.name for p in folder.iterdir())
    (tmp_path / name).write_text(content, encoding="utf-8")
    got, out, err = run("labels", "import", tmp_path / name, "-o", folder, *more)
    assert got == code
    assert says in out + err
    assert sorted(p.name for p in folder.iterdir()) == before
    assert (folder / "rows.csv").read_text(encoding="utf-8") == "text,stance\nHuawei left.,neutral\n"


def test_a_file_is_replaced_where_that_is_asked_for(tmp_path):
    folder = write(tmp_path / "labels")
    (folder / "rows.csv").write_text("text,stance\nHuawei left.,neutral\n", encoding="utf-8")
    (tmp_path / "rows.csv").write_text("text,stance\nHuawei came.,neutral\n", encoding="utf-8")
    assert run("labels", "import", tmp_path / "rows.csv", "-o", folder, "--replace")[0] == 0
    assert "Huawei came." in (folder / "rows.csv").read_text(encoding="utf-8")
