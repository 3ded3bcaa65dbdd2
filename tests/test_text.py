"""Raw text to paragraphs, sentences and quotations at true offsets; furniture set aside."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stance.text import flatten, furniture, read_text

SENTENCES = [
    ("Lee left. She was late.", ["Lee left.", "She was late."]),
    ("Mr. Lee left. She was late.", ["Mr. Lee left.", "She was late."]),
    ("The U.S. Senate met. It voted.", ["The U.S. Senate met.", "It voted."]),
    ("He moved to the U.S. He was ten.", ["He moved to the U.S.", "He was ten."]),
    ("J. R. Lee left.", ["J. R. Lee left."]),
    ("Sales of Polar Inc. fell. Shares rose.", ["Sales of Polar Inc. fell.", "Shares rose."]),
    ("It cost 3.5 euros. Cheap.", ["It cost 3.5 euros.", "Cheap."]),
    ("Was it late? Yes! It was.", ["Was it late?", "Yes!", "It was."]),
    ("Wait ... no. Go.", ["Wait ... no.", "Go."]),
    ('"It is late. Go home," she said. He went.', ['"It is late. Go home," she said.', "He went."]),
    ('"Is it late?" Lee asked. He went.', ['"Is it late?" Lee asked.', "He went."]),
    ('"Is it late?" she asked. He went.', ['"Is it late?" she asked.', "He went."]),
    ('He said "go." She went.', ['He said "go."', "She went."]),
    ("No. 5 is open. It is late.", ["No. 5 is open.", "It is late."]),
    ("On 3 Jan. the court met.", ["On 3 Jan. the court met."]),
    ("Lee (he was late.) left.", ["Lee (he was late.) left."]),
    ("", []),
    ("   \n  \n", []),
]


@pytest.mark.parametrize(("raw", "expected"), SENTENCES)
def test_sentences(raw: str, expected: list[str]) -> None:
    assert [raw[s.start : s.end] for s in read_text(raw).sentences] == expected


QUOTES = [
    ('"No," he said.', ["No,"]),
    ("“No,” he said, “never.”", ["No,", "never."]),
    ("''No,'' he said.", ["No,"]),
    ("‘‘No,’’ he said.", ["No,"]),
    ("«No,» he said.", ["No,"]),
    ("„No,“ he said.", ["No,"]),
    ("‘No,’ he said.", ["No,"]),
    ("'No,' he said.", ["No,"]),
    ("“He said ‘no’ twice,” she said.", ["He said ‘no’ twice,"]),
    ('He said "no way', ["no way"]),
    ('A 5" pipe and a 6" pipe.', []),
    ("The ministers' plan isn't Lee's.", []),
    ("Rock 'n' roll in the '90s.", []),
    ('One mark" too many.', []),
]


@pytest.mark.parametrize(("raw", "expected"), QUOTES)
def test_quotations(raw: str, expected: list[str]) -> None:
    found = [
        raw[q.inner_start : q.inner_end].strip("‘’'“„\"") if q.closed else raw[q.inner_start : q.inner_end] for s in read_text(raw).sentences for q in s.quotes
    ]
    assert found == expected


PARAGRAPHS = [
    ("One.\nTwo.", 2),
    ("One.\r\n\r\nTwo.", 2),
    ("The masts were\nold.", 1),
    (
        "The first line of this letter goes on for about sixty characters\nand so does the second line, which ends where the margin is and\nthe third, in which the sentence ends at last with a full stop.\n\nNew.",
        2,
    ),
]


@pytest.mark.parametrize(("raw", "number"), PARAGRAPHS)
def test_lines_wrapped_by_a_mail_program_are_joined(raw: str, number: int) -> None:
    assert len(read_text(raw).paragraphs) == number


FURNITURE = [
    ("Read more: What next for chips", "link"),
    ("Share this", "share line"),
    ("Advertisement", "menu"),
    ("Share on Facebook", "share line"),
    ("Follow us on Twitter", "share line"),
    ("Sign up for our newsletter and get the day's news", "newsletter"),
    ("You have 3 free articles left", "paywall"),
    ("This site uses cookies to make it better", "cookie notice"),
    ("We use cookies to make this site better", "cookie notice"),
    ("© 2019 Polar Press", "copyright"),
    ("Photo: Ida Stone", "caption"),
    ("The minister in Bonn in May. (Photo by Ida Stone/Getty Images)", "caption"),
    ("By Ida Stone", "author line"),
    ("Reporting by Ida Stone; Editing by Per Holm", "author line"),
    ("Published on 3 May 2019", "date line"),
    ("You have {{n}} left", "paywall"),
    ("Hello {{name}}", "template"),
    ("The minister spoke.", ""),
    (
        "By Monday the masts were down, the minister said in a speech that went on for an hour and a half and ended in the rain on the steps of the town hall.",
        "",
    ),
    ("Share prices fell on Monday.", ""),
    ("Follow the money, said the minister.", ""),
    ("Photographs of the masts were shown.", ""),
    ("See you in court, said Lee.", ""),
]


@pytest.mark.parametrize(("line", "reason"), FURNITURE)
def test_furniture(line: str, reason: str) -> None:
    assert furniture(line) == reason


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_the_working_copy_is_as_long_as_the_text(raw: str) -> None:
    assert len(flatten(raw)) == len(raw)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="aA. \n\"“”‘’'!?,(", max_size=200))
def test_sentences_and_quotations_lie_in_order_inside_the_text(raw: str) -> None:
    at = 0
    for s in read_text(raw).sentences:
        assert at <= s.start < s.end <= len(raw)
        at = s.end
        inside = s.start
        for q in s.quotes:
            assert inside <= q.start <= q.inner_start <= q.inner_end <= q.end <= s.end
            inside = q.end


def test_what_is_set_aside_is_shown_with_its_place() -> None:
    raw = "Lee spoke.\nAdvertisement\nThe end."
    (dropped,) = read_text(raw).dropped
    assert raw[dropped.span.start : dropped.span.end] == dropped.span.text == "Advertisement"
