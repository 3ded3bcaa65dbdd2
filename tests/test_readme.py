"""Every example of the README runs, and prints what the README says that it prints."""

import doctest
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def console_examples():
    """(command, what it prints) for each `$ stance ...` line of the console blocks."""
    for block in blocks("console"):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            yield command, output


@pytest.mark.parametrize("source", blocks("pycon"), ids=lambda s: s.split("\n")[0][:40])
def test_python_examples_print_what_they_say(source, tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    test = doctest.DocTestParser().get_doctest(source, {}, "README", "README.md", 0)
    out = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    runner.run(test, out=out.append)
    assert not runner.failures, "".join(out)


@pytest.mark.parametrize(("command", "output"), list(console_examples()))
def test_console_examples_print_what_they_say(command, output, monkeypatch):
    words = shlex.split(command)
    assert words[0] == "stance"
    done = subprocess.run([sys.executable, "-m", *words], capture_output=True, text=True, cwd=ROOT, check=False, encoding="utf-8", env={**os.environ, "COLUMNS": "100"})
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == output.strip()


def test_there_are_two_set_up_commands():
    (block,) = re.findall(r"<!-- set-up -->\n```sh\n(.*?)```", README, re.DOTALL)
    commands = [line for line in block.split("\n") if line and not line.startswith("#")]
    assert len(commands) == 2
    assert "stance classify stance/examples/story.txt" in commands[0]
    assert "pytest" in commands[1]


def test_every_file_that_the_readme_links_to_is_there():
    for link in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / link).exists(), link
