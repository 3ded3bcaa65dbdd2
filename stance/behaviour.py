"""A model in, its behaviour out: failure rates per capability on cases with known answers, on changes that must not matter, and on changes that must.

After Ribeiro et al. 2020 (CheckList): minimum cases, invariances, directions. The cases are data: `data/hard_cases.csv` (1,400 statements written
as traps, by the codebook rule that they test) and `data/directions.csv` (pairs). Nothing here trains.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from stance.features import Reader
from stance.labels import Labelled
from stance.results import STANCES

if TYPE_CHECKING:
    from stance.model import Model

__all__ = ["Capability", "behaviour"]

SAME: Final = 1e-9
"""Probabilities that differ by less are the same."""
STAND_IN_NAME: Final = "Robin Vexley"
"""Who is put in a speaker's place; nobody of that name is in the labels."""
_DATA: Final = Path(__file__).resolve().parent / "data"


@dataclass(frozen=True, slots=True)
class Capability:
    """How often one capability fails.

    Attributes
    ----------
    name, test
        The capability, and its kind: minimum (a known answer), invariance (the answer must stay) or direction (it must move).
    n, failures
        Cases and failed cases.
    examples
        Up to three ids or texts that failed.
    """

    name: str
    test: str
    n: int
    failures: int
    examples: tuple[str, ...] = ()

    @property
    def rate(self) -> float:
        """Share of the cases that fail."""
        return self.failures / self.n if self.n else 0.0

    def __str__(self) -> str:
        return f"{self.test:10s} {self.name:28s} n {self.n:5d}  fails {self.rate:.3f}"


def behaviour(model: Model) -> tuple[Capability, ...]:
    """Run the suite; it is about Huawei, so it says nothing about models for other targets."""
    cases = _hard_cases()
    own = Reader(model.target).read(cases).own
    out = list(_minimum(model, cases))
    for name, change in _CHANGES.items():
        # The target's own people are a role that counts, so they change places with nobody.
        pairs = [(c, changed) for c, of_target in zip(cases, own, strict=True) if not of_target and (changed := change(c)) is not None]
        before, after = model.predict_proba([a for a, _ in pairs]), model.predict_proba([b for _, b in pairs])
        out.append(_capability(name, "invariance", [a.id for a, _ in pairs], np.abs(before - after).max(axis=1) > SAME))
    return (*out, *_directions(model))


def _capability(name: str, test: str, ids: Sequence[str], failed: Sequence[bool] | np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Capability:
    wrong = [i for i, f in zip(ids, failed, strict=True) if f]
    return Capability(name, test, len(ids), len(wrong), tuple(wrong[:3]))


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (_DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(line for line in file if not line.startswith("# "))


def _hard_cases() -> list[Labelled]:
    return [
        Labelled(r["id"], r["text"], r["stance"], r["speaker"] or None, r["context"], r["kind"], r["about_target"] == "true", note=r["note"])
        for r in _rows("hard_cases.csv")
    ]


def _minimum(model: Model, cases: Sequence[Labelled]) -> Iterator[Capability]:
    said = model.predict_proba(cases).argmax(axis=1)
    groups: dict[str, list[int]] = defaultdict(list)
    for i, c in enumerate(cases):
        rule = c.note.split(",")[0].split(";")[0].strip()
        groups[f"rule {int(rule):02d}" if rule.isdigit() else "off target" if not c.about_target else "no rule named"].append(i)
    for name, at in sorted(groups.items()):
        yield _capability(name, "minimum", [cases[i].id for i in at], [STANCES[said[i]] != cases[i].stance for i in at])


def _another_speaker(c: Labelled) -> Labelled | None:
    name = (c.speaker or "").split(",")[0]
    if len(name.split()) != 2 or not name.istitle() or name not in c.text:
        return None
    last, new_last = name.split()[-1], STAND_IN_NAME.split()[-1]

    def swap(text: str) -> str:
        return text.replace(name, STAND_IN_NAME).replace(last, new_last)

    return replace(c, text=swap(c.text), context=swap(c.context), speaker=swap(c.speaker or ""))


def _curly(c: Labelled) -> Labelled | None:
    parts = c.text.split('"')
    if len(parts) < 3 or len(parts) % 2 == 0:
        return None
    return replace(c, text="".join(p + ("“" if i % 2 == 0 else "”") for i, p in enumerate(parts[:-1])) + parts[-1])


_CHANGES: Final[Mapping[str, Callable[[Labelled], Labelled | None]]] = {
    "another speaker": _another_speaker,
    "curly quotation marks": _curly,
    "white space": lambda c: replace(c, text="  " + c.text.replace(" ", "\n  ") + " "),
}


def _directions(model: Model) -> Iterator[Capability]:
    groups: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    for r in _rows("directions.csv"):
        pair = [Labelled("", r[side], r["label"], r["speaker"]) for side in ("before", "after")]
        p = model.predict_proba(pair)
        k = STANCES.index(r["label"])
        failed = p[1, k] <= p[0, k] if r["how"] == "moves" else p[1].argmax() != k
        groups[r["capability"]].append((r["after"], bool(failed)))
    for name, found in groups.items():
        yield _capability(name, "direction", [text for text, _ in found], [f for _, f in found])
