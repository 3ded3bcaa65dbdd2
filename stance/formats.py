"""Labels in and out of other tools' files: statements to text in a format, text to rows that `load_labels` reads; it opens no files.

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
from types import MappingProxyType
from typing import Any, Final

from stance.errors import InputError
from stance.labels import Labelled
from stance.results import STANCES
from stance.stories import did_you_mean

__all__ = ["FORMATS", "export_labels", "import_labels"]

COLUMNS: Final = ("id", "text", "stance", "speaker", "context", "kind", "about_target", "annotator", "source", "note")
"""The columns that travel."""


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
    _, read = _format(of)
    try:
        rows = read(text)
    except (KeyError, TypeError, IndexError, AttributeError) as error:
        raise InputError(f"this is no {of} export: {type(error).__name__} {error}") from None
    return _write_csv([r for r in rows if r.get("stance")])


def _format(name: str) -> tuple[_Write, _Read]:
    if name not in FORMATS:
        raise InputError(f"unknown format {name!r}: {did_you_mean(name, tuple(FORMATS))}")
    return FORMATS[name]


def _row(s: Labelled) -> dict[str, Any]:
    row = {name: getattr(s, name) for name in COLUMNS}
    return {name: value for name, value in row.items() if value not in (None, "")}


def _meta(row: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in row.items() if k not in ("text", "stance")}


def _one_of(label: Any, where: str) -> str:
    if label in STANCES:
        return str(label)
    raise InputError(f"{where}: unknown stance {label!r}: {did_you_mean(str(label), STANCES)}")


def _lines(text: str) -> list[tuple[str, dict[str, Any]]]:
    out = []
    for number, line in enumerate(text.splitlines(), 1):
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


def _write_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for r in rows:
        writer.writerow([str(v).lower() if isinstance(v, bool) else v for v in (r.get(c, "") for c in COLUMNS)])
    return out.getvalue()


def _read_csv(text: str) -> list[dict[str, Any]]:
    try:
        return [dict(r) for r in csv.DictReader(io.StringIO(text), strict=True)]
    except csv.Error as error:
        raise InputError(f"this is no CSV: {error}") from None


def _read_jsonl(text: str) -> list[dict[str, Any]]:
    return [{**r, "stance": _one_of(r["stance"], where) if r.get("stance") else ""} for where, r in _lines(text)]


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
        out.append({**r.get("meta", {}), "text": r["text"], "stance": _one_of(label, where) if label else ""})
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
    "csv": (_write_csv, _read_csv),
    "jsonl": (_json_lines, _read_jsonl),
    "label-studio": (_write_label_studio, _read_label_studio),
    "doccano": (_write_doccano, _read_doccano),
    "prodigy": (_write_prodigy, _read_prodigy),
})
"""Format name to its writer and reader."""
