#!/usr/bin/env python3
"""Which features pay: trains the classifier with parts left out, added or weighted otherwise, and prints a table.

    python tests/benchmarks/feature_study.py [LABELS] [--real STATEMENTS.jsonl] [--only NAME ...]

Each line gives macro-F1 by 5-fold cross-validation that leaves whole files out, the difference to the shipped settings with its 95 % interval (bootstrap over
stories, 400 draws), macro-F1 on the speakers who are not the target's own side, and the log loss. With --real (JSON lines with text, speaker, context, label)
also macro-F1 and log loss there. One setting takes one to two minutes at 25,000 statements.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType, SimpleNamespace

import numpy as np
from sklearn.metrics import f1_score
from threadpoolctl import threadpool_limits

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
import stance.features as features
import stance.model as model
from stance.labels import load_labels
from stance.results import STANCES

SHIPPED = {"C": model.C, "GAIN": model.GAIN, "LEAST": model.LEAST, "STEM": model.STEM}


def gains(**changed: float) -> dict[str, object]:
    return {"GAIN": MappingProxyType({**model.GAIN, **{k.replace("_", " "): v for k, v in changed.items()}})}


TINY = 1e-6
NEVER = 10**9
SETTINGS: dict[str, dict[str, object]] = {
    "shipped": {},
    "words and pairs only": gains(clause=TINY, negated=TINY, context=TINY, meaning=TINY, facts=TINY, beginnings=TINY),
    "without facts": gains(facts=TINY),
    "without the clause": gains(clause=TINY) | {"LEAST": MappingProxyType({**model.LEAST, "clause pairs": NEVER})},
    "without pairs": {"LEAST": MappingProxyType({**model.LEAST, "pairs": NEVER, "clause pairs": NEVER})},
    "pairs of whole words": {"STEM": 99},
    "without beginnings": gains(beginnings=TINY),
    "without negation": gains(negated=TINY),
    "without the context": gains(context=TINY),
    "without meanings": gains(meaning=TINY),
    "meanings stronger": gains(meaning=0.6),
    "C 0.3": {"C": 0.3},
    "C 0.6": {"C": 0.6},
    "C 2": {"C": 2.0},
}  # fmt: skip


def macro(y: np.ndarray, p: np.ndarray) -> float:
    return float(f1_score(y, p.argmax(axis=1), average="macro"))


def loss(y: np.ndarray, p: np.ndarray) -> float:
    return float(-np.log(np.maximum(p[np.arange(len(y)), y], 1e-12)).mean())


def interval(y: np.ndarray, a: np.ndarray, b: np.ndarray, stories: list[str], draws: int = 400) -> tuple[float, float]:
    rng = np.random.default_rng(0)
    names, which = np.unique(stories, return_inverse=True)
    order = np.argsort(which, kind="stable")
    parts = np.split(order, np.cumsum(np.bincount(which))[:-1])
    out = []
    for _ in range(draws):
        i = np.concatenate([parts[k] for k in rng.integers(0, len(names), len(names))])
        out.append(macro(y[i], a[i]) - macro(y[i], b[i]))
    low, high = np.quantile(out, [0.025, 0.975])
    return float(low), float(high)


def study(labels: str | None, real: Path | None, only: list[str], tell: Callable[[str], None] = print) -> None:
    loaded = load_labels(labels)
    y = np.array([STANCES.index(s.stance) for s in loaded])
    own = features.Reader(loaded.target).read(loaded.statements).own
    stories = [s.story or s.source for s in loaded]
    tests = [SimpleNamespace(**json.loads(line)) for line in real.open(encoding="utf-8")] if real else []
    tests = [r for r in tests if getattr(r, "second_label", r.label) == r.label]
    truth = np.array([STANCES.index(r.label) for r in tests])
    tell(f"{len(y)} statements; " + (f"{len(truth)} real ones" if tests else "no real ones given"))
    base = None
    for name, settings in SETTINGS.items():
        if only and name not in only and name != "shipped":
            continue
        began = time.perf_counter()
        for key, value in {**SHIPPED, **settings}.items():
            setattr(model, key, value)
        p = model.out_of_fold(loaded)
        base = p if base is None else base
        low, high = interval(y, p, base, stories)
        text = f"{name:24s} cv {macro(y, p):.4f} ({macro(y, p) - macro(y, base):+.4f} [{low:+.4f}, {high:+.4f}])  others {macro(y[~own], p[~own]):.4f}  loss {loss(y, p):.3f}"
        if tests:
            with threadpool_limits(1):
                q = model.train(loaded, calibrate=False).predict_proba(tests)
            text += f"  | real {macro(truth, q):.3f}  loss {loss(truth, q):.3f}"
        tell(f"{text}  {time.perf_counter() - began:.0f} s")
    for key, value in SHIPPED.items():
        setattr(model, key, value)


if __name__ == "__main__":
    ap = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ap.add_argument("labels", nargs="?")
    ap.add_argument("--real", type=Path)
    ap.add_argument("--only", nargs="*", default=[])
    a = ap.parse_args()
    study(a.labels, a.real, a.only)
