"""The target as data, and which statements concern it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stance.errors import LabelError
from stance.target import Target, find_target, load_target, points_back, speaks_for, target_mentions

HUAWEI = Target("Huawei", ("HiSilicon", "Huawei Technologies"), ("Ren Zhengfei", "Ren"), ("the company", "Chinese vendors"), ("China",))

CASES = [
    ("Huawei won.", "", "none", "Huawei"),
    ("HUAWEI won.", "", "none", "HUAWEI"),
    ("HiSilicon won.", "", "none", "HiSilicon"),
    ("Huawei Technologies won.", "", "none", "Huawei Technologies"),
    ("Ren spoke.", "", "none", "Ren"),
    ("The children were ren.", "", "none", None),
    ("The company won.", "Huawei was charged.", "none", "The company"),
    ("The company won.", "Nokia was charged.", "none", None),
    ("The company won.", "", "all", "The company"),
    ("The company won.", "", "specific", None),
    ("Chinese vendors won.", "", "specific", "Chinese vendors"),
    ("Chinese vendors won.", "", "none", None),
    ("Huaweis won.", "", "all", None),
    ("The company and Huawei won.", "", "all", "Huawei"),
    ("", "Huawei", "all", None),
]


@pytest.mark.parametrize(("text", "context", "tied", "words"), CASES)
def test_find_target(text: str, context: str, tied: str, words: str | None) -> None:
    about, span = find_target(text, context, HUAWEI, tied=tied)  # type: ignore[arg-type]
    assert about is (words is not None)
    assert (span.text if span else None) == words


@given(st.text(max_size=50), st.integers(0, 10_000))
def test_the_span_counts_from_the_offset(before: str, offset: int) -> None:
    text = before + " Huawei "
    about, span = find_target(text, "", HUAWEI, offset)
    assert about
    assert span is not None
    assert text[span.start - offset : span.end - offset] == span.text


def test_mentions() -> None:
    assert target_mentions("Huawei met Ren Zhengfei. Nokia did not.", HUAWEI) == [0, 11]


@pytest.mark.parametrize(
    ("text", "expected"), [("It is wrong.", True), ("This is wrong.", True), ("“They lost,” he said", True), ("Markets fell.", False), ("", False)]
)
def test_points_back(text: str, expected: bool) -> None:
    assert points_back(text) is expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Huawei", True), ("Huawei spokesman", True), ("Huawei's founder", True), ("Ren Zhengfei", True), ("Nokia", False), ("Huaweis", False)],
)
def test_speaks_for(name: str, expected: bool) -> None:
    assert speaks_for(name, HUAWEI) is expected


def test_a_target_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "target.toml"
    path.write_text('name = "Huawei"\naliases = ["HiSilicon"]\n', encoding="utf-8")
    assert load_target(path) == Target("Huawei", ("HiSilicon",))


BAD = [
    ("", "name must be"),
    ('name = "Huawei"\ncolour = "red"\n', "unknown key 'colour'"),
    ('name = "Huawei"\naliases = "HiSilicon"\n', "aliases must be a list"),
    ("name = ", "cannot be read as TOML"),
]


@pytest.mark.parametrize(("content", "message"), BAD)
def test_faults_of_a_target_file_are_named(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "target.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(LabelError, match=message):
        load_target(path)


def test_a_missing_target_file_says_what_it_needs(tmp_path: Path) -> None:
    with pytest.raises(LabelError, match="there is no target.toml"):
        load_target(tmp_path / "target.toml")


@pytest.mark.parametrize(("found", "told"), [("2", "newer stance"), ("0", "no such format"), ('"one"', "no such format")])
def test_a_labels_folder_of_another_format_is_refused_with_what_to_do(tmp_path: Path, found: str, told: str) -> None:
    path = tmp_path / "target.toml"
    path.write_text(f'name = "Veltron"\nformat = {found}\n', encoding="utf-8")
    with pytest.raises(LabelError, match=told):
        load_target(path)


def test_the_format_may_be_left_out(tmp_path: Path) -> None:
    path = tmp_path / "target.toml"
    path.write_text('name = "Veltron"\n', encoding="utf-8")
    without = load_target(path)
    path.write_text('name = "Veltron"\nformat = 1\n', encoding="utf-8")
    assert load_target(path) == without
