"""The wheel holds what it must and nothing else, works where it is installed, and finds its labels."""

import json
import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import stance
from stance.labels import default_folder

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    out = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "pip", "wheel", "-q", ".", "--no-deps", "--no-build-isolation", "-w", str(out)], cwd=ROOT, check=True)
    (path,) = out.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    place = tmp_path_factory.mktemp("site")
    subprocess.run([sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(place), str(wheel)], check=True)
    return place


def test_the_wheel_holds_code_data_lexicons_examples_and_labels(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    code = {f"stance/{p.relative_to(ROOT / 'stance')}" for p in (ROOT / "stance").rglob("*") if p.is_file() and "__pycache__" not in p.parts}
    labels = {f"stance/_labels/{p.relative_to(ROOT / 'labels')}" for p in (ROOT / "labels").rglob("*") if p.is_file()}
    info = {n for n in names if ".dist-info/" in n}
    assert names - info == code | labels
    assert "stance/py.typed" in names
    assert any(n.endswith("licenses/LICENSE") for n in info)


def test_the_wheel_is_small(wheel):
    assert wheel.stat().st_size < 12e6  # the labels are most of it


def test_dependencies_are_the_named_ones_and_their_own():
    named = {d.split(">")[0] for d in PROJECT["dependencies"]}
    assert named == {"joblib", "numpy", "pandas", "scikit-learn", "scipy", "threadpoolctl"}
    assert "<" not in PROJECT["requires-python"]


def test_an_installed_wheel_answers_and_finds_its_labels(installed, tmp_path):
    code = (
        "import json, stance; from stance.labels import default_folder; f = default_folder();"
        "r = stance.classify('Ann Lee said that Huawei is a threat.');"
        "print(json.dumps([stance.__file__, str(f), sorted(p.name for p in f.iterdir()), len(r.statements)]))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(installed)}, capture_output=True, text=True, check=True)
    where, folder, files, n = json.loads(done.stdout)
    assert where.startswith(str(installed))
    assert folder.startswith(str(installed))
    assert {"README.md", "CODEBOOK.md", "stories", "target.toml"} <= set(files)
    assert n == 1


@pytest.mark.skipif(not hasattr(os, "chmod") or os.name == "nt", reason="needs Unix permissions")
def test_a_read_only_install_works(installed, tmp_path):
    subprocess.run(["chmod", "-R", "a-w", str(installed)], check=True)
    try:
        code = "import stance; print(stance.classify('Ann Lee said that Huawei is a threat.'))"
        env = {k: v for k, v in os.environ.items() if k != "HOME"} | {"PYTHONPATH": str(installed)}
        done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=env, capture_output=True, text=True, check=True)
        assert done.stdout.startswith("Report(1 speaker")
    finally:
        subprocess.run(["chmod", "-R", "u+w", str(installed)], check=True)


def test_the_checkout_finds_the_labels_beside_the_package():
    if Path(stance.__file__).resolve().parent == ROOT / "stance":
        assert default_folder().resolve() == ROOT / "labels"


def test_nothing_names_a_machine_or_a_registry():
    files = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    for name in filter(None, files):
        path = ROOT / name
        if path.suffix in (".py", ".md", ".toml", ".cff", ".ipynb", ".csv") or path.name == "run":
            text = path.read_text(encoding="utf-8")
            for word in ("/ho" + "me/", "/ro" + "ot/", "/wo" + "rk/", "pypi" + ".org"):
                assert word not in text, f"{name} names {word}"


def test_versions_agree():
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {stance.__version__}\n" in citation
    assert f"## {stance.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
