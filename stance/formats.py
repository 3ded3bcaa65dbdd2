"""Labels in and out of other tools' files: statements to text in a format, text to rows that `load_labels` reads; it opens no files (`exchange.py` does).

| name | what |
| --- | --- |
| `csv` | a labels folder's own rows |
| `jsonl` | one JSON object a line, the same names |
| `label-studio` | Label Studio's JSON list of tasks (choice `stance`) |
| `doccano` | doccano's JSON lines (`text`, `label`, `meta`) |
| `prodigy` | Prodigy's JSON lines (`text`, `options`, `accept`, `meta`) |
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import PurePath
from types import MappingProxyType
from typing import Any, Final

from stance.errors import InputError
from stance.labels import Labelled
from stance.results import STANCES
from stance.stories import did_you_mean

__all__ = ["FORMATS", "export_labels", "format_of", "import_labels", "read_rows", "rows_csv"]

COLUMNS: Final = ("id", "text", "stance", "speaker", "context", "kind", "about_target", "annotator", "source", "note")
"""The columns that travel."""
LIVE_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would run (OWASP, "CSV injection")."""
LONGEST_CELL: Final = 2**20
"""Characters in a cell; a statement has a few thousand at most, an article in the context some more."""


def export_labels(statements: Iterable[Labelled], to: str) -> str:
    """Statements as the text of a file in another tool's format.

    Parameters
    ----------
    statements
        A LabelSet or any Labelled.
    to
        One of FORMATS.

    Raises
    ------
    InputError
        There is no such format.

    Examples
    --------
    >>> print(export_labels([Labelled("a", "It will stay, the mayor said.", "soft", "mayor")], "jsonl"), end="")
    {"id": "a", "text": "It will stay, the mayor said.", "stance": "soft", "speaker": "mayor", "about_target": true}
    """
    write, _ = _format(to)
    return write([_row(s) for s in statements])


def import_labels(text: str, of: str) -> str:
    """The text of another tool's file as CSV for a labels folder; what was left unlabelled there is left out.

    Raises
    ------
    InputError
        There is no such format, or the text is not in it; the message names the line or the task.
    """
    return rows_csv([r for r in read_rows(text, of) if r.get("stance")])


def read_rows(text: str, of: str) -> list[dict[str, Any]]:
    """The rows of another tool's file, those left unlabelled there with an empty `stance`; errors are those of `import_labels`."""
    _, read = _format(of)
    try:
        return read(text)
    except KeyError as error:
        raise InputError(f"this is no {of} export: {error} is missing") from None
    except (TypeError, IndexError, AttributeError, RecursionError) as error:
        raise InputError(f"this is no {of} export: {type(error).__name__} {error}") from None


def format_of(name: str, text: str | None = None) -> str:
    """The format of a file, by its name and, where there are several of that name, by its text.

    >>> format_of("rows.jsonl"), format_of("done.jsonl", '{"text": "It will stay.", "label": ["soft"]}')
    ('jsonl', 'doccano')

    Raises
    ------
    InputError
        The name ends in none of .csv, .tsv, .json and .jsonl.
    """
    suffix = PurePath(name).suffix.lower()
    if suffix not in _SUFFIXES:
        raise InputError(f"{name}: labels travel as {' '.join(_SUFFIXES)}; found {suffix or 'no suffix'} (or name the format: {', '.join(FORMATS)})")
    if suffix == ".jsonl" and text:
        try:
            first = json.loads(next((line for line in text.split("\n") if line.strip()), ""))
        except (ValueError, RecursionError):
            first = None  # said with its line when it is read
        if isinstance(first, dict) and "stance" not in first:
            return "prodigy" if {"accept", "answer"} & set(first) else "doccano" if "label" in first else "jsonl"
    return _SUFFIXES[suffix]


def _format(name: str) -> tuple[_Write, _Read]:
    if name not in FORMATS:
        raise InputError(f"unknown format {name!r}: {did_you_mean(name, tuple(FORMATS))}")
    return FORMATS[name]


def _row(s: Labelled) -> dict[str, Any]:
    row = {name: getattr(s, name) for name in COLUMNS}
    return {name: value for name, value in row.items() if value not in (None, "") or name == "stance"}


def _meta(row: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in row.items() if k not in ("text", "stance")}


def _one_of(label: Any, where: str) -> str:
    if label in STANCES:
        return str(label)
    raise InputError(f"{where}: unknown stance {label!r}: {did_you_mean(str(label), STANCES)}")


def _lines(text: str) -> list[tuple[str, dict[str, Any]]]:
    out = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                value = json.loads(line)
            except ValueError as error:
                raise InputError(f"line {number}: is no JSON: {error}") from None
            if not isinstance(value, dict):
                raise InputError(f"line {number}: is no JSON object")
            out.append((f"line {number}", value))
    return out


def _json_lines(rows: Iterable[Mapping[str, Any]]) -> str:
    return "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows)


def rows_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as the text of a CSV file for a labels folder; a blank before what begins like a formula, which `load_labels` takes off again."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for r in rows:
        writer.writerow([_cell(r.get(c)) for c in COLUMNS])
    return out.getvalue()


def _cell(value: Any) -> str:
    text = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    return f" {text}" if text.startswith(LIVE_FORMULA) else text


def _read_csv(text: str) -> list[dict[str, Any]]:
    head = text.split("\n", 1)[0]
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True, delimiter=max(",;\t", key=head.count))
    try:
        rows = [(reader.line_num, r) for r in reader]
    except csv.Error as error:
        raise InputError(f"this is no CSV: line {reader.line_num}: {error}") from None
    missing = [c for c in ("text", "stance") if c not in (reader.fieldnames or ())]
    if missing:
        raise InputError(f"the column {missing[0]!r} is missing; found {', '.join(map(repr, reader.fieldnames or ())) or 'an empty file'}")
    for line, r in rows:
        if None in r or None in r.values():
            raise InputError(f"line {line}: has {'more' if None in r else 'fewer'} cells than the head of the table")
    return [{c: r[c].strip() for c in COLUMNS if c in r} | {"stance": _one_of(r["stance"].strip(), f"line {line}") if r["stance"].strip() else ""}
            for line, r in rows]


def _read_jsonl(text: str) -> list[dict[str, Any]]:
    return [{**r, "text": r["text"], "stance": _one_of(r["stance"], where) if r.get("stance") else ""} for where, r in _lines(text)]


def _write_label_studio(rows: Sequence[Mapping[str, Any]]) -> str:
    tasks = []
    for r in rows:
        chosen: dict[str, Any] = {"from_name": "stance", "to_name": "text", "type": "choices", "value": {"choices": [r["stance"]]}}
        data: dict[str, Any] = {"text": r["text"], **_meta(r)}
        tasks.append({"data": data, "annotations": [{"result": [chosen] if r["stance"] else []}]})
    return json.dumps(tasks, ensure_ascii=False, indent=1) + "\n"


def _read_label_studio(text: str) -> list[dict[str, Any]]:
    try:
        tasks = json.loads(text)
    except ValueError as error:
        raise InputError(f"this is no JSON: {error}") from None
    out = []
    for number, task in enumerate(tasks, 1):
        for annotation in task["annotations"]:
            choices = [c for part in annotation["result"] for c in part["value"].get("choices", ())]
            by = annotation.get("completed_by")
            who: dict[str, Any] = {} if by is None else {"annotator": by["email"] if isinstance(by, dict) else str(by)}
            row: dict[str, Any] = dict(task["data"]) | who
            out.append(row | {"stance": _one_of(choices[0], f"task {number}") if choices else ""})
    return out


def _write_doccano(rows: Sequence[Mapping[str, Any]]) -> str:
    return _json_lines({"text": r["text"], "label": [r["stance"]] if r["stance"] else [], "meta": _meta(r)} for r in rows)


def _read_doccano(text: str) -> list[dict[str, Any]]:
    out = []
    for where, r in _lines(text):
        label = r["label"][0] if r["label"] else ""
        beside = {k: v for k, v in r.items() if k in COLUMNS and k != "id"}  # some versions put the meta data there; their id is a number of their own
        out.append({**beside, **r.get("meta", {}), "text": r["text"], "stance": _one_of(label, where) if label else ""})
    return out


def _write_prodigy(rows: Sequence[Mapping[str, Any]]) -> str:
    options = [{"id": k, "text": k} for k in STANCES]
    return _json_lines({"text": r["text"], "options": options, "accept": [r["stance"]] if r["stance"] else [], "answer": "accept" if r["stance"] else "ignore",
                        "meta": _meta(r)} for r in rows)


def _read_prodigy(text: str) -> list[dict[str, Any]]:
    out = []
    for where, r in _lines(text):
        label = r["accept"][0] if r.get("answer") == "accept" and r.get("accept") else ""
        out.append({**r.get("meta", {}), "text": r["text"], "stance": _one_of(label, where) if label else ""})
    return out


_Write = Callable[[Sequence[Mapping[str, Any]]], str]
_Read = Callable[[str], list[dict[str, Any]]]
FORMATS: Final[Mapping[str, tuple[_Write, _Read]]] = MappingProxyType({
    "csv": (rows_csv, _read_csv),
    "jsonl": (_json_lines, _read_jsonl),
    "label-studio": (_write_label_studio, _read_label_studio),
    "doccano": (_write_doccano, _read_doccano),
    "prodigy": (_write_prodigy, _read_prodigy),
})
"""Format name to its writer and reader."""
_SUFFIXES: Final[Mapping[str, str]] = MappingProxyType({".csv": "csv", ".tsv": "csv", ".jsonl": "jsonl", ".json": "label-studio"})
"""Suffix to the format that it stands for by itself."""
