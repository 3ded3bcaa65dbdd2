"""The classifier: labelled statements in, a Model out; a Model gives probabilities, reasons and flags, and is stored as plain data that no code runs from."""

from __future__ import annotations

import hashlib
import io
import json
import math
import os
import tempfile
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np

from stance.errors import LabelError, ModelError
from stance.features import BLOCKS, FACTS, Names, Unit, read, units
from stance.results import STANCES, Span
from stance.target import Target, target_from_dict

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from stance.labels import LabelSet

__all__ = ["FLAGS", "Contribution", "Explanation", "Model", "Row", "load_model", "train"]

FLAGS: Final[Mapping[str, str]] = MappingProxyType({
    "off_target": "nothing in the text or its context names the target",
    "context_only": "only the context names the target",
    "low_margin": "the two likeliest labels are close together",
    "unknown_words": "many of its words are unknown to the model",
    "no_speaker": "no speaker is given, so the whole text was read as one voice",
})
"""Reasons to be careful with a statement."""

FORMAT: Final = 1
"""Number of the file format; raise it when an older library would misread a newer file, and keep reading the older ones."""
LARGEST_FILE: Final = 64 * 2**20
"""Bytes that a model file may unpack to; the shipped one takes under 8 MB."""
STEP: Final = 1 / 64
"""Weights are rounded to this step: it costs nothing measurable and makes rebuilds the same byte for byte."""
LOW_MARGIN: Final = 0.2
"""Difference between the two largest probabilities under which `low_margin` is set."""
UNKNOWN: Final = 0.3
"""Share of unknown words over which `unknown_words` is set."""
C: Final = 3.0
"""Inverse strength of the L2 penalty, chosen by grouped cross-validation (tests/benchmarks/feature_study.py)."""
GAIN: Final[Mapping[str, float]] = MappingProxyType({"words": 0.2, "pairs": 0.2, "letters": 0.2, "clause words": 0.2, "clause pairs": 0.2, "context words": 0.1, "facts": 0.5})
"""How strongly each block counts before training; a larger gain means a weaker penalty on its weights."""
LEAST: Final[Mapping[str, int]] = MappingProxyType({"words": 2, "pairs": 2, "letters": 4, "clause words": 3, "clause pairs": 3, "context words": 3, "facts": 1})
"""Statements that a unit must occur in to be learned."""
_DATED: Final = (1980, 1, 1, 0, 0, 0)


class Row(Protocol):
    """What the classifier works from."""

    @property
    def text(self) -> str: ...
    @property
    def speaker(self) -> str | None: ...
    @property
    def context(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one unit adds to the label's score; its span counts code points of the text or the context (`where`), None for a fact about the whole."""

    feature: str
    value: float
    span: Span | None
    where: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a label: `score == bias + sum of the contributions' values` exactly; score is the label's logit after calibration, minus the mean over the labels."""

    label: str
    score: float
    bias: float
    contributions: tuple[Contribution, ...]


class Model:
    """A trained classifier; made by `train` or `load_model`."""

    __slots__ = ("_names", "_tables", "about", "bias", "fingerprint", "target", "temperature", "vocabularies", "weights")

    def __init__(self, target: Target, vocabularies: Mapping[str, Sequence[str]], weights: Mapping[str, NDArray[np.int16]],
                 bias: NDArray[np.float64], temperature: float, about: Mapping[str, Any]) -> None:
        self.target = target
        self.vocabularies = {b: tuple(v) for b, v in vocabularies.items()}
        self.weights = dict(weights)
        self.bias = bias
        self.temperature = temperature
        self.about = MappingProxyType(dict(about))
        self.fingerprint = str(about["fingerprint"])
        self._names = Names(target)
        self._tables = {b: dict(zip(v, (weights[b].astype(np.float64) * STEP).tolist(), strict=True)) for b, v in self.vocabularies.items()}

    def __repr__(self) -> str:
        return f"Model({self.target.name}, {self.about['n']} statements, {self.fingerprint})"

    def scores(self, rows: Iterable[Row]) -> NDArray[np.float64]:
        """Uncalibrated scores, (n, 3)."""
        out = []
        for row in rows:
            total = self.bias.copy()
            for block, found in _by_block(units(read(row.text, row.speaker, row.context, self._names))).items():
                table = self._tables[block]
                known = [w for u in found if (w := table.get(u.name)) is not None]
                if known:
                    total += np.sum(known, axis=0) * (1.0 if block in FACTS else 1 / math.sqrt(len(found)))
            out.append(total)
        return np.array(out).reshape(-1, len(STANCES))

    def predict_proba(self, rows: Iterable[Row]) -> NDArray[np.float64]:
        """Calibrated probabilities in [0, 1], shape (n, 3), columns in the order of `stance.results.STANCES`."""
        return softmax(self.scores(rows) / self.temperature)

    def explain(self, row: Row) -> Explanation:
        """The contributions to the score of the row's likeliest label, largest first; they sum to the score exactly."""
        scores = self.scores([row])[0]
        best = int(np.argmax(scores))

        def own(w: Any) -> float:
            return float((w[best] - (w[0] + w[1] + w[2]) / 3) / self.temperature)

        out = []
        for block, found in _by_block(units(read(row.text, row.speaker, row.context, self._names))).items():
            scale = 1.0 if block in FACTS else 1 / math.sqrt(len(found))
            for u in found:
                w = self._tables[block].get(u.name)
                if w is not None:
                    source = row.text if u.where == "text" else row.context
                    span = Span(u.start, u.end, source[u.start:u.end]) if u.where else None
                    out.append(Contribution(f"{block}: {u.name}", own(w) * scale, span, u.where))
        out.sort(key=lambda c: (-abs(c.value), c.feature))
        bias = own(self.bias)
        return Explanation(STANCES[best], math.fsum([bias, *(c.value for c in out)]), bias, tuple(out))

    def flags(self, row: Row, probabilities: Sequence[float] | None = None) -> tuple[str, ...]:
        """The names of FLAGS that hold for a row."""
        reading = read(row.text, row.speaker, row.context, self._names)
        named = any(t.role in ("T", "P") for t in reading.tokens) or reading.own
        near = any(t.role in ("T", "P") for t in reading.context)
        p = sorted(self.predict_proba([row])[0] if probabilities is None else probabilities)
        words = [t.word for t in reading.tokens if t.word[0].isalpha()]
        unknown = sum(w not in self._tables["words"] for w in words)
        held = {"off_target": not named and not near, "context_only": not named and near, "low_margin": p[-1] - p[-2] < LOW_MARGIN,
                "unknown_words": unknown > UNKNOWN * max(1, len(words)), "no_speaker": not row.speaker}
        return tuple(name for name in FLAGS if held[name])

    def card(self) -> str:
        """The model card as text: what it is for, what it was trained on, how well it does, its limits, its fingerprint."""
        return "\n".join(f"{k}: {v}" for k, v in self.about.items())

    def save(self, path: str | Path) -> None:
        """Write the model as a zip of JSON and npy; atomic: a killed save leaves the old file or the new one."""
        path = Path(path)
        data = self.to_bytes()
        handle, name = tempfile.mkstemp(dir=path.parent or ".", prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as f:
                f.write(data)
                f.flush()
                os.fsync(f.fileno())
            os.chmod(name, 0o644)
            os.replace(name, path)
        except BaseException:
            os.unlink(name)
            raise

    def to_bytes(self) -> bytes:
        """The model file's content; the same model gives the same bytes."""
        head = {"format": FORMAT, "library": "stance", "target": self.target.to_dict(), "blocks": list(self.vocabularies), "temperature": self.temperature,
                "bias": self.bias.tolist(), "about": dict(self.about)}
        parts = {"model.json": json.dumps(head, ensure_ascii=False, indent=1).encode(),
                 "vocabulary.json": json.dumps(self.vocabularies, ensure_ascii=False, separators=(",", ":")).encode()}
        for block, w in self.weights.items():
            buffer = io.BytesIO()
            np.lib.format.write_array(buffer, np.ascontiguousarray(w), version=(1, 0), allow_pickle=False)
            parts[f"{block}.npy"] = buffer.getvalue()
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as z:
            for name, content in parts.items():
                z.writestr(zipfile.ZipInfo(name, _DATED), content, zipfile.ZIP_DEFLATED, 9)
        return out.getvalue()


def _by_block(found: Iterable[Unit]) -> dict[str, list[Unit]]:
    out: dict[str, list[Unit]] = defaultdict(list)
    for u in found:
        out[u.block].append(u)
    return out


def softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rows of scores to rows of probabilities."""
    e = np.exp(scores - scores.max(axis=1, keepdims=True)) if len(scores) else scores
    return np.asarray(e / e.sum(axis=1, keepdims=True)) if len(scores) else scores


def load_model(path: str | Path | None = None) -> Model:
    """Load a model file; None for the shipped one, which is read once.

    Raises
    ------
    ModelError
        The file is missing, damaged, no model of this library, or written by a newer one. Nothing in it is ever run.
    """
    return _shipped() if path is None else _load(Path(path))


@lru_cache(maxsize=1)
def _shipped() -> Model:
    return _load(Path(__file__).resolve().parent / "data" / "huawei.stance")


def _load(path: Path) -> Model:
    try:
        with zipfile.ZipFile(path) as z:
            if sum(i.file_size for i in z.infolist()) > LARGEST_FILE:
                raise ModelError(f"{path}: unpacks to more than {LARGEST_FILE:,} bytes; this is no model of this library")
            head = json.loads(z.read("model.json"))
            if not isinstance(head, dict) or head.get("library") != "stance":
                raise ModelError(f"{path}: is no stance model")
            if not isinstance(head.get("format"), int) or head["format"] > FORMAT:
                raise ModelError(f"{path}: has model format {head.get('format')!r}, this library reads up to {FORMAT}; a newer stance wrote it")
            vocabularies = json.loads(z.read("vocabulary.json"))
            weights = {}
            for block in head["blocks"]:
                w = np.lib.format.read_array(io.BytesIO(z.read(f"{block}.npy")), allow_pickle=False)
                if w.dtype != np.int16 or w.shape != (len(vocabularies[block]), len(STANCES)):
                    raise ValueError(f"the weights of {block} do not fit its vocabulary")
                weights[block] = w
        if tuple(head["blocks"]) != BLOCKS:
            raise ValueError("its blocks are not this library's")
        bias = np.array(head["bias"], np.float64)
        if bias.shape != (len(STANCES),) or not np.isfinite(bias).all() or not 0 < float(head["temperature"]) < math.inf:
            raise ValueError("its bias or temperature is no number")
        return Model(target_from_dict(head["target"], str(path)), vocabularies, weights, bias, float(head["temperature"]), head["about"])
    except FileNotFoundError:
        raise ModelError(f"{path}: there is no such model file") from None
    except ModelError:
        raise
    except zipfile.BadZipFile:
        raise ModelError(f"{path}: is no model file (not a zip archive, or damaged)") from None
    except (OSError, KeyError, ValueError, TypeError, AttributeError, EOFError, NotImplementedError, RuntimeError, LabelError, zipfile.error) as error:
        raise ModelError(f"{path}: is damaged or no stance model: {error}") from None


# ---- training -------------------------------------------------------------------------------------------------------------------------------------------


def train(labels: str | Path | LabelSet | None = None, *, calibrate: bool = True, folds: int = 5) -> Model:
    """Train a model on a labels folder (None: the one that came with the package) or a LabelSet.

    The same labels give the same model bit for bit, whatever their order, the number of threads or the hash seed.

    Raises
    ------
    LabelError
        The folder has faults.
    ModelError
        Fewer than two labels, or too few statements to learn from.
    """
    from threadpoolctl import threadpool_limits

    from stance.labels import LabelSet, load_labels

    labels = labels if isinstance(labels, LabelSet) else load_labels(labels)
    rows = sorted(labels.statements, key=lambda s: (s.text, s.speaker or "", s.context, s.stance, s.source))
    counts = Counter(s.stance for s in rows)
    missing = [k for k in STANCES if counts[k] < 2]
    if missing:
        raise ModelError(f"a model needs at least two statements of each stance; {', '.join(missing)} has fewer (found {dict(counts)})")
    names = Names(labels.target)
    read_rows = [_by_block(units(read(s.text, s.speaker, s.context, names))) for s in rows]
    y = np.array([STANCES.index(s.stance) for s in rows])
    with threadpool_limits(1):
        vocabularies, idf = _vocabularies(read_rows)
        x = _matrix(read_rows, vocabularies, idf)
        temperature = _temperature(x, y, [s.source for s in rows], folds) if calibrate else 1.0
        coef, bias = _fit(x, y)
    weights, at = {}, 0
    for block, names_of in vocabularies.items():
        n = len(names_of)
        w = coef[:, at:at + n].T * (idf[block] * GAIN[block])[:, None]
        weights[block] = np.clip(np.rint(w / STEP), -32767, 32767).astype(np.int16)
        at += n
    settings = {"C": C, "gain": dict(GAIN), "least": dict(LEAST), "step": STEP, "calibrate": calibrate, "folds": folds}
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()
    about = {"n": len(rows), "labels": labels.hash(), "settings": settings,
             "fingerprint": f"stance {_version()} labels {labels.hash()[:12]} settings {digest[:8]}"}
    return Model(labels.target, vocabularies, weights, np.rint(bias / STEP) * STEP, temperature, about)


def _version() -> str:
    try:
        return version("stance")
    except PackageNotFoundError:
        return "0"


def _vocabularies(rows: Sequence[Mapping[str, Sequence[Unit]]]) -> tuple[dict[str, list[str]], dict[str, NDArray[np.float64]]]:
    seen: dict[str, Counter[str]] = {b: Counter() for b in BLOCKS}
    for row in rows:
        for block, found in row.items():
            seen[block].update({u.name for u in found})
    names = {b: sorted(n for n, c in seen[b].items() if c >= LEAST[b]) for b in BLOCKS}
    idf = {b: np.ones(len(v)) if b in FACTS else np.array([math.log((1 + len(rows)) / (1 + seen[b][n])) + 1 for n in v]) for b, v in names.items()}
    return names, idf


def _matrix(rows: Sequence[Mapping[str, Sequence[Unit]]], vocabularies: Mapping[str, Sequence[str]], idf: Mapping[str, NDArray[np.float64]]) -> csr_matrix:
    from scipy import sparse

    parts = []
    for block, names in vocabularies.items():
        index = {n: i for i, n in enumerate(names)}
        columns: list[int] = []
        values: list[float] = []
        ends = [0]
        for row in rows:
            found = row.get(block, ())
            known = [index[u.name] for u in found if u.name in index]
            columns += known
            values += [1.0 if block in FACTS else 1 / math.sqrt(max(1, len(found)))] * len(known)
            ends.append(len(columns))
        m = sparse.csr_matrix((values, columns, ends), shape=(len(rows), len(names)))
        m.sum_duplicates()
        parts.append(m @ sparse.diags(idf[block] * GAIN[block]))
    return sparse.hstack(parts).tocsr()


def _fit(x: csr_matrix, y: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=C, class_weight="balanced", max_iter=400, tol=1e-4).fit(x, y)
    return fitted.coef_, fitted.intercept_


def _temperature(x: csr_matrix, y: NDArray[np.int64], groups: Sequence[str], folds: int) -> float:
    """The temperature that makes out-of-fold probabilities likeliest; whole sources are left out together (rows where there are too few)."""
    from scipy.optimize import minimize_scalar
    from sklearn.model_selection import GroupKFold, KFold

    split = GroupKFold(folds) if len(set(groups)) >= folds else KFold(folds, shuffle=True, random_state=0)
    scores = np.zeros((len(y), len(STANCES)))
    for fit, held in split.split(x, y, groups):
        if len(set(y[fit])) < len(STANCES):
            return 1.0
        coef, bias = _fit(x[fit], y[fit])
        scores[held] = x[held] @ coef.T + bias

    def loss(log_t: float) -> float:
        p = softmax(scores / math.exp(log_t))
        return float(-np.log(np.maximum(p[np.arange(len(y)), y], 1e-12)).mean())

    best = minimize_scalar(loss, bounds=(-1.5, 2.5), method="bounded")
    return round(math.exp(float(best.x)), 2)
