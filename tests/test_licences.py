"""Every package that comes along is in LICENSES.md with the licence that its metadata names."""

import re

import pytest

from tests.licences import HEAD, ROOT, groups, licence_of, name_of

TABLE = (ROOT / "LICENSES.md").read_text(encoding="utf-8")
LISTED = {name: (group, licence) for name, group, licence in re.findall(r"^\| ([\w-]+) \| (.+?) \| (.+) \|$", TABLE, re.MULTILINE) if name != "package"}
INSTALLED = [(name, group) for group, names in groups().items() for name in sorted(names)]


@pytest.mark.parametrize(("name", "group"), INSTALLED, ids=lambda x: x.split("`")[0])
def test_the_package_is_listed(name, group):
    assert name in LISTED, "run `python tests/licences.py > LICENSES.md`"
    assert name_of(name) == name


def test_what_always_comes_along_is_free_to_use_anywhere():
    """No copyleft in what a plain install brings."""
    for name, group in INSTALLED:
        if group == "always":
            assert not re.search(r"GPL|MPL|EPL|not named", licence_of(name)), name
    assert len([n for n, (group, _) in LISTED.items() if group == "always"]) >= 8


def test_every_listed_package_names_a_licence():
    assert all(licence and licence != "not named" for _, licence in LISTED.values())


def test_the_head_of_the_file_is_the_one_that_is_made():
    assert TABLE.startswith(HEAD)
