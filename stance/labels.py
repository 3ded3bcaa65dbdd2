"""The labels folder: reads its stories and rows, settles several judgements on one statement, gives a LabelSet or every fault at once; it trains nothing."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import tomllib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from stance.errors import Fault, InputError, LabelError
from stance.results import KINDS, STANCES
from stance.stories import LONGEST_TEXT, did_you_mean, read_stories
from stance.suggestions import suggest, suggestions_csv
from stance.target import Target, load_target

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "ADJUDICATOR",
    "Agreement",
    "Conflict",
    "LabelSet",
    "Labelled",
    "Summary",
    "agreement_of",
    "default_folder",
    "load_labels",
    "suggest",
    "suggestions_csv",
]

ADJUDICATOR: Final = "adjudicator"
"""The annotator whose judgement settles a statement, whatever the others say."""
AUTHOR: Final = "author"
"""The annotator of the judgements that stand in story files."""
LARGEST_FILE: Final = 64 * 2**20
"""Bytes that one label file may have; 24,000 statements take 8 MB."""
_COLUMNS: Final = ("text", "stance", "id", "speaker", "context", "annotator", "source", "kind", "about_target", "note", "story", "outlet", "date")
_TRUE: Final = {"true": True, "1": True, "yes": True, "": True, "false": False, "0": False, "no": False}


@dataclass(frozen=True, slots=True)
class Labelled:
    """One labelled statement, or one annotator's judgement on it, with where it stands.

    Attributes
    ----------
    id
        Unique in the folder: `story/sentence+letter` in stories, the `id` column or `file:line` in rows.
    text, speaker, context
        What the classifier sees; speaker is None where it is not known, context "" where there is none.
    stance, kind, about_target
        The judgement; kind is None where a row does not give it.
    source
        What cross-validation keeps together: the story file, or a row's `source` column.
    file, line
        Where to look it up; file is relative to the folder.
    extra
        Columns of a row that this library does not know, kept as they are.
    """

    id: str
    text: str
    stance: str
    speaker: str | None = None
    context: str = ""
    kind: str | None = None
    about_target: bool = True
    source: str = ""
    annotator: str = ""
    file: str = ""
    line: int = 0
    note: str = ""
    story: str = ""
    outlet: str = ""
    date: str = ""
    extra: tuple[tuple[str, str], ...] = ()

    @property
    def place(self) -> str:
        """The place as file:line."""
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Conflict:
    """A statement on which annotators differ: the judgements, and the label that settled it ("" for a tie)."""

    id: str
    judgements: tuple[Labelled, ...]
    settled: str

    def __str__(self) -> str:
        said = ", ".join(f"{j.annotator} {j.stance} ({j.place})" for j in self.judgements)
        return f"{self.id}: {said}; settled as {self.settled or 'nothing'}"


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far annotators agree where two or more judged the same statement; coefficients are nan where there is nothing to compare.

    Attributes
    ----------
    n
        Statements with two judgements or more (the adjudicator's left out).
    observed
        Share of pairs of judgements that are the same.
    kappa
        Cohen's kappa, for each pair of annotators weighted by their common statements (Cohen 1960).
    alpha
        Krippendorff's alpha for nominal data (Krippendorff 2018, ch. 12).
    parts
        The same by label, kind and file: (what, value, n, observed, alpha).
        For a label, observed is the specific agreement 2a/(2a+b+c) on it (Cicchetti & Feinstein 1990) and alpha is that of the label against the rest.
    """

    n: int
    observed: float
    kappa: float
    alpha: float
    parts: tuple[tuple[str, str, int, float, float], ...] = ()

    def __str__(self) -> str:
        head = f"{self.n} statements judged more than once: observed {self.observed:.3f}, Cohen's kappa {self.kappa:.3f}, Krippendorff's alpha {self.alpha:.3f}"
        return "\n".join([head, *(f"  {what:6s} {value:40s} n {n:5d}  observed {o:.3f}  alpha {a:.3f}" for what, value, n, o, a in self.parts)])

    def to_frame(self) -> pd.DataFrame:
        """A row for the whole and one for each part: what, value, n, observed, alpha."""
        import pandas as pd

        return pd.DataFrame([("all", "", self.n, self.observed, self.alpha), *self.parts], columns=["what", "value", "n", "observed", "alpha"])


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts of a LabelSet: (what, value, n, restrictive, soft, neutral, off target)."""

    rows: tuple[tuple[str, str, int, int, int, int, int], ...]

    def __str__(self) -> str:
        head = f"{'':6s} {'':46s} {'n':>6s} {'restrictive':>12s} {'soft':>6s} {'neutral':>8s} {'off target':>11s}"
        return "\n".join([head, *(f"{w:6s} {v[:46]:46s} {n:6d} {r:12d} {s:6d} {e:8d} {o:11d}" for w, v, n, r, s, e, o in self.rows)])

    def to_frame(self) -> pd.DataFrame:
        """One row a stratum: what, value, n, restrictive, soft, neutral, off_target."""
        import pandas as pd

        return pd.DataFrame(list(self.rows), columns=["what", "value", "n", *STANCES, "off_target"])


@dataclass(frozen=True, slots=True)
class LabelSet:
    """Labelled statements and what their stance is about.

    Attributes
    ----------
    statements
        One Labelled a statement, settled, in file order.
    target
        What the stance is about.
    judgements
        Every judgement, also those outvoted, in file order.
    folder
        Where they came from, "" if they were put together in memory.
    weights
        How much a statement of a source counts in training, in (0, 1]; 1 where a source is not named (from `weights.toml`).
    """

    statements: tuple[Labelled, ...]
    target: Target
    judgements: tuple[Labelled, ...] = field(default=(), repr=False)
    folder: str = ""
    weights: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}), repr=False)

    def __len__(self) -> int:
        return len(self.statements)

    def __iter__(self) -> Iterator[Labelled]:
        return iter(self.statements)

    def __repr__(self) -> str:
        counts = Counter(s.stance for s in self.statements)
        return f"LabelSet({len(self)} statements on {self.target.name}: {', '.join(f'{counts[k]} {k}' for k in STANCES)})"

    def hash(self) -> str:
        """SHA-256 over target, statements and weights, in hexadecimal; rows in another order or another file give the same."""
        rows = sorted(json.dumps([s.text, s.stance, s.speaker, s.context, s.source, self.weight(s)], ensure_ascii=False) for s in self.statements)
        whole = json.dumps([self.target.to_dict(), rows], ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()

    def weight(self, statement: Labelled) -> float:
        """How much a statement counts in training, in (0, 1]."""
        return self.weights.get(statement.source, 1.0)

    def conflicts(self) -> tuple[Conflict, ...]:
        """The statements on which annotators differ, with the label that was settled on."""
        settled = {s.id: s.stance for s in self.statements}
        groups = _by_id(self.judgements)
        return tuple(Conflict(k, tuple(js), settled.get(k, "")) for k, js in groups.items() if len({j.stance for j in js}) > 1)

    def agreement(self) -> Agreement:
        """Agreement between annotators, the adjudicator left out: observed, Cohen's kappa, Krippendorff's alpha; by label, kind and file."""
        return agreement_of(self.judgements)

    def summary(self) -> Summary:
        """Counts by label, kind, file, outlet and year."""
        strata: dict[tuple[str, str], list[Labelled]] = defaultdict(list)
        for s in self.statements:
            strata["all", ""].append(s)
            for what, value in (("kind", s.kind or "not given"), ("file", s.file), ("outlet", s.outlet), ("year", s.date[:4])):
                if value:
                    strata[what, value].append(s)
        order = {"all": 0, "kind": 1, "file": 2, "outlet": 3, "year": 4}
        rows = []
        for (what, value), group in sorted(strata.items(), key=lambda item: (order[item[0][0]], item[0][1])):
            n = Counter(s.stance for s in group)
            rows.append((what, value, len(group), n["restrictive"], n["soft"], n["neutral"], sum(not s.about_target for s in group)))
        return Summary(tuple(rows))

    def to_frame(self) -> pd.DataFrame:
        """A row per statement: text, stance, speaker, context, kind, about_target, source, file, line and the rest of Labelled."""
        import pandas as pd

        names = ["text", "stance", "speaker", "context", "kind", "about_target", "source", "file", "line", "id", "annotator", "note", "story", "outlet", "date"]
        return pd.DataFrame([[getattr(s, name) for name in names] for s in self.statements], columns=names)


def default_folder() -> Path:
    """The labels that came with the package: `stance/_labels` in an installed wheel, `labels/` beside the package in a checkout.

    Raises
    ------
    InputError
        There are none in either place.
    """
    here = Path(__file__).resolve().parent
    for folder in (here / "_labels", here.parent / "labels"):
        if folder.is_dir():
            return folder
    raise InputError(f"no labels came with this installation (looked for {here / '_labels'} and {here.parent / 'labels'})")


def load_labels(folder: str | Path | None = None) -> LabelSet:
    """Read a labels folder: `stories/*.txt`, `*.csv`, `target.toml` and, where there is one, `weights.toml`.

    A row whose `id` is that of a story's statement is a second judgement on it, and its text must be the same. Rows with the same id, or
    without ids the same text, speaker and context, are judgements on one statement: the majority settles it, or the annotator named
    `adjudicator`; a tie is a fault.

    Parameters
    ----------
    folder
        The folder; None for the labels that came with the package.

    Raises
    ------
    LabelError
        Every fault at once, each with file, line and column (in a CSV file the column is the number of the field).

    Examples
    --------
    >>> labels = load_labels()                                            # doctest: +SKIP
    >>> labels                                                            # doctest: +SKIP
    LabelSet(6730 statements on Huawei: 2396 restrictive, 1989 soft, 2345 neutral)
    """
    root = default_folder() if folder is None else Path(folder)
    if not root.is_dir():
        raise LabelError([Fault(str(root), 0, 0, "no-folder", "there is no such folder; a labels folder holds target.toml, stories/*.txt and *.csv")])
    faults: list[Fault] = []
    target = Target("")
    try:
        target = load_target(root / "target.toml")
    except LabelError as error:
        faults += error.faults
    judgements: list[Labelled] = []
    for path in sorted(root.glob("stories/*.txt")):
        judgements += _story_file(path, path.relative_to(root).as_posix(), faults)
    story_ids = _story_places(judgements, faults)
    for path in sorted(root.glob("*.csv")):
        judgements += _row_file(path, path.relative_to(root).as_posix(), story_ids, faults)
    if not judgements and not faults:
        faults.append(Fault(str(root), 0, 0, "empty-folder", "no statements here: neither stories/*.txt nor *.csv holds any"))
    statements = () if any(f.code == "story-twice" for f in faults) else _settle(judgements, faults)  # ids that stand twice would look like ties
    weights = _weights(root / "weights.toml", {s.source for s in statements}, faults)
    if faults:
        raise LabelError(faults)
    return LabelSet(statements, target, tuple(judgements), str(root), weights)


def _weights(path: Path, sources: Collection[str], faults: list[Fault]) -> Mapping[str, float]:
    """What `weights.toml` says: source = weight; none where there is no such file."""
    text = _read(path, path.name, faults) if path.is_file() else None
    if text is None:
        return MappingProxyType({})
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        faults.append(Fault(path.name, 0, 0, "bad-weights", f"cannot be read as TOML: {error}"))
        return MappingProxyType({})
    for source, weight in found.items():
        if sources and source not in sources:
            faults.append(Fault(path.name, 0, 0, "bad-weights", f"no statement has the source {source!r}: {did_you_mean(source, sorted(sources))}"))
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 < weight <= 1:
            faults.append(Fault(path.name, 0, 0, "bad-weights", f"the weight of {source!r} must be a number above 0 and at most 1, found {weight!r}"))
    return MappingProxyType({str(k): float(v) for k, v in found.items() if isinstance(v, int | float)})


def _read(path: Path, file: str, faults: list[Fault]) -> str | None:
    """A label file as text, or None and a fault."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            faults.append(Fault(file, 0, 0, "large-file", f"a label file has at most {LARGEST_FILE:,} bytes"))
            return None
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        faults.append(Fault(file, 0, 0, "not-utf8", f"is not UTF-8 text: byte {error.start} cannot be read"))
        return None
    except OSError as error:
        faults.append(Fault(file, 0, 0, "unreadable", f"cannot be read: {error.strerror}"))
        return None
    if "\0" in text:
        faults.append(Fault(file, text.count("\n", 0, text.index("\0")) + 1, 0, "not-text", "holds a NUL character: this is no text file"))
        return None
    return text


def _story_file(path: Path, file: str, faults: list[Fault]) -> list[Labelled]:
    text = _read(path, file, faults)
    if text is None:
        return []
    found, new = read_stories(text, file)
    faults += new
    return [
        Labelled(a.id, a.text, a.stance, a.speaker, a.context, a.kind, a.about_target, file, AUTHOR, file, a.line, a.note, a.story, a.outlet, a.date)
        for a in found
    ]


def _story_places(judgements: Sequence[Labelled], faults: list[Fault]) -> dict[str, Labelled]:
    """The stories' statements by id; the same story id in two files is a fault."""
    first: dict[str, str] = {}
    told = set()
    for j in judgements:
        if first.setdefault(j.story, j.file) != j.file and (j.story, j.file) not in told:
            told.add((j.story, j.file))
            faults.append(Fault(j.file, j.line, 0, "story-twice", f"the story id {j.story!r} is used in {first[j.story]} already"))
    return {j.id: j for j in judgements}


def _row_file(path: Path, file: str, stories: dict[str, Labelled], faults: list[Fault]) -> list[Labelled]:
    text = _read(path, file, faults)
    if text is None:
        return []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    out: list[Labelled] = []
    names: list[str] = []
    line = 1
    try:
        for cells in reader:
            start, line = line, reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if not names:
                names = [cell.strip() for cell in cells]
                if not _check_columns(names, file, start, faults):
                    return []
            elif len(cells) != len(names):
                faults.append(Fault(file, start, 0, "bad-row", f"has {len(cells)} fields where the head of the table has {len(names)}"))
            else:
                row = _row(dict(zip(names, cells, strict=True)), names, file, start, stories, faults)
                out += [row] if row else []
    except csv.Error as error:
        faults.append(Fault(file, reader.line_num, 0, "bad-csv", f"cannot be read as CSV: {error}"))
    if not names:
        faults.append(Fault(file, 1, 0, "missing-column", "is empty; it needs a first line with at least the columns text and stance"))
    return out


def _check_columns(names: list[str], file: str, line: int, faults: list[Fault]) -> bool:
    before = len(faults)
    for name in ("text", "stance"):
        if name not in names:
            faults.append(Fault(file, line, 0, "missing-column", f"the column {name!r} is missing; found {', '.join(names)}"))
    for at, name in enumerate(names, 1):
        if names.index(name) != at - 1:
            faults.append(Fault(file, line, at, "column-twice", f"the column {name!r} stands twice"))
        guess = did_you_mean(name, _COLUMNS)
        if name not in _COLUMNS and guess.startswith("did you mean"):
            faults.append(Fault(file, line, at, "odd-column", f"unknown column {name!r}: {guess.split('?')[0]}?"))
    return len(faults) == before


def _row(cells: dict[str, str], names: list[str], file: str, line: int, stories: dict[str, Labelled], faults: list[Fault]) -> Labelled | None:
    before = len(faults)

    def fault(name: str, code: str, message: str) -> None:
        faults.append(Fault(file, line, names.index(name) + 1, code, message))

    text, stance, kind = cells["text"].strip(), cells["stance"].strip(), cells.get("kind", "").strip()
    about = _TRUE.get(cells.get("about_target", "").strip().lower())
    if not text:
        fault("text", "empty-text", "the text is empty")
    if len(text) > LONGEST_TEXT:
        fault("text", "long-text", f"a statement has at most {LONGEST_TEXT:,} characters, this one {len(text):,}")
    if stance not in STANCES:
        why = f"unknown stance {stance!r}: {did_you_mean(stance, STANCES)}" if stance else f"not labelled yet (allowed: {', '.join(STANCES)})"
        fault("stance", "bad-stance", why)
    if kind and kind not in KINDS:
        fault("kind", "bad-kind", f"unknown kind {kind!r}: {did_you_mean(kind, KINDS)}")
    if about is None:
        fault("about_target", "bad-about", f"about_target is true or false, found {cells['about_target']!r}")
    elif not about and stance in STANCES and stance != "neutral":
        fault("stance", "off-target-side", f"an off-target statement is neutral, found {stance}")
    name = cells.get("id", "").strip()
    told = stories.get(name)
    if told is not None and told.text != text:
        fault("text", "text-differs", f"is a judgement on {told.place}, but the text there is another: {told.text[:60]!r} ...")
    if len(faults) > before:
        return None
    given = {f.name: cells[f.name].strip() for f in fields(Labelled) if f.name in cells and f.name in _COLUMNS}
    extra = tuple((n, cells[n]) for n in names if n not in _COLUMNS)
    row = Labelled(**(given | {"id": name or f"{file}:{line}", "speaker": given.get("speaker") or None, "kind": kind or None, "about_target": about,  # type: ignore[arg-type]
                               "source": given.get("source") or file, "file": file, "line": line, "extra": extra}))
    if told is not None:  # all that a judgement may add to a story's statement is the judgement
        row = replace(told, stance=stance, about_target=row.about_target, annotator=row.annotator, file=file, line=line, note=row.note, extra=extra)
    return row


def _by_id(judgements: Iterable[Labelled]) -> dict[str, list[Labelled]]:
    """Judgements on the same statement: the same id, or for rows without one the same text, speaker and context."""
    groups: dict[str, list[Labelled]] = {}
    same: dict[tuple[str, str | None, str], str] = {}
    for j in judgements:
        unnamed = j.id == j.place
        name = same.setdefault((j.text, j.speaker, j.context), j.id) if unnamed else j.id
        groups.setdefault(name, []).append(j)
    return groups


def _settle(judgements: Sequence[Labelled], faults: list[Fault]) -> tuple[Labelled, ...]:
    """One statement for each group of judgements: the adjudicator's label, else the majority's; a tie is a fault."""
    out = []
    for name, group in _by_id(judgements).items():
        votes = [j for j in group if j.annotator == ADJUDICATOR] or group
        counts = Counter((j.stance, j.about_target) for j in votes).most_common()
        stances = Counter(j.stance for j in votes).most_common()
        if len(stances) > 1 and stances[0][1] == stances[1][1]:
            said = ", ".join(f"{j.annotator or 'no annotator named'} says {j.stance} at {j.place}" for j in votes)
            faults.append(Fault(group[0].file, group[0].line, 0, "tie", f"{name}: {said}; a row by annotator {ADJUDICATOR!r} would settle it"))
            continue
        stance = stances[0][0]
        about = next(about for (s, about), _ in counts if s == stance)
        note = next((j.note for j in votes if j.stance == stance and j.note), group[0].note)
        who = group[0].annotator if len(group) == 1 else " & ".join(sorted({j.annotator for j in votes if j.stance == stance}))
        out.append(replace(group[0], stance=stance, about_target=about, note=note, annotator=who))
    return tuple(out)


def agreement_of(judgements: Iterable[Labelled]) -> Agreement:
    """Agreement over any judgements; see `LabelSet.agreement`."""
    groups = [[j for j in g if j.annotator != ADJUDICATOR] for g in _by_id(judgements).values()]
    groups = [g for g in groups if len(g) > 1]
    parts: list[tuple[str, str, int, float, float]] = []
    for label in STANCES:
        a = [[str(j.stance == label) for j in g] for g in groups]
        with_it = [g for g in groups if any(j.stance == label for j in g)]
        pairs = [(x.stance == label, y.stance == label) for g in groups for i, x in enumerate(g) for y in g[i + 1:]]
        both, one = sum(x and y for x, y in pairs), sum(x != y for x, y in pairs)
        parts.append(("label", label, len(with_it), 2 * both / (2 * both + one) if both + one else float("nan"), _alpha(a)))
    for what in ("kind", "source"):
        strata: dict[str, list[list[str]]] = defaultdict(list)
        for g in groups:
            strata[getattr(g[0], what) or "not given"].append([j.stance for j in g])
        parts += [("file" if what == "source" else what, value, len(units), _observed(units), _alpha(units)) for value, units in sorted(strata.items())]
    units = [[j.stance for j in g] for g in groups]
    return Agreement(len(groups), _observed(units), _kappa(groups), _alpha(units), tuple(parts))


def _observed(units: Sequence[Sequence[str]]) -> float:
    pairs = [x == y for u in units for i, x in enumerate(u) for y in u[i + 1:]]
    return sum(pairs) / len(pairs) if pairs else float("nan")


def _kappa(groups: Sequence[Sequence[Labelled]]) -> float:
    """Cohen's kappa of each pair of annotators, averaged by their number of common statements."""
    tables: dict[tuple[str, str], Counter[tuple[str, str]]] = defaultdict(Counter)
    for g in groups:
        for i, x in enumerate(g):
            for y in g[i + 1:]:
                if x.annotator != y.annotator:
                    a, b = sorted((x, y), key=lambda j: j.annotator)
                    tables[a.annotator, b.annotator][a.stance, b.stance] += 1
    total = weighted = 0.0
    for table in tables.values():
        n = sum(table.values())
        seen = sum(v for (a, b), v in table.items() if a == b) / n
        left, right = Counter[str](), Counter[str]()
        for (one, other), v in table.items():
            left[one] += v
            right[other] += v
        chance = sum(left[k] * right[k] for k in left) / n**2
        if chance < 1:
            total += n
            weighted += n * (seen - chance) / (1 - chance)
    return weighted / total if total else float("nan")


def _alpha(units: Sequence[Sequence[str]]) -> float:
    """Krippendorff's alpha, nominal: 1 minus observed over expected disagreement, from the matrix of coincidences."""
    pairs: Counter[tuple[str, str]] = Counter()
    weights: dict[tuple[str, str], float] = defaultdict(float)
    for u in units:
        pairs.clear()
        pairs.update((x, y) for i, x in enumerate(u) for k, y in enumerate(u) if i != k)
        for pair, times in pairs.items():
            weights[pair] += times / (len(u) - 1)
    n_of: dict[str, float] = defaultdict(float)
    for (x, _), v in weights.items():
        n_of[x] += v
    n = sum(n_of.values())
    apart = sum(v for (x, y), v in weights.items() if x != y)
    expected = sum(n_of[x] * n_of[y] for x in n_of for y in n_of if x != y) / (n - 1) if n > 1 else 0.0
    return 1 - apart / expected if expected else float("nan")
