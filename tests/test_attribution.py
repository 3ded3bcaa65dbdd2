"""Who says what: invented sentences kind by kind, with the speaker, the cue and the words said."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stance.attribution import read
from stance.results import Statement
from stance.target import Target

CASES = Path(__file__).parent / "data" / "attribution_cases.txt"
_MARK = re.compile(r"\{([scq])(\d*) ([^{}]*)\}")
_WORD = re.compile(r"\w+")
ENOUGH = 0.8  # share of words that content found and content expected must have in common
SECONDS = 2.0  # that any of the hostile inputs may take


@dataclass
class Expected:
    """One attribution as marked in the case file."""

    speaker: str = ""
    cue: str = ""
    content: list[str] = field(default_factory=list)
    name: str = "-"


@dataclass
class Case:
    """One line of the case file."""

    text: str
    expected: list[Expected]


def parse(line: str) -> Case:
    """Take the marks out of a line."""
    marked, _, names = line.partition("=>")
    by_number: dict[str, Expected] = {}
    for kind, number, words in _MARK.findall(marked):
        one = by_number.setdefault(number, Expected())
        if kind == "s":
            one.speaker = words
        elif kind == "c":
            one.cue = words
        else:
            one.content.append(words)
    text = _MARK.sub(lambda m: "" if m.group(3) == "-" else m.group(3), marked).strip().replace(" ¶ ", "\n")
    expected = list(by_number.values())
    listed = [n.strip() for n in names.split(";")] if names.strip() else []
    if len(expected) == 1:
        expected[0].name = "; ".join(listed)
    else:
        for one, name in zip(expected, listed, strict=True):
            one.name = name
    return Case(text, expected)


def load() -> list[object]:
    """The cases as parameters, known failures marked."""
    out: list[object] = []
    for number, line in enumerate(CASES.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        marks: list[pytest.MarkDecorator] = []
        if line.startswith("xfail:"):
            reason, _, line = line.partition("|")
            marks.append(pytest.mark.xfail(reason=reason[6:].strip(), strict=True))
        kind, _, rest = line.partition("|")
        out.append(pytest.param(parse(rest), id=f"{number}-{kind.strip()}", marks=marks))
    return out


def words(text: str) -> set[str]:
    return {w.lower() for w in _WORD.findall(text)}


def alike(found: Statement, expected: Expected) -> bool:
    """Whether a statement has the words that were marked."""
    a = words(" ".join(c.text for c in found.content))
    b = words(" ".join(expected.content))
    return len(a & b) >= ENOUGH * len(a | b)


@pytest.mark.parametrize("case", load())
def test_speaker_cue_and_content(case: Case) -> None:
    """Every marked attribution is found with its words and its speaker, and nothing else is."""
    found = read(case.text).statements
    shown = [(s.speaker, s.cue_span.text if s.cue_span else None, [c.text for c in s.content]) for s in found]
    assert len(found) == len(case.expected), shown
    left = list(found)
    for one in case.expected:
        match = next((s for s in left if alike(s, one)), None)
        assert match is not None, (one, shown)
        left.remove(match)
        assert (match.speaker or "-").replace(" & ", "; ") == one.name, (one, shown)
        if one.cue and match.cue_span is not None:
            assert words(match.cue_span.text) <= words(one.cue), (one, shown)
        if one.speaker and one.speaker != "-":
            assert match.speaker_span is not None, shown
            assert words(match.speaker_span.text) & words(one.speaker), (one, shown)


def test_there_are_enough_cases() -> None:
    assert len(load()) >= 250


HUAWEI = Target(
    "Huawei", aliases=("HiSilicon",), people=("Ren Zhengfei", "Meng Wanzhou"), stand_ins=("the company", "the vendor", "the ban", "the arrest"), home=("China",)
)

ACTS = [
    ("Sweden barred Huawei from its networks.", "Sweden", True),
    ("The FCC has designated Huawei a threat.", "Federal Communications Commission", True),
    ("Huawei was added to the list by the Commerce Department.", "US Commerce Department", True),
    ("Huawei, which Washington has blacklisted, opened a plant in Brno.", "US government", True),
    ("The Polish agency arrested a Huawei manager in January.", "Polish agency", True),
    ("The Commerce Department extended Huawei's licence by 90 days.", "US Commerce Department", True),
    ("BT removed Huawei kit from its core.", "BT", True),
    ("Prosecutors charged Huawei with theft.", "prosecutors", True),
    ("A bill sponsored by Senator Iris Pohl would cut off Huawei.", "Iris Pohl", True),
    ("Huawei has been charged with theft.", None, True),
    ("Sweden barred Nokia from its networks.", None, False),
    ("Huawei shares no office with the ministry.", None, False),
]


@pytest.mark.parametrize(("text", "speaker", "told"), ACTS)
def test_acts_on_the_target(text: str, speaker: str | None, told: bool) -> None:
    """An act is a statement of whoever acts where it concerns the target, and only there."""
    found = [s for s in read(text, HUAWEI).statements if s.kind == "act"]
    assert bool(found) is told
    if told:
        assert speaker in {s.speaker for s in found}
        assert all(s.about_target for s in found)


@pytest.mark.parametrize("text", [a[0] for a in ACTS])
def test_acts_need_a_target(text: str) -> None:
    assert not [s for s in read(text).statements if s.kind == "act"]


def test_about_the_target() -> None:
    """By its own words, by a stand-in that the text ties to the target, or by what it goes on from."""
    text = 'Huawei was charged. The company denied the charge. "It is false," the company said. "The weather is fine," said Ann Lee.'
    found = read(text, HUAWEI).statements
    assert [s.target_span.text if s.target_span else None for s in found if s.about_target][:2] == ["Huawei", "The company"]


@pytest.mark.parametrize(("then", "about"), [("He called it unfair.", True), ("Ann Lee called it unfair.", False), ("It rained. He called it unfair.", False)])
def test_a_pronoun_right_after_goes_on_about_the_target(then: str, about: bool) -> None:
    """Also in a text that is not about the target as a whole."""
    rain = "It rained in the hills and by the sea for most of the week. " * 12
    found = read(f'{rain}Huawei is held back, said a spokesman, Tom Okoro. {then} {rain}', HUAWEI).statements
    assert [s.about_target for s in found] == [True, about]


def test_what_only_the_context_ties_to_the_target_is_flagged() -> None:
    text = 'Huawei won. Huawei cheered. "This is a mistake," said Ann Lee.'
    (lee,) = [s for s in read(text, HUAWEI).statements if s.speaker == "Ann Lee"]
    assert lee.about_target
    assert lee.target_span is None
    assert "context_only" in lee.flags


def test_nobody_named_is_flagged() -> None:
    (one,) = read('"Yes," she said.').statements
    assert one.speaker is None
    assert "no_speaker" in one.flags


def test_furniture_is_set_aside_and_shown() -> None:
    found = read("Lee said the masts were safe.\nRead more: Huawei said no\n")
    assert [d.reason for d in found.dropped] == ["link"]
    assert len(found.statements) == 1


HOSTILE = [
    "." * 20_000,
    '"' * 20_000,
    "“" * 20_000,
    "'" * 20_000,
    "''" * 20_000,
    "A. " * 20_000,
    "A.B." * 20_000,
    "(" * 20_000,
    ") " * 20_000,
    "a" * 1_000_000,
    ". " * 20_000,
    '." ' * 20_000,
    "said " * 20_000,
    '"a," ' * 10_000,
    "and " * 20_000,
    "A, " * 20_000,
    "of the man " * 20_000,
    "\n" * 20_000,
    "X:\n" * 20_000,
    "by " * 20_000,
    "the company " * 20_000,
    "Mr. " * 20_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=[repr(t[:6]) for t in HOSTILE])
def test_time_is_linear(text: str) -> None:
    start = time.process_time()
    read(text, HUAWEI)
    assert time.process_time() - start < SECONDS


PIECES = st.sampled_from(
    ['"', "“", "”", "'", "''", " ", "\n", "\r\n", "said", "Huawei", "Mr. Lee", "he", ",", ".", "?", "that", "\ud800", "\x00", "\u202f", "שלום", "who", "and", "by", "according to", "claim", "(", ")",
     "—", ":", "banned", "the company", "told", "was", "to", "is", "afraid", "of", "é", "e\u0301", "😀"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=60).map(" ".join) | st.lists(PIECES, max_size=60).map("".join) | st.text(max_size=200))
def test_offsets_are_true_for_any_string(text: str) -> None:
    for s in read(text, HUAWEI).statements:
        assert text[s.start : s.end] == s.text
        for span in (*s.content, s.speaker_span, s.cue_span, s.target_span):
            assert span is None or text[span.start : span.end] == span.text
        assert s.content


@settings(max_examples=50, deadline=None)
@given(st.sampled_from([("“", "”"), ('"', '"'), ("''", "''"), ("„", "“"), ("«", "»")]))
def test_the_style_of_marks_does_not_matter(marks: tuple[str, str]) -> None:
    opened, closed = marks
    found = read(f"{opened}We see no risk,{closed} said Ann Lee. {opened}None at all.{closed}").statements
    assert [(s.speaker, [c.text for c in s.content]) for s in found] == [("Ann Lee", ["We see no risk,", "None at all."])]
