"""How good is a model of these labels: takes a labels folder, gives figures from cross-validation by source, with baselines; it keeps no model."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from stance.errors import InputError
from stance.labels import Labelled, LabelSet
from stance.results import STANCES

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from stance.behaviour import Capability

__all__ = ["Bin", "Evaluation", "Scores", "calibration_error", "evaluate", "reliability", "score"]

DRAWS: Final = 400
"""Bootstrap draws for an interval; the bounds move by less than 0.002 between 400 and 2,000."""
BINS: Final = 10
"""Bins of equal size in the reliability table."""
CURVE: Final = (1 / 8, 1 / 4, 1 / 2, 1)
"""Shares of the stories that the learning curve is drawn at."""


@dataclass(frozen=True, slots=True)
class Scores:
    """Figures over some statements.

    Attributes
    ----------
    n, macro_f1, accuracy
        Statements; unweighted mean of the three F1; share labelled right.
    low, high
        95 % interval of macro-F1, bootstrap over stories; nan where it was not asked for.
    per_label
        For each stance precision, recall, F1 and n.
    confusion
        Rows: the label, columns: what the model says, in the order of STANCES.
    """

    n: int
    macro_f1: float
    accuracy: float
    low: float
    high: float
    per_label: tuple[tuple[str, float, float, float, int], ...]
    confusion: tuple[tuple[int, int, int], ...]

    def __str__(self) -> str:
        interval = f" [{self.low:.3f}, {self.high:.3f}]" if not math.isnan(self.low) else ""
        return f"macro-F1 {self.macro_f1:.3f}{interval}  accuracy {self.accuracy:.3f}  n {self.n:,}"


@dataclass(frozen=True, slots=True)
class Bin:
    """One line of a reliability table: n statements, their mean confidence and the share of them labelled right."""

    n: int
    confidence: float
    right: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What `evaluate` found; `str()` is a report, `to_frame()` a table, `to_dict()` plain data, `plot()` a picture.

    Attributes
    ----------
    overall, others
        All statements; those whose speaker is not of the target's own side.
    parts
        (what, value, Scores) by kind and by source.
    baselines
        (name, Scores): the commonest label, and scikit-learn's TF-IDF with logistic regression as they come, on the same folds.
    bins, calibration_error
        Reliability, and the expected calibration error over bins of equal size.
    flags
        (flag, n, share labelled right with it, share without it).
    curve
        (statements trained on, macro-F1) when asked for.
    behaviour
        Failure rates per capability when asked for.
    split
        How the statements were split.
    """

    overall: Scores
    others: Scores
    parts: tuple[tuple[str, str, Scores], ...]
    baselines: tuple[tuple[str, Scores], ...]
    bins: tuple[Bin, ...]
    calibration_error: float
    flags: tuple[tuple[str, int, float, float], ...]
    curve: tuple[tuple[int, float], ...]
    behaviour: tuple[Capability, ...]
    split: str

    def __repr__(self) -> str:
        return f"Evaluation({self.overall}; {self.split})"

    def __str__(self) -> str:
        lines = [f"Split: {self.split}", "", f"{'this model':28s} {self.overall}", f"{'  speakers of other sides':28s} {self.others}"]
        lines += [f"{name:28s} {s}" for name, s in self.baselines]
        lines += ["", f"{'label':14s} {'precision':>9s} {'recall':>7s} {'F1':>6s} {'n':>7s}     said " + " ".join(f"{k:>11s}" for k in STANCES)]
        for (k, p, r, f, n), row in zip(self.overall.per_label, self.overall.confusion, strict=True):
            lines.append(f"{k:14s} {p:9.3f} {r:7.3f} {f:6.3f} {n:7,d}          " + " ".join(f"{c:11,d}" for c in row))
        lines += ["", *(f"{what:7s} {value:48s} {s}" for what, value, s in self.parts)]
        table = "  ".join(f"{b.confidence:.2f} > {b.right:.2f}" for b in self.bins)
        lines += ["", f"Calibration error {self.calibration_error:.3f}:  confidence > right  {table}"]
        lines += ["", "Flags: share right with and without", *(f"  {name:15s} n {n:6,d}  {a:.3f}  {b:.3f}" for name, n, a, b in self.flags)]
        if self.curve:
            lines += ["", "Learning curve: " + "  ".join(f"{n:,}: {f:.3f}" for n, f in self.curve)]
        if self.behaviour:
            lines += ["", "Behaviour", *(f"  {c}" for c in self.behaviour)]
        return "\n".join(lines)

    def _rows(self) -> list[tuple[str, str, Scores]]:
        return [("all", "", self.overall), ("others", "", self.others), *(("baseline", name, s) for name, s in self.baselines), *self.parts]

    def to_frame(self) -> pd.DataFrame:
        """A row for the whole, for each baseline and for each part: what, value, n, macro_f1, low, high, accuracy and F1 of each label."""
        import pandas as pd

        rows = [[what, value, s.n, s.macro_f1, s.low, s.high, s.accuracy, *(x[3] for x in s.per_label)] for what, value, s in self._rows()]
        return pd.DataFrame(rows, columns=["what", "value", "n", "macro_f1", "low", "high", "accuracy", *(f"f1_{k}" for k in STANCES)])

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain data that JSON can hold; a missing interval is None."""

        def plain(s: Scores) -> dict[str, Any]:
            labels = {k: {"precision": p, "recall": r, "f1": f, "n": n} for k, p, r, f, n in s.per_label}
            bounds = [None if math.isnan(x) else x for x in (s.low, s.high)]
            return {"n": s.n, "macro_f1": s.macro_f1, "interval": bounds, "accuracy": s.accuracy, "labels": labels, "confusion": [list(r) for r in s.confusion]}

        return {
            "split": self.split, "overall": plain(self.overall), "others": plain(self.others), "baselines": {name: plain(s) for name, s in self.baselines},
            "parts": [{"what": w, "value": v, **plain(s)} for w, v, s in self.parts], "calibration_error": self.calibration_error,
            "reliability": [{"n": b.n, "confidence": b.confidence, "right": b.right} for b in self.bins],
            "flags": [{"flag": f, "n": n, "right_with": a, "right_without": b} for f, n, a, b in self.flags],
            "curve": [{"statements": n, "macro_f1": f} for n, f in self.curve],
            "behaviour": [{"test": c.test, "capability": c.name, "n": c.n, "failures": c.failures, "rate": c.rate} for c in self.behaviour],
        }  # fmt: skip

    def plot(self, ax: Axes | None = None, *, what: str = "reliability") -> Axes:
        """Draw one of "reliability" (how often the model is right at each confidence), "confusion" and "curve" (the learning curve).

        Raises
        ------
        InputError
            `what` is none of these, or no learning curve was asked for.
        MissingExtra
            matplotlib is not installed.
        """
        from stance.plots import new_axes

        if what == "confusion":
            ax = new_axes(ax, (4.6, 4.2))
            rows = np.array(self.overall.confusion, float)
            shares = rows / np.maximum(1, rows.sum(axis=1, keepdims=True))
            ax.imshow(shares, cmap="Greys", vmin=0, vmax=1)
            for i in range(len(STANCES)):
                for j in range(len(STANCES)):
                    ax.text(j, i, f"{rows[i, j]:,.0f}\n{shares[i, j]:.0%}", ha="center", va="center", color="white" if shares[i, j] > 0.5 else "black")
            ax.set_xticks(range(len(STANCES)), STANCES)
            ax.set_yticks(range(len(STANCES)), STANCES)
            ax.set_xlabel("the model says")
            ax.set_ylabel("the label")
            ax.set_title(f"Confusion, n {self.overall.n:,}")
            return ax
        if what == "curve":
            if not self.curve:
                raise InputError("there is no learning curve: ask for one with evaluate(..., curve=True)")
            ax = new_axes(ax, (5.0, 3.6))
            sizes, figures = zip(*self.curve, strict=True)
            ax.plot(sizes, figures, marker="o", color="#0072B2")
            ax.set_xscale("log", base=2)
            ax.set_xticks(sizes, [f"{n:,}" for n in sizes])
            ax.set_xlabel("statements")
            ax.set_ylabel("macro-F1, sources left out")
            ax.set_title("Learning curve")
            return ax
        if what != "reliability":
            raise InputError(f"what must be 'reliability', 'confusion' or 'curve', found {what!r}")
        ax = new_axes(ax, (5.0, 5.0))
        ax.plot([0.3, 1], [0.3, 1], color="#777777", linewidth=1, linestyle="--")
        ax.plot([b.confidence for b in self.bins], [b.right for b in self.bins], marker="o", color="#0072B2")
        ax.set_xlabel("confidence")
        ax.set_ylabel("share labelled right")
        ax.set_title(f"Reliability, n {self.overall.n:,}, calibration error {self.calibration_error:.3f}")
        return ax


def score(truth: Sequence[str], said: Sequence[str], groups: Sequence[str] | None = None) -> Scores:
    """Figures for labels said against labels true; with groups (stories) also an interval that draws whole groups.

    Raises
    ------
    InputError
        There are no statements, or the lengths differ.

    Examples
    --------
    >>> print(score(["soft", "soft", "neutral"], ["soft", "neutral", "neutral"]))
    macro-F1 0.444  accuracy 0.667  n 3
    """
    if not truth or len(truth) != len(said):
        raise InputError(f"needs as many labels said as true, and at least one (found {len(said)} and {len(truth)})")
    y = np.array([STANCES.index(k) for k in truth])
    p = np.array([STANCES.index(k) for k in said])
    table = _confusion(y, p)
    low = high = math.nan
    if groups is not None:
        names, which = np.unique(np.array(groups), return_inverse=True)
        tables = np.zeros((len(names), 3, 3), np.int64)
        np.add.at(tables, (which, y, p), 1)
        rng = np.random.default_rng(0)
        drawn = [_macro(tables[rng.integers(0, len(names), len(names))].sum(axis=0)) for _ in range(DRAWS)]
        low, high = (float(q) for q in np.quantile(drawn, [0.025, 0.975]))
    per_label = []
    for k, name in enumerate(STANCES):
        right, told, there = table[k, k], table[:, k].sum(), table[k].sum()
        per_label.append((name, float(right / told) if told else 0.0, float(right / there) if there else 0.0, _f1(table, k), int(there)))
    rows = tuple((int(a), int(b), int(c)) for a, b, c in table)
    return Scores(len(y), _macro(table), float((y == p).mean()), low, high, tuple(per_label), rows)


def _confusion(y: NDArray[np.int64], p: NDArray[np.int64]) -> NDArray[np.int64]:
    table = np.zeros((3, 3), np.int64)
    np.add.at(table, (y, p), 1)
    return table


def _f1(table: NDArray[np.int64], k: int) -> float:
    both = table[k].sum() + table[:, k].sum()
    return float(2 * table[k, k] / both) if both else 0.0


def _macro(table: NDArray[np.int64]) -> float:
    return sum(_f1(table, k) for k in range(3)) / 3


def reliability(p: NDArray[np.float64], y: NDArray[np.int64], bins: int = BINS) -> tuple[Bin, ...]:
    """The reliability table: statements by confidence in bins of equal size; p has shape (n, 3), y holds places in STANCES."""
    order = np.argsort(p.max(axis=1), kind="stable")
    sure, right = p.max(axis=1), p.argmax(axis=1) == y
    return tuple(Bin(len(part), float(sure[part].mean()), float(right[part].mean())) for part in np.array_split(order, bins) if len(part))


def calibration_error(table: Sequence[Bin]) -> float:
    """Expected calibration error: the mean distance between confidence and share right (Naeini et al. 2015), here over bins of equal size."""
    n = sum(b.n for b in table)
    return sum(b.n / n * abs(b.confidence - b.right) for b in table)


def evaluate(labels: str | Path | LabelSet | None = None, *, behaviour: bool = False, curve: bool = False, folds: int = 5) -> Evaluation:
    """Evaluate the classifier on a labels folder by cross-validation that leaves whole sources out.

    Parameters
    ----------
    labels
        A folder, labels loaded already, or None for those that came with the package.
    behaviour
        Also train on all labels and run the behaviour suite (`stance.behaviour`).
    curve
        Also train on an eighth, a quarter and half of the stories.
    folds
        Parts; sources (story files, or a row's `source`) are never divided between them.

    Raises
    ------
    LabelError
        The folder has faults.
    ModelError
        There is too little to learn from.
    """
    from stance.features import Reader
    from stance.model import FLAGS, load_checked, out_of_fold, train

    loaded = load_checked(labels)
    rows = loaded.statements
    p = out_of_fold(loaded, folds)
    y = np.array([STANCES.index(s.stance) for s in rows])
    truth, said = [s.stance for s in rows], [STANCES[k] for k in p.argmax(axis=1)]
    stories = [s.story or s.source for s in rows]
    own = Reader(loaded.target).read(rows).own
    parts: list[tuple[str, str, Scores]] = []
    for what in ("kind", "source"):
        for value in sorted({getattr(s, what) or "not given" for s in rows}):
            at = [i for i, s in enumerate(rows) if (getattr(s, what) or "not given") == value]
            parts.append((what, value, _at(truth, said, at)))
    bins = reliability(p, y)
    full = train(loaded, calibrate=False) if behaviour else None
    held = _flags(loaded, p)
    right = p.argmax(axis=1) == y
    flags = []
    for name in (*FLAGS, "any flag"):
        on = np.array([name in f or (name == "any flag" and bool(f)) for f in held])
        if on.any() and not on.all():
            flags.append((name, int(on.sum()), float(right[on].mean()), float(right[~on].mean())))
    suite: tuple[Capability, ...] = ()
    if full is not None:
        from stance.behaviour import behaviour as run

        suite = run(full)
    return Evaluation(
        overall=score(truth, said, stories),
        others=_at(truth, said, [i for i, o in enumerate(own) if not o] or list(range(len(rows))), stories),
        parts=tuple(parts),
        baselines=_baselines(rows, truth, folds),
        bins=bins,
        calibration_error=calibration_error(bins),
        flags=tuple(flags),
        curve=tuple(_curve(loaded, folds, p)) if curve else (),
        behaviour=suite,
        split=f"{folds}-fold cross-validation over {len({s.source for s in rows})} sources, none of them divided",
    )


def _at(truth: Sequence[str], said: Sequence[str], at: Sequence[int], stories: Sequence[str] | None = None) -> Scores:
    return score([truth[i] for i in at], [said[i] for i in at], None if stories is None else [stories[i] for i in at])


def _flags(labels: LabelSet, p: NDArray[np.float64]) -> list[tuple[str, ...]]:
    """The flags of every statement; unknown words are counted against the vocabulary of all labels, so that flag is seldom set here."""
    from stance.model import flags_of, reader_of

    return flags_of(reader_of(labels).read(labels.statements), p)


def _baselines(rows: Sequence[Labelled], truth: Sequence[str], folds: int) -> tuple[tuple[str, Scores], ...]:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from threadpoolctl import threadpool_limits

    from stance.model import split

    common = Counter(truth).most_common(1)[0][0]
    texts = np.array([s.text for s in rows], dtype=object)
    y = np.array(truth, dtype=object)
    said = np.full(len(y), common, dtype=object)
    with threadpool_limits(1):
        for seen, held in split([s.source for s in rows], folds):
            said[held] = make_pipeline(TfidfVectorizer(), LogisticRegression(max_iter=300)).fit(texts[seen], y[seen].astype(str)).predict(texts[held])
    return (("always the commonest label", score(truth, [common] * len(y))), ("TF-IDF, logistic regression", score(truth, said.tolist())))


def _curve(labels: LabelSet, folds: int, p: NDArray[np.float64]) -> list[tuple[int, float]]:
    """Macro-F1 by the number of statements; parts are whole stories, drawn from every source alike."""
    from dataclasses import replace

    from stance.model import out_of_fold

    stories = sorted({s.story or s.source for s in labels})
    np.random.default_rng(0).shuffle(stories)
    out = []
    for share in CURVE:
        chosen = set(stories[: max(1, round(share * len(stories)))])
        part = replace(labels, statements=tuple(s for s in labels if (s.story or s.source) in chosen))
        if min(Counter(s.stance for s in part).values(), default=0) < folds:
            continue
        q = p if share == 1 else out_of_fold(part, folds)
        out.append((len(part), score([s.stance for s in part], [STANCES[k] for k in q.argmax(axis=1)]).macro_f1))
    return out
