"""The table of LICENSES.md, made from the metadata of the packages that are installed: `python tests/licences.py > LICENSES.md`."""

import importlib.metadata as metadata
import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
FAMILIES = {"BSD License": "BSD-3-Clause", "MIT License": "MIT", "Python Software Foundation License": "PSF-2.0", "Apache Software License": "Apache-2.0",
            "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0", "ISC License (ISCL)": "ISC", "Zlib": "Zlib"}  # fmt: skip
HEAD = """# Licences of what comes along

`stance` itself, its labels and its model are under the [MIT licence](LICENSE). Of others it ships word vectors alone (GloVe, dedicated to the public domain under
PDDL 1.0: [stance/lexicon/vectors.md](stance/lexicon/vectors.md)). These packages are installed beside it, each under its own licence.
Made from their metadata by `python tests/licences.py`; a test sees to it that none is missing.
"""


def name_of(requirement):
    """The normal form of a requirement's name, or None for one that an extra or another Python or system asks for."""
    name, _, marker = requirement.partition(";")
    if re.search(r"extra|python_version\s*<|sys_platform|platform_system|python_full_version\s*<", marker):
        return None
    return re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", name.strip()).group()).lower()


def licence_of(package):
    """The licence that a package's metadata names, as an SPDX expression where it gives one."""
    data = metadata.metadata(package)
    if data.get("License-Expression"):
        return data["License-Expression"]
    named = [c.rsplit(" :: ", 1)[1] for c in data.get_all("Classifier") or () if c.startswith("License ::")]
    return " or ".join(FAMILIES.get(n, n) for n in named if n != "OSI Approved") or (data.get("License") or "not named").split("\n")[0][:40]


def closure(requirements):
    """Those packages and all that they bring, by normal name; packages that are not installed are left out."""
    found, waiting = set(), [name_of(r) for r in requirements]
    while waiting:
        name = waiting.pop()
        if name is None or name in found:
            continue
        try:
            asks = metadata.requires(name) or ()
        except metadata.PackageNotFoundError:
            continue
        found.add(name)
        waiting += map(name_of, asks)
    return found


def groups():
    """Group to its packages: what `pip install stance` brings, what each extra adds, and what the checks use by name."""
    out = {"always": closure(PROJECT["dependencies"])}
    extras = PROJECT["optional-dependencies"]
    for extra in ("plots", "excel", "web"):
        out[f"extra `{extra}`"] = closure(extras[extra]) - out["always"]
    seen = set().union(*out.values())
    out["checks (extra `dev`)"] = {name_of(re.sub(r"\[.*?\]", "", r)) for r in extras["dev"]} - seen
    return out


def main():
    """Print the whole file."""
    print(HEAD)
    print("| package | comes with | licence |\n| --- | --- | --- |")
    for group, names in groups().items():
        for name in sorted(names):
            print(f"| {name} | {group} | {licence_of(name)} |")


if __name__ == "__main__":
    main()
