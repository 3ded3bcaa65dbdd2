"""The way through the house: `extract` (who said what) and `classify` (who stands where), for one text or a million."""

from __future__ import annotations

import contextlib
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from stance.attribution import Extraction, read
from stance.disguise import Plain, undisguise
from stance.documents import Row, Unit, read_documents
from stance.errors import InputError, ModelError
from stance.labels import default_folder
from stance.model import Model, load_model
from stance.progress import watch
from stance.results import Document, Kind, Report, Span, Statement, with_label
from stance.speakers import Identity
from stance.tally import tally
from stance.target import Target, find_target, load_target

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["classify", "classify_frame", "extract", "iter_classify"]

CHUNK_CHARACTERS = 400_000  # about 150 articles: enough to make vectorising pay, small enough to share out among workers
CHUNK_ITEMS = 2_000
_QUOTED = re.compile(r"[\"“][^\"“”]*[\"”]")

Errors = Literal["raise", "skip"]


@dataclass(frozen=True, slots=True)
class _Read:
    """What became of one input: the document (None for a row), its statements, who its speakers are, or why it was skipped."""

    document: Document | None
    statements: tuple[Statement, ...] = ()
    identities: tuple[Identity, ...] = ()
    error: InputError | None = None


@dataclass(frozen=True, slots=True)
class _Used:
    """The model in use, and the path by which other processes can load it (None: the one that comes with the package)."""

    model: Model
    path: str | None
    everywhere: bool

    @classmethod
    def of(cls, model: Model | str | Path | None) -> _Used:
        if isinstance(model, Model):
            shipped = model is load_model()
            return cls(model, None, shipped)
        return cls(load_model(model), None if model is None else str(model), everywhere=True)

    @contextlib.contextmanager
    def on_disk(self) -> Iterator[tuple[str | None, str]]:
        """Path and fingerprint for workers; a model that lives in memory only gets a file for as long as it takes."""
        if self.everywhere:
            yield self.path, self.model.fingerprint
            return
        with tempfile.TemporaryDirectory(prefix="stance-") as folder:
            path = Path(folder) / "model.stance"
            self.model.save(path)
            yield str(path), self.model.fingerprint


def extract(text: str, *, target: Target | None = None) -> tuple[Statement, ...]:
    """Find who says what in an English news text; nothing is labelled.

    Parameters
    ----------
    text
        Raw article text, with or without site furniture.
    target
        What `about_target` refers to; by default the target of the labels that come with the package.

    Returns
    -------
    tuple of Statement
        In text order; offsets count code points of `text`, so that `text[s.start:s.end] == s.text`. Bare acts ("Sweden barred ...")
        are found where they concern the target.

    Raises
    ------
    InputError
        `text` is not a str, or holds no text.

    Examples
    --------
    >>> import stance
    >>> text = 'Mara Lindqvist, the interior minister, said: "Huawei may bid like everybody else."'
    >>> for s in stance.extract(text):
    ...     print(s.speaker, "|", s.kind, "|", s.content[0].text)
    Mara Lindqvist | direct | Huawei may bid like everybody else.
    """
    if not isinstance(text, str):
        raise InputError(f"extract() takes one text (str), found {type(text).__name__}")
    document = next(read_documents(text))
    assert isinstance(document, Document)
    return _found(document, target or _default_target()).statements


def classify(
    source: Any,
    *,
    model: Model | str | Path | None = None,
    unit: Unit = "statement",
    text_column: str | None = None,
    errors: Errors = "raise",
    n_jobs: int | None = None,
    progress: bool = False,
) -> Report:
    """Say who stands where: find the statements of news text, label each one's stance on the target, and add up speakers.

    Parameters
    ----------
    source
        A text (str); a path (`pathlib.Path`) to a .txt, .md, .html, .csv, .tsv, .jsonl or .xlsx file or to a folder of them;
        rows (dicts or a DataFrame with `text` and, if known, `speaker`, `context`, `document`, `date`); or an iterable of these.
    model
        What labels: a Model, a path to one, or None for the model that comes with the package.
    unit
        What a row is: a "statement" (one Statement a row comes back, in order) or a "document" (searched for statements).
    text_column
        The column that holds the text, where it is not called `text`.
    errors
        "raise" stops at the first input that cannot be read; "skip" goes on, and `report.skipped` lists each with its reason.
    n_jobs
        As in joblib: how many workers share the texts, under whatever `joblib.parallel_config` names; None is one process.
    progress
        Show a bar on standard error, where that is a terminal.

    Returns
    -------
    Report
        Always a Report, also for one, many or no statements; the same for the same input and model, however it is run.

    Raises
    ------
    InputError
        The input is of no accepted kind, empty, binary, or misses the text column.
    ModelError
        The model file is damaged, foreign or too new.

    Examples
    --------
    >>> import stance
    >>> report = stance.classify('''The interior ministry barred Huawei from the 5G network on Monday, citing the risk of espionage.
    ... Huawei denied that its equipment is a threat and said the ban was unfair.''')
    >>> report
    Report(2 speakers, 2 statements: 1 restrictive, 1 soft, 0 neutral)
    >>> report["Huawei"].stance
    'soft'
    """
    used = _Used.of(model)
    done = list(watch(_run(source, used, unit, text_column, errors, n_jobs), progress))
    return _report(done, used.model)


def iter_classify(
    source: Any,
    *,
    model: Model | str | Path | None = None,
    unit: Unit = "statement",
    text_column: str | None = None,
    errors: Errors = "raise",
    n_jobs: int | None = None,
) -> Iterator[Report]:
    """Like `classify`, one Report a document (or a run of rows) as it is ready, in memory that does not grow with the number of texts.

    Speakers are those of each document alone; rows come in Reports of up to 2,000. Parameters and errors are those of `classify`.
    """
    used = _Used.of(model)
    rows: list[_Read] = []
    for item in _run(source, used, unit, text_column, errors, n_jobs):
        if item.document is None and item.error is None:
            rows.append(item)
        if rows and (item.document is not None or item.error is not None or len(rows) == CHUNK_ITEMS):
            yield _report(rows, used.model)
            rows = []
        if item.document is not None or item.error is not None:
            yield _report([item], used.model)
    if rows:
        yield _report(rows, used.model)


def classify_frame(
    frame: DataFrame,
    *,
    text: str = "text",
    document: str | None = None,
    unit: Unit = "document",
    model: Model | str | Path | None = None,
) -> DataFrame:
    """A frame of texts in, a frame of labelled statements out: pure, with a fixed schema, for map_partitions, mapInPandas and map_batches.

    Parameters
    ----------
    frame
        A row a document (or a statement), with the text in column `text` and, if known, `date` (and `speaker`, `context`).
    text, document
        Names of the columns with the text and with its name; without one, documents are named by the frame's index.
    unit
        What a row is: a "document" is searched for statements, a "statement" comes back as one row.
    model
        As in `classify`; hand over a path where the frame is spread over machines, so that each worker loads it once.

    Returns
    -------
    DataFrame
        A row a statement with the columns and dtypes of `stance.render.STATEMENT_COLUMNS`, also for an empty frame. A text that
        cannot be read gives one row without stance whose `flags` begin with "unreadable".

    Raises
    ------
    InputError
        The frame has no such column.
    """
    from stance.render import statements_to_frame

    for column in filter(None, (text, document)):
        if column not in frame.columns:
            raise InputError(f"the DataFrame: there is no column {column!r}; found {', '.join(map(repr, frame.columns)) or 'none'}")
    used = _Used.of(model)
    names = [str(n) for n in (frame[document] if document else frame.index)]
    extra = [c for c in ("speaker", "context", "date") if c in frame.columns and c != text]
    cells = {c: frame[c].tolist() for c in extra}
    records = ({"text": t, "document": n} | {c: cells[c][i] for c in extra} for i, (t, n) in enumerate(zip(frame[text].tolist(), names, strict=True)))
    statements: list[Statement] = []
    for name, item in zip(names, _run(records, used, unit, None, "skip", None), strict=True):
        if item.error is not None:
            statements.append(Statement("", 0, 0, (), document=name, flags=(f"unreadable: {item.error}",)))
        statements.extend(item.statements)
    return statements_to_frame(statements, used.model.fingerprint)


def _run(source: Any, used: _Used, unit: Unit, column: str | None, errors: Errors, n_jobs: int | None) -> Iterator[_Read]:
    """Read, extract and label every item of `source`, in order; in chunks, so that vectorising pays and workers can share."""
    if errors not in ("raise", "skip"):
        raise InputError(f"errors must be 'raise' or 'skip', found {errors!r}")
    items = read_documents(source, unit=unit, text_column=column)
    chunks = _chunks(_checked(items, errors))
    if n_jobs in (None, 1):
        for chunk in chunks:
            yield from _work(used.model, chunk)
        return
    from joblib import delayed

    with used.on_disk() as reference:
        results = _parallel(n_jobs)(delayed(_work_there)(reference, chunk) for chunk in chunks)
        for part in results:
            for item in part:
                for s in item.statements:  # models do not travel; nobody else has these statements yet, and a copy of each would cost as much as its way here
                    object.__setattr__(s, "_model", used.model)
                yield item


def _parallel(n_jobs: int | None) -> Any:
    """Parallel of joblib without a named backend; results stream in where the backend in force can do that."""
    from joblib import Parallel

    try:
        return Parallel(n_jobs=n_jobs, return_as="generator")
    except ValueError:  # so says joblib of backends that cannot
        return Parallel(n_jobs=n_jobs)


def _checked(items: Iterable[Document | Row | InputError], errors: Errors) -> Iterator[Document | Row | InputError]:
    for item in items:
        if isinstance(item, InputError) and errors == "raise":
            raise item
        yield item


def _chunks(items: Iterable[Document | Row | InputError]) -> Iterator[list[Document | Row | InputError]]:
    chunk: list[Document | Row | InputError] = []
    size = 0
    for item in items:
        chunk.append(item)
        size += 0 if isinstance(item, InputError) else len(item.text)
        if size >= CHUNK_CHARACTERS or len(chunk) >= CHUNK_ITEMS:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _work(model: Model, chunk: Sequence[Document | Row | InputError]) -> list[_Read]:
    """One chunk through the house."""
    done = [_read(item, model.target) for item in chunk]
    statements = [s for item in done for s in item.statements]
    if not statements:
        return done
    probabilities, flags = model.label(statements)
    labelled = (with_label(s, (p[0], p[1], p[2]), f, model) for s, p, f in zip(statements, probabilities.tolist(), flags, strict=True))
    return [replace(item, statements=tuple(next(labelled) for _ in item.statements)) for item in done]


def _read(item: Document | Row | InputError, target: Target) -> _Read:
    if isinstance(item, InputError):
        return _Read(None, error=item)
    if isinstance(item, Document):
        found = _found(item, target)
        return _Read(replace(item, dropped=found.dropped), _merged(found.statements), found.identities)
    plain, before = undisguise(item.text), undisguise(item.context)
    about, span = find_target(plain.text if plain else item.text, before.text if before else item.context, target)
    span = plain.span(span.start, span.end) if plain and span else span
    whole = Span(0, len(item.text), item.text)
    speakers = (item.speaker,) if item.speaker else ()
    flags = (*(() if speakers else ("no_speaker",)), *(("context_only",) if about and span is None else ()))
    statement = Statement(
        item.text, 0, len(item.text), (whole,), speakers, kind=_kind(item.text), context=item.context, document=item.document,
        date=item.date, about_target=about, target_span=span, flags=flags,
    )  # fmt: skip
    return _Read(None, (statement,))


def _found(document: Document, target: Target) -> Extraction:
    """Who says what in a document, which is read as a reader sees it; offsets and spans are those of the text as written."""
    plain = undisguise(document.text)
    if plain is None:
        return read(document.text, target, document.name, document.date)
    found = read(plain.text, target, document.name, document.date)
    dropped = tuple(replace(d, span=plain.span(d.span.start, d.span.end)) for d in found.dropped)
    return replace(found, statements=tuple(_as_written(s, plain) for s in found.statements), dropped=dropped)


def _as_written(s: Statement, plain: Plain) -> Statement:
    def written(x: Span | None) -> Span | None:
        return x and plain.span(x.start, x.end)

    whole = plain.span(s.start, s.end)
    at = plain.text.rfind(s.context, 0, s.start) if s.context else -1
    context = plain.span(at, at + len(s.context)).text if at >= 0 else s.context
    return replace(
        s, text=whole.text, start=whole.start, end=whole.end, content=tuple(plain.span(c.start, c.end) for c in s.content),
        speaker_span=written(s.speaker_span), cue_span=written(s.cue_span), target_span=written(s.target_span), context=context,
    )  # fmt: skip


def _merged(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """What the same speakers say in the same sentence as one statement: its label rests on the sentence, and it should count once."""
    first: dict[tuple[int, int, tuple[str, ...]], Statement] = {}
    for number, s in enumerate(statements):
        key = (s.start, s.end, s.speakers or (f"nobody {number}",))
        known = first.get(key)
        if known is None:
            first[key] = s
            continue
        spans = sorted({*known.content, *s.content})
        content = [c for i, c in enumerate(spans) if not any(o.start <= c.start and c.end <= o.end for j, o in enumerate(spans) if j != i and len(o) > len(c))]
        about = known.about_target or s.about_target
        flags = tuple(f for f in known.flags if f != "context_only" or s.target_span is None)
        first[key] = replace(known, content=tuple(content), about_target=about, target_span=known.target_span or s.target_span, flags=flags)
    return tuple(first.values())


def _kind(text: str) -> Kind:
    """The kind of a bare row, by the share of it that stands in double quotation marks."""
    quoted = sum(len(m.group()) for m in _QUOTED.finditer(text))
    return "direct" if quoted > len(text) / 2 else "mixed" if quoted else "indirect"


def _work_there(reference: tuple[str | None, str], chunk: Sequence[Document | Row | InputError]) -> list[_Read]:
    """One chunk in a worker, which loads the model once and keeps it."""
    return _work(_model_there(*reference), chunk)


@lru_cache(maxsize=4)
def _model_there(path: str | None, fingerprint: str) -> Model:
    model = load_model(path)
    if model.fingerprint != fingerprint:
        raise ModelError(f"{path or 'the model of this worker'}: is {model.fingerprint}, the caller's is {fingerprint}: bring both to the same version")
    return model


def _report(done: Sequence[_Read], model: Model) -> Report:
    statements = tuple(s for item in done for s in item.statements)
    identities: dict[str, list[Identity]] = {}
    for item in done:
        if item.document is not None:
            identities.setdefault(item.document.name, []).extend(item.identities)
    return Report(
        documents=tuple(item.document for item in done if item.document is not None),
        statements=statements,
        speakers=tally(statements, identities),
        model=model.fingerprint,
        target=model.target.name,
        skipped=tuple(_reason(item.error) for item in done if item.error is not None),
    )


def _reason(error: InputError) -> tuple[str, str]:
    place, _, why = str(error).partition(": ")
    return (place, why) if why else ("", place)


@lru_cache(maxsize=1)
def _default_target() -> Target:
    return load_target(default_folder() / "target.toml")
