"""Mentions to names: one name for each speaker of a text, with role and aliases."""

from __future__ import annotations

import pytest

from stance.attribution import read
from stance.target import Target

HUAWEI = Target("Huawei", aliases=("Huawei Technologies",), people=("Ren Zhengfei", "Meng Wanzhou"), stand_ins=("the company", "the Chinese giant"))

NAMES = [
    ("Mike Lowry came. Lowry said no.", ["Mike Lowry"]),
    ("Lowry said no. Mike Lowry left.", ["Mike Lowry"]),
    ("Senator Ida Lowry came. Mr Lowry said no.", ["Lowry"]),
    ("Ida Lowry and her husband Karl Lowry came. Mrs Lowry said no.", ["Ida Lowry"]),
    ("Polar's Lowry said no. Mike Lowry left.", ["Mike Lowry"]),
    ("President Ida Lowry said no. The president said it twice.", ["Ida Lowry", "Ida Lowry"]),
    ("Ida Lowry, the finance minister, said no. The minister said it twice.", ["Ida Lowry", "Ida Lowry"]),
    ("Ida Lowry said no. She said it twice.", ["Ida Lowry", "Ida Lowry"]),
    ("Ida Lowry met Karl Benn. He said no.", ["Karl Benn"]),
    ("The Danish regulator said no. It said it twice.", ["Danish regulator", "Danish regulator"]),
    ("The prosecutors said no. They said it twice.", ["prosecutors", "prosecutors"]),
    ("Huawei sued. The company said no.", ["Huawei"]),
    ("Huawei sued. The Chinese giant said no.", ["Huawei"]),
    ("Huawei Technologies said no.", ["Huawei"]),
    ("Huawei sued. A company spokesman said no.", ["Huawei spokesman"]),
    ("A spokeswoman for Huawei said no.", ["Huawei spokeswoman"]),
    ("Huawei founder Ren Zhengfei left. Ren said no.", ["Ren Zhengfei"]),
    ("Huawei's chief financial officer, Meng Wanzhou, said no.", ["Meng Wanzhou"]),
    ("Washington said no. The US government said it twice.", ["US government", "US government"]),
    ("China said no. Beijing said it twice.", ["Chinese government", "Chinese government"]),
    ("Britain said no. The British government said it twice.", ["UK government", "UK government"]),
    ("The Department of Commerce said no.", ["US Commerce Department"]),
    ("The NCSC said no.", ["National Cyber Security Centre"]),
    ("The Nordic Mast Council (NMC) met. The NMC said no.", ["Nordic Mast Council"]),
    ("Canada's justice ministry said no.", ["Canada's justice ministry"]),
    ("American lawmakers said no.", ["US lawmakers"]),
    ("The US and Canadian governments said no.", ["US government & Canadian government"]),
    ("Ida Lowry, Karl Benn and Tom Holt said no.", ["Ida Lowry & Karl Benn & Tom Holt"]),
    ("Secretary of State Mike Lowry said no.", ["Mike Lowry"]),
    ("His lawyer said no.", ["lawyer"]),
    ("The Portuguese prime minister, Rui Melo, said no.", ["Rui Melo"]),
    ("Trump said no.", ["Donald Trump"]),
    ("MR. BENN: No.\nMS. LOWRY: Yes.\nMR. BENN: No.", ["Benn", "Lowry", "Benn"]),
    ("The weather said no.", [None]),
    ("She said no.", [None]),
    ("It said no.", [None]),
    ("Markets in London fell. He said no.", [None]),
]


@pytest.mark.parametrize(("text", "names"), NAMES)
def test_names(text: str, names: list[str | None]) -> None:
    assert [s.speaker for s in read(text, HUAWEI).statements if s.kind != "act"] == names


def test_an_identity_has_role_and_aliases() -> None:
    found = read("Ida Lowry, the finance minister, said no. Lowry said it twice. The minister said it again.", HUAWEI)
    (lowry,) = found.identities
    assert lowry.name == "Ida Lowry"
    assert lowry.role == "finance minister"
    assert set(lowry.aliases) == {"Lowry", "minister"}


def test_pronouns_are_no_aliases() -> None:
    found = read("Ida Lowry said no. She said it twice.")
    assert found.identities[0].aliases == ()


def test_relatives_of_the_same_name_stay_apart() -> None:
    found = read("Ida Lowry said no. Her brother Karl Lowry said yes.")
    assert [s.speaker for s in found.statements] == ["Ida Lowry", "Karl Lowry"]
