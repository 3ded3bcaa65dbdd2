"""The public names, what importing costs, and what the package brings along."""

import importlib.metadata
import json
import subprocess
import sys

import pytest

import stance


def test_all_names_are_there_once():
    assert len(stance.__all__) == len(set(stance.__all__))
    for name in stance.__all__:
        assert getattr(stance, name) is not None
        assert name in dir(stance)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'clasify'"):
        stance.clasify  # noqa: B018


def in_new_process(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_import_loads_no_heavy_package():
    loaded = in_new_process("import sys, json, stance; print(json.dumps(sorted(m.split('.')[0] for m in sys.modules)))")
    assert not {"sklearn", "pandas", "scipy", "numpy", "joblib", "matplotlib"} & set(loaded)


def test_classifying_a_text_needs_neither_scikit_learn_nor_pandas():
    code = "import sys, json, stance; stance.classify('Huawei denied it.'); print(json.dumps(sorted(m.split('.')[0] for m in sys.modules)))"
    assert not {"sklearn", "pandas", "matplotlib"} & set(in_new_process(code))


def test_import_warns_of_nothing():
    done = subprocess.run([sys.executable, "-W", "error", "-c", "import stance; stance.classify('Huawei denied it.')"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_version_is_the_installed_one():
    assert importlib.metadata.version("stance") == stance.__version__
