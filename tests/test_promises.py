"""The promises of the library, each with a test that fails when it is broken; `pytest tests/test_promises.py` prints a table of them."""

import io
import json
import os
import random
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import joblib
import pytest
from hypothesis import given
from hypothesis import strategies as st

import stance
from stance.errors import ModelError, StanceError

STORY = (Path(stance.__file__).parent / "examples" / "story.txt").read_text(encoding="utf-8")

# Strings that look like news to the rules: names, cues, marks and the target in any order, between the nastiest characters there are.
PIECES = st.sampled_from([
    "Huawei", "the company", "Mike Arden", "Ms. Lee", "U.S. officials", "Beijing", "said", "told reporters", "denied that", "according to", "warned",
    "banned", "was added to the list by", ". ", ", ", "; ", ": ", " ", "\n", "\n\n", "\r\n", "\r", "“", "”", '"', "''", "``", "‘", "’", "'", "(", ")", "—", "- ", "Q:", "MR. X:",
    "who", "which", "and", "but", "while", "it", "he", "Read more: ", "…", "...", "\u200b", "\u202e", "\ufeff", "Hua\u00adwei", "Нuаwеі", "Ｈｕａｗｅｉ", "\u00ad", "\0", "\ud800", "é", "e\u0301", "🚫", "İ", "ß", "\x85", "\u2028", "\x1c", "1,000", "5G", "@x", "http://a.b/c",
])  # fmt: skip
NEWSY = st.one_of(st.lists(PIECES, min_size=1, max_size=40).map("".join), st.lists(PIECES, min_size=1, max_size=40).map(" ".join), st.text(min_size=1))


def same(a, b):
    return a.to_dict() == b.to_dict()


# --- 1 and 2: offsets, and any string ------------------------------------------------------------------------------------


def check_offsets(text, statements):
    for s in statements:
        assert text[s.start : s.end] == s.text
        for span in (*s.content, s.speaker_span, s.cue_span, s.target_span):
            if span is not None:
                assert 0 <= span.start < span.end <= len(text)
                assert text[span.start : span.end] == span.text


@pytest.mark.promise(1)
def test_offsets_are_true_on_any_string(cases):
    @given(NEWSY)
    def check(text):
        cases()
        try:
            found = stance.extract(text)
        except stance.InputError:
            assert not text.strip() or text.lower().endswith((".txt", ".md", ".html", ".htm", ".csv", ".tsv", ".jsonl", ".xlsx"))
            return
        check_offsets(text, found)

    check()


@pytest.mark.promise(1)
@pytest.mark.parametrize("change", [lambda t: t.replace("\n", "\r\n"), lambda t: "\ufeff" + t, lambda t: t.replace(" ", "\u00a0"), lambda t: "\0" + t])
def test_offsets_are_true_on_a_story_in_other_clothes(change):
    text = change(STORY)
    found = stance.extract(text)
    assert found
    check_offsets(text, found)


@pytest.mark.promise(2)
def test_any_string_gives_a_report_or_one_of_our_errors(cases):
    @given(NEWSY)
    def check(text):
        cases()
        try:
            report = stance.classify(text)
        except StanceError:
            return
        assert isinstance(report, stance.Report)
        json.loads(report.to_json())
        assert str(report)
        assert report.to_html()

    check()


@pytest.mark.promise(2)
@pytest.mark.parametrize("bad", [b"x", 3, None, "", "  ", object(), [object()], [b"x"], {"a": 1}, {"text": 1}, "x.csv", float("nan"), [[]], {}])
def test_bad_input_is_our_error(bad):
    with pytest.raises(StanceError):
        stance.classify(bad)


# --- 3: linear time ------------------------------------------------------------------------------------------------------

HOSTILE = {
    "dots": ".", "quotes": '"', "curly": "“", "closing": "”", "single": "'", "brackets": "(", "initials": "A. ", "words": "said ", "commas": "a, ", "letters": "a",
    "capitals": "A", "names": "Ann Lee ", "quoted": '"a" ', "newlines": "\n", "spaces": " ", "dashes": "— ", "colons": "Q: ", "who": "who said ", "and": "and he said ",
    "target": "Huawei ", "digits": "1", "apostrophes": "s' ", "according": "according to ", "abbreviations": "Mr. ", "read": "Read more: \n", "acts": "was banned by ",
}  # fmt: skip


@pytest.mark.promise(3)
@pytest.mark.parametrize("name", HOSTILE)
def test_four_times_the_text_takes_about_four_times_as_long(name):
    def seconds(n):
        text = "Ann Lee said " + HOSTILE[name] * n + " x"
        begin = time.process_time()
        stance.extract(text)
        return time.process_time() - begin

    short, long = min(seconds(5_000) for _ in range(2)), min(seconds(20_000) for _ in range(2))
    assert long < 0.5 or long / short < 10  # linear: 4; quadratic: 16


# --- 4: files ------------------------------------------------------------------------------------------------------------


class Bomb:
    def __reduce__(self):
        return (os.mkdir, ("ran-code",))


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "m.stance"
    stance.load_model().save(path)
    return path.read_bytes()


def rezip(data, change):
    """The same archive with every member passed through change(name, bytes) -> bytes or None (left out)."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            body = change(info.filename, old.read(info))
            if body is not None:
                new.writestr(info.filename, body)
    return out.getvalue()


def pickled_array(name, body):
    import numpy as np

    if not name.endswith(".npy"):
        return body
    out = io.BytesIO()
    np.save(out, np.array([Bomb()], dtype=object), allow_pickle=True)
    return out.getvalue()


@pytest.mark.promise(4)
@pytest.mark.parametrize("make", [
    lambda d: b"", lambda d: b"no zip", lambda d: d[: len(d) // 2], lambda d: d[:-1], lambda d: rezip(d, pickled_array),
    lambda d: __import__("pickle").dumps(Bomb()), lambda d: rezip(d, lambda n, b: None), lambda d: rezip(d, lambda n, b: b"{}" if n.endswith(".json") else b),
    lambda d: rezip(d, lambda n, b: b"[" * 100_000 if n.endswith(".json") else b), lambda d: rezip(d, lambda n, b: b"\0" * 2**28 if n.endswith(".npy") else b),
    lambda d: rezip(d, lambda n, b: b[:40] if n.endswith(".npy") else b),
])  # fmt: skip
def test_a_damaged_or_hostile_model_is_refused_and_runs_nothing(make, saved, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m.stance").write_bytes(make(saved))
    with pytest.raises(ModelError, match="m.stance"):
        stance.load_model(tmp_path / "m.stance")
    assert not (tmp_path / "ran-code").exists()


@pytest.mark.promise(4)
def test_flipped_bytes_are_refused_or_harmless(saved, tmp_path, monkeypatch, cases):
    monkeypatch.chdir(tmp_path)
    dice = random.Random(4)
    for _ in range(40):
        data = bytearray(saved)
        for _ in range(3):
            data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
        (tmp_path / "m.stance").write_bytes(data)
        cases()
        try:
            stance.classify("Huawei denied it.", model=tmp_path / "m.stance")
        except ModelError:
            continue


# --- 5: no network, no seed, no print, no exit ------------------------------------------------------------------------------


@pytest.mark.promise(5)
def test_no_network_no_seed_no_print_no_exit(monkeypatch, capfd):
    import numpy as np

    def refuse(*args, **kwargs):
        raise AssertionError("the library opened a socket or tried to exit")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(sys, "exit", refuse)
    monkeypatch.setattr(os, "_exit", refuse)
    before = random.getstate(), np.random.get_state()[1].tolist()
    report = stance.classify([STORY, "Huawei denied it."])
    report.to_html(), report.to_json(), report.to_frame(), str(report)
    [s.explain() for s in report.statements]
    assert (random.getstate(), np.random.get_state()[1].tolist()) == before
    assert capfd.readouterr() == ("", "")


# --- 6: the same output ----------------------------------------------------------------------------------------------------

TEXTS = [STORY, *(p for p in STORY.split("\n\n") if p.strip())]


@pytest.fixture(scope="module")
def alone():
    return [stance.classify(t).to_dict()["statements"] for t in TEXTS]


def per_text(report):
    """Statements by text, each under its own name in the collection, told as if it had been alone."""
    found = {d.name: [] for d in report.documents}
    for s in report.to_dict()["statements"]:
        found[s["document"]].append(s | {"document": ""})
    return list(found.values())


@pytest.mark.promise(6)
def test_together_or_alone(alone):
    assert per_text(stance.classify(TEXTS)) == alone


@pytest.mark.promise(6)
def test_in_another_order(alone):
    assert per_text(stance.classify(TEXTS[::-1])) == alone[::-1]


@pytest.mark.promise(6)
def test_in_small_chunks(alone, monkeypatch):
    monkeypatch.setattr("stance.api.CHUNK_CHARACTERS", 100)
    assert per_text(stance.classify(TEXTS)) == alone


@pytest.mark.promise(6)
@pytest.mark.parametrize("backend", ["loky", "threading", "multiprocessing"])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # multiprocessing: fork in a process with threads
def test_over_workers(alone, monkeypatch, backend):
    monkeypatch.setattr("stance.api.CHUNK_CHARACTERS", 500)
    with joblib.parallel_config(backend):
        assert per_text(stance.classify(TEXTS, n_jobs=2)) == alone


@pytest.mark.promise(6)
def test_streamed(alone):
    assert [s for r in stance.iter_classify(TEXTS) for s in per_text(r)] == alone


@pytest.mark.promise(6)
def test_from_thirty_two_threads(alone):
    model = stance.load_model()
    gate = threading.Barrier(32)

    def work(i):
        gate.wait()
        return [s | {"document": ""} for s in stance.classify(TEXTS[i % len(TEXTS)], model=model).to_dict()["statements"]]

    with ThreadPoolExecutor(32) as pool:
        for i, got in enumerate(pool.map(work, range(32))):
            assert got == alone[i % len(TEXTS)]


@pytest.mark.promise(6)
@pytest.mark.parametrize("environment", [{"PYTHONHASHSEED": "1"}, {"PYTHONHASHSEED": "77"}, {"OMP_NUM_THREADS": "1"}, {"LC_ALL": "C", "PYTHONUTF8": "0"}, {"HOME": "/nonexistent"}])
def test_in_another_process(environment, tmp_path):
    (tmp_path / "story.txt").write_text(STORY, encoding="utf-8")
    code = "import stance, pathlib, sys; sys.stdout.buffer.write(stance.classify(pathlib.Path('story.txt')).to_json().encode())"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env={**os.environ, **environment}, capture_output=True, check=True)
    here = stance.classify(stance.Document("story.txt", STORY))
    assert json.loads(done.stdout) == json.loads(here.to_json())


# --- 7: exports -----------------------------------------------------------------------------------------------------------

NASTY = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "a\0b", "\ud800", "&lt;", "a\r\nb"]


@pytest.mark.promise(7)
@pytest.mark.parametrize("nasty", NASTY)
def test_no_live_formulas_and_no_live_markup(nasty, tmp_path):
    import csv

    report = stance.classify([{"text": f"{nasty} Huawei", "speaker": nasty, "context": nasty, "document": nasty, "date": "2020"}])
    for table in ("statements", "speakers"):
        report.to_csv(tmp_path / "x.csv", table=table)
        with (tmp_path / "x.csv").open(encoding="utf-8-sig", newline="") as lines:
            for row in csv.reader(lines):
                assert not any(cell.startswith(("=", "+", "@", "\t", "\r")) or (cell.startswith("-") and not cell[1:2].isdigit()) for cell in row)
                assert not any(cell[:2] == "-2" for cell in row)
    page = report.to_html()
    assert "<script" not in page
    assert "<img" not in page
    page.encode("utf-8")
    json.loads(report.to_json(tmp_path / "x.json"))


# --- 8: atomic ------------------------------------------------------------------------------------------------------------


@pytest.mark.promise(8)
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs a signal that cannot be caught")
@pytest.mark.parametrize("write", [
    "stance.load_model().save(p)", "stance.classify('Huawei denied it.').to_csv(p)", "stance.classify('Huawei denied it.').to_html(p)",
    "stance.classify('Huawei denied it.').save(p)",
])  # fmt: skip
def test_a_save_killed_in_the_middle_leaves_the_old_file(write, tmp_path):
    path = tmp_path / "file.xlsx"
    path.write_bytes(b"old")
    code = f"import os, signal, stance; p = {str(path)!r}; os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL); {write}"
    done = subprocess.run([sys.executable, "-c", code], check=False)
    assert done.returncode == -signal.SIGKILL
    assert path.read_bytes() == b"old"


@pytest.mark.promise(8)
def test_two_processes_saving_to_one_file_leave_a_whole_one(tmp_path):
    path = tmp_path / "m.stance"
    code = textwrap.dedent(f"""
        import stance
        model = stance.load_model()
        for _ in range(5):
            model.save({str(path)!r})
    """)
    both = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(2)]
    assert [p.wait() for p in both] == [0, 0]
    assert stance.load_model(path).fingerprint == stance.load_model().fingerprint
    assert [p.name for p in tmp_path.iterdir()] == ["m.stance"]


# --- 9: names do not vote -------------------------------------------------------------------------------------------------


@pytest.mark.promise(9)
def test_another_outlet_date_or_white_space_changes_no_label(cases):
    rows = [{"text": s.text, "speaker": s.speaker, "context": s.context} for s in stance.classify(STORY).statements]
    plain = [s.probabilities for s in stance.classify(rows).statements]
    others = [
        [r | {"document": "Daily Harbour", "date": "2024-01-01"} for r in rows],
        [r | {"text": "  ".join(r["text"].split(" "))} for r in rows],
        [r | {"text": r["text"].replace("“", '"').replace("”", '"')} for r in rows],
    ]
    for other in others:
        cases(len(rows))
        got = [s.probabilities for s in stance.classify(other).statements]
        assert [dict(p) for p in got] == [pytest.approx(dict(p)) for p in plain]


@pytest.mark.promise(9)
@pytest.mark.parametrize(("one", "other"), [("Ann Lee", "Boris Falk"), ("Senator Cole", "Minister Okafor"), ("Norwell Research", "Harbour Institute")])
def test_another_name_in_the_speakers_place_changes_nothing(one, other):
    text = "{0} said that Huawei should be kept out of the network, and {0} asked the ministry to act."
    a, b = (stance.classify([{"text": text.format(name), "speaker": name}]).statements[0] for name in (one, other))
    assert dict(a.probabilities) == pytest.approx(dict(b.probabilities))
