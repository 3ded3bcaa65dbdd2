"""The tests with the oldest packages that pyproject.toml allows, in a virtual environment of their own: `python tests/floors.py .venv-floor`.

Plots and the packaging of the wheel are left out (their own tools are the newest there). Where those old packages have no wheels for this Python,
it says so and leaves: they cannot be installed with it at all.
"""

import argparse
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TESTS = ("api", "attribution", "cli", "documents", "disguise", "evaluation", "exports", "features", "files", "formats", "labels", "model", "probes", "promises", "public", "render",
         "results", "scale", "speakers", "stories", "tally", "target", "text", "words")  # fmt: skip
# Figures of cross-validation stand in the model file, and their last bits are rounded differently by other versions of numpy.
LEFT_OUT = "not plot and not byte_for_byte"


def floors():
    """The oldest version of each dependency: `pandas>=2.2` gives `pandas==2.2.*`."""
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    return [re.sub(r">=(\d+\.\d+).*", r"==\1.*", requirement) for requirement in asked]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="where the virtual environment goes")
    folder = parser.parse_args().folder.resolve()
    subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
    pip = [folder / "bin" / "python", "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    print("oldest:", *floors(), flush=True)
    if subprocess.run([*pip, "--only-binary", ":all:", *floors()], check=False).returncode:
        print(f"floors: left out, not all of these have wheels for Python {sys.version_info.major}.{sys.version_info.minor}")
        return 0
    subprocess.run([*pip, "pytest", "hypothesis", "openpyxl", ROOT], check=True)
    subprocess.run([*pip, "--force-reinstall", "--no-deps", *floors()], check=True)  # whatever came in between
    files = [f"tests/test_{name}.py" for name in TESTS]
    return subprocess.run([folder / "bin" / "python", "-m", "pytest", "-q", "-k", LEFT_OUT, *files], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
