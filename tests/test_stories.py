"""Story files: what is read, and which faults are told where."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stance.stories import did_you_mean, read_stories

STORY = """= x-1 | wire | 2020-05-01
The harbour office said it would keep Huawei's cranes.
    harbour office | soft | indirect
Nobody else was asked.

"We will look at it," the mayor of Lund Quay said.
    mayor of Lund Quay | neutral | direct | +1 | off target | note: rule 5, borderline
"In the autumn, perhaps."
    harbour office | neutral | act
"""


def test_a_story_gives_statements_with_context_and_place():
    statements, faults = read_stories(STORY, "x.txt")
    assert not faults
    first, second, third = statements
    assert (first.id, first.text, first.context, first.line) == ("x-1/01a", "The harbour office said it would keep Huawei's cranes.", "", 3)
    assert second.text == '"We will look at it," the mayor of Lund Quay said. "In the autumn, perhaps."'
    assert second.context == "Nobody else was asked."
    assert (second.about_target, second.note, second.kind) == (False, "rule 5, borderline", "direct")
    assert (third.id, third.outlet, third.date) == ("x-1/04a", "wire", "2020-05-01")


def test_two_speakers_of_one_sentence_are_two_statements():
    text = "= a | wire | 2019\nThe fair banned Huawei, which called it unfair.\n    fair | restrictive | act\n    Huawei | soft | mixed\n"
    statements, _ = read_stories(text, "a.txt")
    assert [(s.id, s.speaker) for s in statements] == [("a/01a", "fair"), ("a/01b", "Huawei")]


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("= a | w | 2019\nOne.\n    x | restrictve | act\n", "bad-stance", 3, 9),
        ("= a | w | 2019\nOne.\n    x | soft | indirekt\n", "bad-kind", 3, 16),
        ("= a | w | 2019\nOne.\n    x | soft\n", "bad-annotation", 3, 5),
        ("= a | w | 2019\nOne.\n     | soft | act\n", "no-speaker", 3, 6),
        ("= a | w | 2019\nOne.\n    x | soft | act | off topic\n", "bad-flag", 3, 22),
        ("= a | w | 2019\nOne.\n    x | soft | act | off target\n", "off-target-side", 3, 9),
        ("= a | w | 2019\nOne.\n    x | soft | act | +1\n", "runs-over", 3, 5),
        ("= a | w | 2019\n    x | soft | act\n", "no-sentence", 2, 5),
        ("= a | w | 2019\nOne.\n  x | soft | act\n", "bad-indent", 3, 1),
        ("= a | w | 2019\nOne.\n\tx | soft | act\n", "bad-indent", 3, 1),
        ("One.\n    x | soft | act\n", "no-header", 1, 1),
        ("= a | w | May 2019\nOne.\n", "bad-date", 1, 11),
        ("= a | w | 2019 | more\nOne.\n", "bad-header", 1, 1),
        ("= a | w | May 2019 | more\nOne.\n", "bad-date", 1, 11),
        ("=a | w | 2019\nOne.\n", "bad-header", 1, 1),
        ("= a\nOne.\n= a\nTwo.\n", "story-twice", 3, 3),
    ],
)
def test_faults_are_told_with_line_and_column(text, code, line, column):
    _, faults = read_stories(text, "a.txt")
    assert (code, line, column) in [(f.code, f.line, f.column) for f in faults]


def test_all_faults_come_at_once():
    _, faults = read_stories("= a | w | 2019\nOne.\n    x | hard | act\n    y | soft | deed\n    z | soft | act | +3\n", "a.txt")
    assert [f.line for f in faults] == [3, 4, 5]


@pytest.mark.parametrize("text", ["", "\n\n", "# a remark\n", "= a\n", "= a | wire\nA sentence that nobody is quoted in.\n"])
def test_no_statements_and_no_faults(text):
    assert read_stories(text, "a.txt") == ([], [])


@given(st.text(st.sampled_from("= |x+1\n\t softneutralac#:"), max_size=200))
def test_any_text_is_read_or_faulted_and_nothing_escapes(text):
    statements, faults = read_stories(text, "a.txt")
    assert all(f.file == "a.txt" and f.line >= 1 for f in faults)
    assert all(s.text for s in statements)


def test_a_guess_is_made_only_where_one_is_near():
    assert did_you_mean("sofft", ("soft",)).startswith("did you mean soft?")
    assert did_you_mean("purple", ("soft",)) == "(allowed: soft)"
