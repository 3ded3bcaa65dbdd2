"""Normal use warns of nothing, leaves no file anywhere but where it is asked to, and needs no home folder."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import stance
from tests.small_labels import write

EXAMPLE = Path(stance.__file__).parent / "examples" / "story.txt"

USES = {
    "a text": "report = stance.classify(STORY); str(report); report._repr_html_(); [s.explain() for s in report.statements]",
    "frames": "report = stance.classify(EXAMPLE); report.to_frame(); report.statements_frame(); report.to_json(); report.to_dict()",
    "files": "report = stance.classify(EXAMPLE); [report.save(OUT / f'r.{s}') for s in ('csv', 'tsv', 'jsonl', 'json', 'html')]; stance.classify(OUT / 'r.csv')",
    "a workbook": "import openpyxl; stance.classify(EXAMPLE).save(OUT / 'r.xlsx'); stance.classify(OUT / 'r.xlsx')",
    "a frame": "import pandas; stance.classify_frame(pandas.DataFrame({'text': [STORY, None]}))",
    "two processes": "stance.api.CHUNK_CHARACTERS = 500; len(stance.classify([STORY] * 3, n_jobs=2).statements)",
    "a stream": "list(stance.iter_classify([STORY] * 3))",
    "dates": "r = stance.classify([{'text': 'Huawei is a threat.', 'speaker': 'Ann Lee', 'date': '2020-05-01'}]); r.timeline('Ann Lee')",
    "pickles": "import pickle; pickle.loads(pickle.dumps(stance.classify(STORY)))",
    "training": "m = stance.train(LABELS); m.save(OUT / 'm.stance'); stance.classify(STORY, model=OUT / 'm.stance'); m.card()",
    "evaluation": "str(stance.evaluate(LABELS))",
    "labels": "l = stance.load_labels(LABELS); l.agreement(); l.conflicts(); str(l.summary()); l.to_frame()",
    "checking": "from stance.quality import check; [str(f) for f in check(LABELS, deep=True)]",
    "suggestions": "stance.suggest([STORY], n=3)",
}


@pytest.fixture(scope="module")
def labels(tmp_path_factory):
    return write(tmp_path_factory.mktemp("quiet") / "labels")


@pytest.mark.promise(5)
@pytest.mark.parametrize("use", USES)
def test_no_warning_no_output_no_file_no_home(use, labels, tmp_path):
    if use == "a workbook":
        pytest.importorskip("openpyxl")
    for name in ("home", "here", "out"):
        (tmp_path / name).mkdir()
    before = sorted(labels.rglob("*"))
    head = f"import pathlib, stance, stance.api; EXAMPLE = pathlib.Path({str(EXAMPLE)!r}); LABELS = pathlib.Path({str(labels)!r}); OUT = pathlib.Path({str(tmp_path / 'out')!r})"
    code = f"{head}\nSTORY = EXAMPLE.read_text(encoding='utf-8')\n{USES[use]}"
    kept = ("HOME", "USERPROFILE", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "APPDATA", "LOCALAPPDATA")
    environment = {k: v for k, v in os.environ.items() if k not in kept} | {"HOME": str(tmp_path / "home"), "PYTHONDONTWRITEBYTECODE": "1"}
    for home in (True, False):
        if not home:
            environment.pop("HOME")
        done = subprocess.run([sys.executable, "-X", "dev", "-W", "error", "-c", code], cwd=tmp_path / "here", env=environment, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        if use not in ("a text", "training"):
            break  # without a home it is the same code; two uses stand for all
    assert list((tmp_path / "home").iterdir()) == []
    assert list((tmp_path / "here").iterdir()) == []
    assert sorted(labels.rglob("*")) == before
