"""The classifier: labelled statements in, a Model out; a Model gives probabilities, reasons and flags, and is stored as plain data that no code runs from.

A label's score is a sum over the words of a statement and the roles that each plays (`stance.features`): the weight of the word in the role,
plus the weight that its meaning has there (its word vector times a small matrix; this carries what was learned about "curb" over to
"clampdown"), plus the weights of pairs of words and of facts.
scikit-learn finds the weights; prediction only looks them up.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from stance.errors import ModelError
from stance.features import FACTS, MARKS, NEW, PAIR_ROLES, WORD_ROLES, Batch, Reader, Row
from stance.files import write_atomic
from stance.results import STANCES, Span
from stance.target import Target, target_from_dict

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from stance.labels import LabelSet

__all__ = ["FLAGS", "Contribution", "Explanation", "Model", "flags_of", "load_checked", "load_model", "out_of_fold", "reader_of", "softmax", "split",
           "train"]

FLAGS: Final[Mapping[str, str]] = MappingProxyType({
    "off_target": "nothing in the text or its context names the target",
    "context_only": "only the context names the target",
    "low_margin": "the two likeliest labels are close together",
    "unknown_words": "many of its words are unknown to the model",
    "no_speaker": "no speaker is given, so the whole text was read as one voice",
})
"""Reasons to be careful with a statement."""

FORMAT: Final = 2
"""Number of the file format, raised whenever a file of another number would be misread; such files are refused by name."""
LARGEST_FILE: Final = 64 * 2**20
"""Bytes that a model file may unpack to; the shipped one takes under 8 MB."""
STEP: Final = 1 / 128
"""Weights are rounded to this step: it costs nothing measurable and makes rebuilds the same byte for byte."""
FINE: Final = 1 / 4096
"""The step for the few weights that meet large numbers: meanings and bias."""
LOW_MARGIN: Final = 0.2
"""Difference between the two largest probabilities under which `low_margin` is set."""
UNKNOWN: Final = 0.15
"""Share of unknown words over which `unknown_words` is set."""
C: Final = 1.0
"""Inverse strength of the L2 penalty (tests/benchmarks/feature_study.py)."""
GAIN: Final[Mapping[str, float]] = MappingProxyType({"text": 0.2, "clause": 0.2, "negated": 0.3, "context": 0.1, "pairs": 0.2, "facts": 0.5, "meaning": 0.3,
                                                "beginnings": 0.15})
"""How strongly each block counts before training; a larger gain means a weaker penalty on its weights."""
LEAST: Final[Mapping[str, int]] = MappingProxyType({"text": 2, "clause": 3, "negated": 3, "context": 3, "pairs": 2, "clause pairs": 3,
                                               "beginnings": 3})
"""Statements that a word, a pair or the beginning of a word must occur in to be learned in a role."""
BEGINNINGS: Final = (4, 5, 6, 7)
"""Letters of the word beginnings through which words of one family ("restrict", "restrictions") share what is learned."""
STEM: Final = 5
"""Letters of a word that count in pairs (4 to 6 score the same)."""
FOLDS: Final = 5
"""Parts for calibration; whole sources are left out together."""
VECTOR_UNIT: Final = 1 / (24 * math.sqrt(50))
"""What one step of the 8-bit vectors is worth: they were stored times 24, and a vector of 50 numbers gets length about 1."""
MARGINAL: Final = 1e-9
"""Two scores closer than this are equal, whatever the order in which their parts were added."""
_DATED: Final = (1980, 1, 1, 0, 0, 0)
_W, _P, _K = len(WORD_ROLES), len(PAIR_ROLES), len(STANCES)


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one word, pair or fact adds to the label's score.

    Attributes
    ----------
    feature
        The word or pair and its role ("clause: ban"), or the fact.
    value
        In units of the score; positive speaks for the label.
    span
        Where it stands, in code points of the text or the context; None for a fact about the whole.
    where
        "text", "context" or "" for a fact.
    """

    feature: str
    value: float
    span: Span | None
    where: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a label: `score == math.fsum([bias, *(c.value for c in contributions)])`.

    The score is the label's calibrated logit less the mean logit of the three labels; the label is the one with the largest score.
    """

    label: str
    score: float
    bias: float
    contributions: tuple[Contribution, ...]


@lru_cache(maxsize=1)
def _vectors() -> tuple[tuple[str, ...], NDArray[np.int8]]:
    """The words that have vectors, in alphabetical order, and the vectors, (v, 50)."""
    folder = Path(__file__).resolve().parent / "lexicon"
    words = tuple((folder / "vectors.txt").read_text(encoding="utf-8").split("\n")[:-1])
    return words, np.load(folder / "vectors.npy", allow_pickle=False)


class Model:
    """A trained classifier; made by `train` or `load_model`, the same for ever, and safe to use from several threads.

    Attributes
    ----------
    target
        What the stance is about.
    about
        The card's data: numbers of statements, settings, labels hash, figures.
    fingerprint
        Package version, labels hash and settings: the same fingerprint and input give the same output.
    """

    __slots__ = ("_bias", "_facts", "_meaning", "_pair_keys", "_pair_weights", "_reader", "_stems", "_table", "_vocabulary", "_weights", "about", "fingerprint",
                 "target", "temperature")

    def __init__(self, target: Target, vocabulary: Sequence[str], weights: NDArray[np.int16], meaning: NDArray[np.int16], pair_keys: NDArray[np.int64],
                 pair_weights: NDArray[np.int16], facts: NDArray[np.int16], bias: NDArray[np.int16], temperature: float, about: Mapping[str, Any]) -> None:
        """Take the parts of a model as they stand in a file; see `to_bytes`."""
        self.target = target
        self.temperature = temperature
        self.about = MappingProxyType(dict(about))
        self.fingerprint = str(about["fingerprint"])
        self._vocabulary = tuple(vocabulary)
        self._weights, self._meaning, self._pair_keys, self._pair_weights, self._facts, self._bias = weights, meaning, pair_keys, pair_weights, facts, bias
        words, vectors = _vectors()
        own = set(vocabulary)
        extra = [i for i, w in enumerate(words) if w not in own]
        at = {w: i for i, w in enumerate(words)}
        table = np.zeros((len(vocabulary) + len(extra), _W * _K))
        table[:len(vocabulary)] = weights.reshape(len(vocabulary), -1) * STEP
        m = meaning.reshape(meaning.shape[0], -1) * (FINE * VECTOR_UNIT)
        table[len(vocabulary):] = vectors[extra] @ m
        known = [(i, at[w]) for i, w in enumerate(vocabulary) if w in at]
        if known:
            here, there = map(list, zip(*known, strict=True))
            table[here] += vectors[there] @ m
        self._table = table.reshape(-1, _W, _K)
        self._stems = _stems([*vocabulary, *(words[i] for i in extra)], vocabulary)
        self._reader = Reader(target, [*vocabulary, *(words[i] for i in extra)])

    def __repr__(self) -> str:
        return f"Model({self.target.name}, {self.about['statements']} statements, {self.fingerprint})"

    # ---- prediction

    def predict_proba(self, rows: Iterable[Row]) -> NDArray[np.float64]:
        """Calibrated probabilities, in [0, 1].

        Parameters
        ----------
        rows
            Any objects with `text`, `speaker` (or None) and `context`.

        Returns
        -------
        ndarray
            Shape (n, 3), columns in the order of `stance.results.STANCES`; each row sums to 1.
        """
        return softmax(self._scores(self._reader.read(rows)) / self.temperature)

    def label(self, rows: Iterable[Row]) -> tuple[NDArray[np.float64], list[tuple[str, ...]]]:
        """Probabilities, shape (n, 3), and the flags of each row, in one reading."""
        batch = self._reader.read(rows)
        p = softmax(self._scores(batch) / self.temperature)
        return p, flags_of(batch, p)

    def flags(self, row: Row, probabilities: Sequence[float] | None = None) -> tuple[str, ...]:
        """The names of FLAGS that hold for one row; `label` is faster for many."""
        batch = self._reader.read([row])
        p = softmax(self._scores(batch) / self.temperature) if probabilities is None else np.array([probabilities], np.float64)
        return flags_of(batch, p)[0]

    def _scores(self, batch: Batch) -> NDArray[np.float64]:
        """Uncalibrated scores, (n, 3)."""
        n = len(batch.facts)
        out = np.tile(self._bias * FINE, (n, 1))
        out += (self._facts * STEP)[batch.facts].sum(axis=1)
        known = batch.words < NEW
        at, rows = batch.words[known], batch.rows[known]
        whole, clause = _scales(batch, n)
        picked = self._table[at]
        per_word = picked[:, 0] * whole[rows, None] + picked[:, 1] * (clause[rows] * batch.inside[known])[:, None]
        per_word += picked[:, 2] * (whole[rows] * batch.negated[known])[:, None]
        known = batch.context_words < NEW
        context = self._table[batch.context_words[known], _W - 1]
        context = context * _context_scale(batch, n)[batch.context_rows[known], None]
        found, where = self._find_pairs(batch)
        weights = self._pair_weights[where] * STEP
        whole, clause = (scale[batch.rows[found]] for scale in _pair_scales(batch, n))
        per_pair = weights[:, 0] * whole[:, None] + weights[:, 1] * (clause * batch.both_inside[found])[:, None]
        for k in range(_K):
            out[:, k] += np.bincount(rows, per_word[:, k], n) + np.bincount(batch.context_rows[known], context[:, k], n)
            out[:, k] += np.bincount(batch.rows[found], per_pair[:, k], n)
        return out

    def _find_pairs(self, batch: Batch) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Which words end a known pair, and the pair's place in the weights."""
        if not len(self._pair_keys):
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        keys = _pair_of(batch, self._stems)
        at = np.minimum(np.searchsorted(self._pair_keys, keys), len(self._pair_keys) - 1)
        found = np.flatnonzero(self._pair_keys[at] == keys)
        return found, at[found]

    # ---- reasons

    def explain(self, row: Row) -> Explanation:
        """The contributions to the score of the row's label, those that weigh most first; with the bias they sum to the score exactly."""
        batch = self._reader.read([row])
        scores = self._scores(batch)[0]
        best = int(np.argmax(scores))

        def own(w: NDArray[Any]) -> float:
            return float((w[best] - w.mean()) / self.temperature)

        words = list(self._reader.vocabulary)
        spans = self._reader.spans(row.text, row)
        whole, clause = (float(scale[0]) for scale in _scales(batch, 1))
        out = [Contribution(f"fact: {FACTS[f]}", own(self._facts[f] * STEP), None, "") for f in batch.facts[0]]
        for i, at in enumerate(batch.words):
            if at < NEW:
                span = Span(*spans[i], row.text[slice(*spans[i])])
                for r, amount in enumerate((whole, clause * batch.inside[i], whole * batch.negated[i])):
                    if amount:
                        value = own(self._table[at, r] * amount)
                        out.append(Contribution(f"{WORD_ROLES[r]}: {words[at]}", value, span, "text"))
        for at, place in zip(batch.context_words, self._reader.spans(row.context, row) if row.context else (), strict=True):
            if at < NEW:
                value = own(self._table[at, _W - 1] * _context_scale(batch, 1)[0])
                out.append(Contribution(f"context: {words[at]}", value, Span(*place, row.context[slice(*place)]), "context"))
        pair_scales = [float(scale[0]) for scale in _pair_scales(batch, 1)]
        for i, at in zip(*self._find_pairs(batch), strict=True):
            first = spans[i - 1][0] if batch.lefts[i] != 0 else spans[i][0]
            span = Span(first, spans[i][1], row.text[first:spans[i][1]])
            name = f"{words[batch.lefts[i]]} {words[batch.words[i]]}"
            for r in range(_P):
                if r == 0 or batch.both_inside[i]:
                    value = own(self._pair_weights[at, r] * STEP * pair_scales[r])
                    out.append(Contribution(f"{PAIR_ROLES[r]}: {name}", value, span, "text"))
        out = sorted((c for c in out if c.value), key=lambda c: (-abs(c.value), c.feature, c.span or Span(0, 0, "")))
        bias = own(self._bias * FINE)
        return Explanation(STANCES[best], math.fsum([bias, *(c.value for c in out)]), bias, tuple(out))

    # ---- files

    def card(self) -> str:
        """The model card as text: what it is for, what it was trained on, how well it does, its limits, its fingerprint."""
        from stance.card import card

        return card(self)

    def save(self, path: str | Path) -> None:
        """Write the model file; atomic: a killed save leaves the old file or the new one."""
        write_atomic(path, self.to_bytes())

    def to_bytes(self) -> bytes:
        """The model file: a zip of JSON and npy; the same model gives the same bytes."""
        head = {"library": "stance", "format": FORMAT, "target": self.target.to_dict(), "temperature": self.temperature, "about": dict(self.about)}
        parts = {"model.json": json.dumps(head, ensure_ascii=False, indent=1).encode(), "vocabulary.txt": "\n".join(self._vocabulary).encode()}
        for name in _ARRAYS:
            buffer = io.BytesIO()
            array = getattr(self, f"_{name}")
            if name == "pair_keys":  # sorted numbers: their differences are small and pack well
                array = np.diff(array, prepend=np.int64(0))
            np.lib.format.write_array(buffer, np.ascontiguousarray(array), version=(1, 0), allow_pickle=False)
            parts[f"{name}.npy"] = buffer.getvalue()
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as z:
            for name, content in parts.items():
                z.writestr(zipfile.ZipInfo(name, _DATED), content, zipfile.ZIP_DEFLATED, 9)
        return out.getvalue()


_ARRAYS: Final[Mapping[str, tuple[type[np.generic], int]]] = MappingProxyType({
    "weights": (np.int16, 3), "meaning": (np.int16, 3), "pair_keys": (np.int64, 1), "pair_weights": (np.int16, 3), "facts": (np.int16, 2),
    "bias": (np.int16, 1),
})
"""The arrays in a model file with their types and numbers of dimensions."""


def flags_of(batch: Batch, p: NDArray[np.float64]) -> list[tuple[str, ...]]:
    """The names of FLAGS that hold for each row of a batch with its probabilities, (n, 3)."""
    n = len(p)
    ordered = np.sort(p, axis=1)
    size = np.maximum(1, np.bincount(batch.rows, minlength=n))
    unknown = np.bincount(batch.rows[batch.words >= NEW], minlength=n) / size
    held = np.stack([
        ~batch.named & ~batch.near & ~batch.own,
        ~batch.named & batch.near & ~batch.own,
        ordered[:, -1] - ordered[:, -2] < LOW_MARGIN,
        unknown > UNKNOWN,
        ~batch.spoken,
    ], axis=1)  # fmt: skip
    names = tuple(FLAGS)
    sets: dict[bytes, tuple[str, ...]] = {}  # few combinations occur
    out = []
    for row in held:
        key = row.tobytes()
        if key not in sets:
            sets[key] = tuple(name for name, on in zip(names, row, strict=True) if on)
        out.append(sets[key])
    return out


def softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rows of scores to rows of probabilities."""
    e = np.exp(scores - scores.max(axis=1, keepdims=True)) if len(scores) else scores
    return np.asarray(e / e.sum(axis=1, keepdims=True)) if len(scores) else scores


def _root(rows: NDArray[np.int64], n: int) -> NDArray[np.float64]:
    """1 over the square root of how often each of n rows occurs (at least 1)."""
    return np.asarray(1 / np.sqrt(np.maximum(1, np.bincount(rows, minlength=n))))


def _scales(batch: Batch, n: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """What the words of each row count in the text and in the clause, (n,) each."""
    return _root(batch.rows, n), _root(batch.rows[batch.inside], n)


def _pair_scales(batch: Batch, n: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """What the pairs of each row count in the text and in the clause, (n,) each."""
    return _root(batch.rows, n), _root(batch.rows[batch.both_inside], n)


def _context_scale(batch: Batch, n: int) -> NDArray[np.float64]:
    """What the words of each row's context count, (n,)."""
    return _root(batch.context_rows, n)


def load_model(path: str | Path | None = None) -> Model:
    """Load a model file.

    Parameters
    ----------
    path
        The file; None for the shipped model, which is read once.

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
                raise ModelError(f"{path}: has model format {head.get('format')!r}, this library reads {FORMAT}; a newer stance wrote it")
            if head["format"] < FORMAT:
                raise ModelError(f"{path}: has model format {head['format']}, this library reads {FORMAT}; an older stance wrote it: train it anew "
                                 "(stance train LABELS -o FILE)")  # fmt: skip
            vocabulary = z.read("vocabulary.txt").decode("utf-8").split("\n")
            arrays = {name: np.lib.format.read_array(io.BytesIO(z.read(f"{name}.npy")), allow_pickle=False) for name in _ARRAYS}
        _check(arrays, vocabulary, float(head["temperature"]))
        arrays["pair_keys"] = np.cumsum(arrays["pair_keys"])
        return Model(target_from_dict(head["target"], str(path)), vocabulary, **arrays, temperature=float(head["temperature"]), about=head["about"])
    except FileNotFoundError:
        raise ModelError(f"{path}: there is no such model file") from None
    except ModelError:
        raise
    except zipfile.BadZipFile:
        raise ModelError(f"{path}: is no model file (not a zip archive, or damaged)") from None
    except Exception as error:  # noqa: BLE001  # a foreign file can fail in any of the readers; none of it is our own bug to show
        raise ModelError(f"{path}: is damaged or no stance model: {error}") from None


def _check(arrays: Mapping[str, NDArray[Any]], vocabulary: Sequence[str], temperature: float) -> None:
    """Refuse arrays that do not fit together."""
    for name, (kind, dimensions) in _ARRAYS.items():
        if arrays[name].dtype != kind or arrays[name].ndim != dimensions:
            raise ValueError(f"the array {name} has type {arrays[name].dtype} and {arrays[name].ndim} dimensions")
    shapes = {"weights": (len(vocabulary), _W, _K), "meaning": (_vectors()[1].shape[1], _W, _K), "pair_weights": (len(arrays["pair_keys"]), _P, _K),
              "facts": (len(FACTS), _K), "bias": (_K,)}
    for name, shape in shapes.items():
        if arrays[name].shape != shape:
            raise ValueError(f"the array {name} has shape {arrays[name].shape}, not {shape}")
    if tuple(vocabulary[:len(MARKS)]) != MARKS or len(set(vocabulary)) != len(vocabulary):
        raise ValueError("its vocabulary is not this library's")
    if not 0 < temperature < math.inf:
        raise ValueError(f"its temperature is {temperature}")


# ---- training -------------------------------------------------------------------------------------------------------------------------------------------


def train(labels: str | Path | LabelSet | None = None, *, calibrate: bool = True) -> Model:
    """Train a model.

    The same labels give the same model bit for bit, whatever their order, the number of threads or the hash seed.

    Parameters
    ----------
    labels
        A labels folder, labels loaded already, or None for the labels that came with the package.
    calibrate
        Fit the temperature on out-of-fold scores (Guo et al. 2017); without it the probabilities are too sure.

    Raises
    ------
    LabelError
        The folder has faults.
    ModelError
        A label is missing or has fewer than two statements.
    """
    from threadpoolctl import threadpool_limits

    from stance import __version__

    loaded = load_checked(labels)
    order = sorted(range(len(loaded)), key=lambda i: _key(loaded, i))
    rows = [loaded.statements[i] for i in order]
    with threadpool_limits(1):
        design = _Design(rows, loaded.target)
        y = np.array([STANCES.index(s.stance) for s in rows])
        weights = np.array([loaded.weight(s) for s in rows])
        temperature, figures = 1.0, {}
        if calibrate:
            scores = _held_out_scores(design.matrix, y, [s.source for s in rows], FOLDS, weights)
            temperature = _temperature(scores, y, weights)
            figures = _figures(softmax(scores / temperature), y, FOLDS)
        coef, bias = _fit(design.matrix, y, weights)
    settings = {"C": C, "gain": dict(GAIN), "least": dict(LEAST), "step": STEP, "beginnings": BEGINNINGS, "stem": STEM, "folds": FOLDS, "calibrated": calibrate}
    settings_hash = hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()
    labels_hash = loaded.hash()
    counts = Counter(s.stance for s in rows)
    about = {
        "fingerprint": f"stance {__version__}, labels {labels_hash[:12]}, settings {settings_hash[:8]}", "labels": labels_hash, "settings": settings,
        "statements": len(rows), "stories": len({s.story or s.source for s in rows}), "sources": len({s.source for s in rows}),
        "counts": {k: counts[k] for k in STANCES}, "off_target": sum(not s.about_target for s in rows), "figures": figures,
    }  # fmt: skip
    return design.model(coef, bias, temperature, about)


def out_of_fold(labels: LabelSet, folds: int = FOLDS) -> NDArray[np.float64]:
    """Calibrated probabilities for every statement from models that were trained without its source.

    Words and pairs are counted over all statements beforehand (their labels are not looked at).

    Returns
    -------
    ndarray
        Shape (n, 3), in the order of `labels.statements`.
    """
    from threadpoolctl import threadpool_limits

    order = sorted(range(len(labels)), key=lambda i: _key(labels, i))
    rows = [labels.statements[i] for i in order]
    with threadpool_limits(1):
        design = _Design(rows, labels.target)
        y = np.array([STANCES.index(s.stance) for s in rows])
        weights = np.array([labels.weight(s) for s in rows])
        scores = _held_out_scores(design.matrix, y, [s.source for s in rows], folds, weights)
    out = np.empty_like(scores)
    out[order] = softmax(scores / _temperature(scores, y, weights))
    return out


def load_checked(labels: str | Path | LabelSet | None) -> LabelSet:
    """Labels that a model can be trained on: at least two statements of each stance; raises LabelError or ModelError."""
    from stance.labels import LabelSet, load_labels

    loaded = labels if isinstance(labels, LabelSet) else load_labels(labels)
    counts = Counter(s.stance for s in loaded)
    if few := [k for k in STANCES if counts[k] < 2]:
        found = ", ".join(f"{counts[k]} {k}" for k in STANCES)
        raise ModelError(f"a model needs at least two statements of each stance, and there are too few of {' and '.join(few)} (found {found})")
    return loaded


def _key(labels: LabelSet, i: int) -> tuple[str, ...]:
    s = labels.statements[i]
    return s.text, s.speaker or "", s.context, s.stance, s.source


class _Design:
    """Statements as the matrix that scikit-learn trains on, and the way back from its coefficients to a model."""

    def __init__(self, rows: Sequence[Row], target: Target) -> None:
        from scipy import sparse

        self.target = target
        first = Reader(target, MARKS).read(rows)
        self.vocabulary = _vocabulary(first)
        batch = Reader(target, self.vocabulary).read(rows)
        n = len(batch.facts)
        blocks: list[csr_matrix] = []
        self.columns: dict[str, NDArray[np.int64]] = {}  # the words or pairs that the columns of a block are for
        self.factor: dict[str, NDArray[np.float64]] = {}  # what each column was multiplied by
        whole, clause = _scales(batch, n)
        parts = {
            "text": (batch.words, batch.rows, whole[batch.rows]),
            "clause": (batch.words, batch.rows, clause[batch.rows] * batch.inside),
            "negated": (batch.words, batch.rows, whole[batch.rows] * batch.negated),
            "context": (batch.context_words, batch.context_rows, _context_scale(batch, n)[batch.context_rows]),
        }
        for role in WORD_ROLES:
            blocks.append(self._block(role, *parts[role], n, LEAST[role], GAIN[role]))
        pair_scales = _pair_scales(batch, n)
        keys = _pair_of(batch, _stems(self.vocabulary, self.vocabulary))
        for r, name in enumerate(("pairs", "clause pairs")):
            amount = pair_scales[r][batch.rows] * (1.0 if r == 0 else batch.both_inside)
            blocks.append(self._block(name, keys, batch.rows, amount, n, LEAST[name], GAIN["pairs"], bound=np.iinfo(np.int64).max))
        places = np.arange(n).repeat(batch.facts.shape[1])
        blocks.append(sparse.csr_matrix((np.full(batch.facts.size, GAIN["facts"]), (places, batch.facts.ravel())), shape=(n, len(FACTS))))
        words, vectors = _vectors()
        self.beginnings = _beginnings(self.vocabulary, self.columns["text"])
        known = batch.words < NEW
        of_words = sparse.csr_matrix((parts["text"][2][known], (batch.rows[known], batch.words[known])), shape=(n, len(self.vocabulary)))
        m = (of_words @ self.beginnings).tocsc()
        frequency = np.diff(m.indptr)
        keep = np.flatnonzero(frequency >= LEAST["beginnings"])
        self.beginnings = self.beginnings[:, keep] @ sparse.diags((np.log((1 + n) / (1 + frequency[keep])) + 1) * GAIN["beginnings"])
        blocks.append(of_words @ self.beginnings)
        at = {w: i for i, w in enumerate(words)}
        which = np.array([at.get(w, -1) for w in (*self.vocabulary, *batch.new_words)])
        for ids, rows_of, amount in parts.values():
            v = which[np.where(ids < NEW, ids, ids - NEW + len(self.vocabulary))]
            use = v >= 0
            sums = sparse.csr_matrix((amount[use], (rows_of[use], v[use])), shape=(n, len(words))) @ (vectors * (VECTOR_UNIT * GAIN["meaning"]))
            blocks.append(sparse.csr_matrix(sums))
        self.matrix: csr_matrix = sparse.hstack(blocks).tocsr()
        self.widths = [b.shape[1] for b in blocks]

    def _block(self, name: str, ids: NDArray[np.int64], rows: NDArray[np.int64], amount: NDArray[np.float64], n: int, least: int, gain: float,
               bound: int = NEW) -> csr_matrix:  # fmt: skip
        """One block of columns: what occurs in `least` rows or more, weighted by amount, inverse document frequency and gain."""
        from scipy import sparse

        use = (ids >= 0) & (ids < bound) & (amount > 0)
        names, columns = np.unique(ids[use], return_inverse=True)
        m = sparse.csr_matrix((amount[use], (rows[use], columns)), shape=(n, len(names)))
        m.sum_duplicates()
        frequency = np.bincount(m.indices, minlength=len(names))
        keep = np.flatnonzero(frequency >= least)
        self.columns[name] = names[keep]
        self.factor[name] = (np.log((1 + n) / (1 + frequency[keep])) + 1) * gain
        return m[:, keep] @ sparse.diags(self.factor[name])

    def model(self, coef: NDArray[np.float64], bias: NDArray[np.float64], temperature: float, about: Mapping[str, Any]) -> Model:
        """The model that the coefficients, shape (3, columns), make; its weights are rounded."""
        parts = np.split(coef.T, np.cumsum(self.widths)[:-1])
        n = len(self.vocabulary)
        fitted = np.zeros((n, _W, _K))
        for role, w in zip(WORD_ROLES, parts, strict=False):
            fitted[self.columns[role], WORD_ROLES.index(role)] = w * self.factor[role][:, None]
        whole, clause = self.columns["pairs"], self.columns["clause pairs"]
        keys = np.union1d(whole, clause)
        pair_weights = np.zeros((len(keys), _P, _K), np.int16)
        for r, (name, columns) in enumerate((("pairs", whole), ("clause pairs", clause))):
            pair_weights[np.searchsorted(keys, columns), r] = _rounded(parts[len(WORD_ROLES) + r] * self.factor[name][:, None], STEP)
        used = pair_weights.any(axis=(1, 2))
        of_facts, of_beginnings, *of_meaning = parts[len(WORD_ROLES) + _P:]
        fitted[:, WORD_ROLES.index("text")] += self.beginnings @ of_beginnings
        weights = _rounded(fitted, STEP)
        facts = _rounded(of_facts * GAIN["facts"], STEP)
        meaning = np.stack([_rounded(w * GAIN["meaning"], FINE) for w in of_meaning], axis=1)
        return Model(self.target, self.vocabulary, weights, meaning, keys[used], pair_weights[used], facts, _rounded(bias, FINE), temperature, about)


def _stems(words: Sequence[str], vocabulary: Sequence[str]) -> NDArray[np.int64]:
    """The number of each word's stem among the stems of a vocabulary, in the order in which they first occur there; -1 where it is none of them."""
    number: dict[str, int] = {}
    for w in vocabulary:
        number.setdefault(_stem(w), len(number))
    return np.array([number.get(_stem(w), -1) for w in words], np.int64)


def _stem(word: str) -> str:
    return word if word in MARKS else word[:STEM]


def _pair_of(batch: Batch, stems: NDArray[np.int64]) -> NDArray[np.int64]:
    """A number for the stems of each word and of the word before it; -1 where one of them is not known."""
    known = (batch.words < NEW) & (batch.lefts < NEW)
    left, right = stems[np.where(known, batch.lefts, 0)], stems[np.where(known, batch.words, 0)]
    return np.asarray(np.where(known & (left >= 0) & (right >= 0), left * NEW + right, -1))


def _beginnings(vocabulary: Sequence[str], which: NDArray[np.int64]) -> csr_matrix:
    """Which words of a vocabulary (rows) begin with which letters (columns), of those that two or more share; 1 where one does; only rows in `which`."""
    from scipy import sparse

    found = [(vocabulary[i][:k], i) for i in which.tolist() if vocabulary[i] not in MARKS for k in BEGINNINGS if len(vocabulary[i]) >= k]
    shared = Counter(letters for letters, _ in found)
    column = {letters: k for k, letters in enumerate(sorted(letters for letters, n in shared.items() if n >= 2))}
    at = [(i, column[letters]) for letters, i in found if letters in column]
    rows, columns = zip(*at, strict=True) if at else ((), ())
    return sparse.csr_matrix((np.ones(len(at)), (rows, columns)), shape=(len(vocabulary), len(column)))


def _vocabulary(first: Batch) -> list[str]:
    """The marks, then the words in enough texts or contexts of a batch that was read without a vocabulary, in alphabetical order."""
    seen = np.zeros(len(first.new_words), np.int64)
    for ids, rows in ((first.words, first.rows), (first.context_words, first.context_rows)):
        new = ids >= NEW
        each = np.unique((ids[new] - NEW) * len(first.facts) + rows[new]) // max(1, len(first.facts))
        seen = np.maximum(seen, np.bincount(each, minlength=len(seen)))
    return [*MARKS, *sorted(w for w, k in zip(first.new_words, seen, strict=True) if k >= LEAST["text"])]


def _rounded(values: NDArray[np.float64], step: float) -> NDArray[np.int16]:
    return np.clip(np.rint(values / step), -32767, 32767).astype(np.int16)


def _fit(x: csr_matrix, y: NDArray[np.int64], weights: NDArray[np.float64], tolerance: float = 1e-5) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Coefficients, (3, columns), and bias of a multinomial logistic regression in which every label counts the same.

    Newton steps end so near the optimum that rounding gives the same weights on machines that add in another order; L-BFGS was slower and stopped farther off.
    """
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=C, class_weight="balanced", solver="newton-cg", max_iter=100, tol=tolerance).fit(x, y, sample_weight=weights)
    return fitted.coef_, fitted.intercept_


def reader_of(labels: LabelSet) -> Reader:
    """The reader of a model trained on these labels, without training it."""
    vocabulary = _vocabulary(Reader(labels.target, MARKS).read(labels.statements))
    own = set(vocabulary)
    return Reader(labels.target, [*vocabulary, *(w for w in _vectors()[0] if w not in own)])


def split(groups: Sequence[str], folds: int) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Rows to train on and rows to hold out, fold by fold, no group divided; where there are fewer groups than folds, rows are dealt out by turns."""
    from sklearn.model_selection import GroupKFold

    at = {g: i for i, g in enumerate(sorted(set(groups)))}
    ids = np.array([at[g] for g in groups]) if len(at) >= folds else np.arange(len(groups)) % folds
    return list(GroupKFold(min(folds, len(set(ids.tolist())))).split(ids, groups=ids))


def _held_out_scores(x: csr_matrix, y: NDArray[np.int64], groups: Sequence[str], folds: int, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scores from models that have not seen the row's source; where there are fewer sources than folds, rows are split by turns."""
    scores = np.zeros((len(y), _K))
    for seen, held in split(groups, folds):
        present = np.unique(y[seen])
        if len(present) < _K:  # a label that only the held-out part has: nothing can be learned about it there
            continue
        coef, bias = _fit(x[seen], y[seen], weights[seen], 1e-3)
        scores[held] = x[held] @ coef.T + bias
    return scores


def _temperature(scores: NDArray[np.float64], y: NDArray[np.int64], weights: NDArray[np.float64]) -> float:
    """The temperature at which the right labels of the statements that count in full are likeliest, to two places."""
    from scipy.optimize import minimize_scalar

    whole = weights == weights.max()  # what counts less in training was written less like the texts that the probabilities are for

    def loss(log_t: float) -> float:
        p = softmax(scores[whole] / math.exp(log_t))
        return float(-np.log(np.maximum(p[np.arange(len(p)), y[whole]], 1e-12)).mean())

    best = minimize_scalar(loss, bounds=(-1.5, 2.0), method="bounded", options={"xatol": 1e-4})
    return round(math.exp(float(best.x)), 2)


def _figures(p: NDArray[np.float64], y: NDArray[np.int64], folds: int) -> dict[str, Any]:
    """What the card says about out-of-fold performance, to three places."""
    guess = p.argmax(axis=1)
    f1 = []
    for k in range(_K):
        both, said, is_so = int(((guess == k) & (y == k)).sum()), int((guess == k).sum()), int((y == k).sum())
        f1.append(2 * both / (said + is_so) if said + is_so else 0.0)
    return {"split": f"{folds}-fold, whole sources left out", "n": len(y), "macro_f1": round(sum(f1) / _K, 3), "accuracy": round(float((guess == y).mean()), 3),
            "f1": {k: round(v, 3) for k, v in zip(STANCES, f1, strict=True)}}
