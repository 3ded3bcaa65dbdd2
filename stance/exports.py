"""A Report in, a file out, in the form that the file's name asks for: .csv .tsv .jsonl .xlsx .json .html. It computes no labels and reads nothing."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal

from stance import render
from stance.errors import InputError, MissingExtra
from stance.files import write_atomic
from stance.results import Report

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["SUFFIXES", "TABLES", "Table", "form_of", "save", "to_bytes"]

Table = Literal["statements", "speakers"]
TABLES: Final[tuple[Table, ...]] = ("statements", "speakers")
SUFFIXES: Final[Mapping[str, str]] = MappingProxyType({
    ".csv": "csv", ".tsv": "tsv", ".jsonl": "jsonl", ".xlsx": "xlsx", ".json": "json", ".html": "html", ".htm": "html",
})  # fmt: skip
"""Suffix of a file name -> form."""

BOM: Final = b"\xef\xbb\xbf"  # without it Excel reads UTF-8 as the machine's old code page
LONGEST_CELL: Final = 32_767  # characters; Excel's own limit, beyond which it calls a workbook damaged
MOST_ROWS: Final = 1_048_575  # below the head; Excel's own limit
WIDEST_COLUMN: Final = 60  # characters shown; statements are longer and may be widened by hand
CUT: Final = " […]"
# What XML 1.0 cannot hold: control characters but tab and line feed (a carriage return would come back as a line feed), surrogates, two non-characters.
_NOT_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def save(report: Report, path: str | Path, table: Table | None = None) -> None:
    """Write a report to a file; see `Report.save`."""
    path = Path(path)
    write_atomic(path, to_bytes(report, form_of(path), table))


def form_of(path: str | Path) -> str:
    """The form that a file's name asks for.

    >>> form_of("speakers.TSV")
    'tsv'

    Raises
    ------
    InputError
        The name ends otherwise; the message names what is allowed.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in SUFFIXES:
        raise InputError(f"{path}: a report is written as {' '.join(SUFFIXES)}; found {suffix or 'no suffix'}")
    return SUFFIXES[suffix]


def to_bytes(report: Report, form: str, table: Table | None = None) -> bytes:
    """The content of the file that `save` would write.

    Parameters
    ----------
    report
        What is written.
    form
        One of the values of SUFFIXES.
    table
        As in `Report.save`.

    Raises
    ------
    InputError
        There is no such form or table, the form holds the whole report, or a worksheet has too few rows.
    MissingExtra
        A workbook is asked for and openpyxl is not installed.
    """
    if form not in _WRITERS:
        raise InputError(f"unknown form {form!r}; allowed are {', '.join(_WRITERS)}")
    if table is not None and table not in TABLES:
        raise InputError(f"table must be {' or '.join(map(repr, TABLES))}, found {table!r}")
    if table is not None and form in ("json", "html"):
        raise InputError(f"{form} holds the whole report; table={table!r} goes with csv, tsv, jsonl and xlsx")
    return _WRITERS[form](report, table)


def _frame(report: Report, table: Table) -> DataFrame:
    return render.statements_frame(report) if table == "statements" else render.speakers_frame(report)


def _separated(separator: str) -> _Writer:
    def write(report: Report, table: Table | None) -> bytes:
        return BOM + render.csv_text(report, table or "statements", separator).encode("utf-8", "backslashreplace")

    return write


def _json_lines(report: Report, table: Table | None) -> bytes:
    """One JSON object a row, under the names of the columns; missing values are null. Escaped to ASCII, so that lone surrogates stay valid."""
    frame = _frame(report, table or "statements")
    columns = [[_plain(x) for x in frame[c].tolist()] for c in frame.columns]
    lines = (json.dumps(dict(zip(frame.columns, row, strict=True)), ensure_ascii=True) for row in zip(*columns, strict=True))
    return "".join(line + "\n" for line in lines).encode("ascii")


def _plain(cell: object) -> object:
    return None if cell != cell else cell  # nan is no JSON


def _workbook(report: Report, table: Table | None) -> bytes:
    """A sheet a table, the first row frozen; no cell is a formula or an error."""
    try:
        from openpyxl import Workbook
        from openpyxl.cell import WriteOnlyCell
    except ImportError:
        raise MissingExtra("writing .xlsx files", "openpyxl", "excel") from None
    book = Workbook(write_only=True)
    for name in (table,) if table else TABLES:
        frame = render.safe_cells(_frame(report, name))
        if len(frame) > MOST_ROWS:
            raise InputError(f"a worksheet has at most {MOST_ROWS:,} rows, and there are {len(frame):,} {name}: write .csv or .jsonl")
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "A2"
        columns = {c: [_cell(x) for x in frame[c].tolist()] for c in frame.columns}
        for at, (column, cells) in enumerate(columns.items()):
            longest = max((len(str(x)) for x in (column, *cells[:1_000])), default=0)
            sheet.column_dimensions[_letters(at)].width = min(longest, WIDEST_COLUMN) + 2
        sheet.append(list(columns))
        for row in zip(*columns.values(), strict=True):
            sheet.append([_as_text(WriteOnlyCell(sheet, x)) if isinstance(x, str) and x.startswith("#") else x for x in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(cell: Any) -> Any:
    if cell != cell or cell is None:
        return None
    if not isinstance(cell, str):
        return cell
    cell = _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", cell.replace("\r\n", "\n").replace("\r", "\n"))
    return cell if len(cell) <= LONGEST_CELL else cell[: LONGEST_CELL - len(CUT)] + CUT


def _as_text(cell: Any) -> Any:
    """The cell, typed as text: openpyxl would take "#N/A" for an error; "=1" it would take for a formula, but no cell begins like that any more."""
    cell.data_type = "s"
    return cell


def _letters(at: int) -> str:
    """A column's letters: 0 is A, 26 is AA."""
    return (_letters(at // 26 - 1) if at >= 26 else "") + chr(ord("A") + at % 26)


def _json(report: Report, table: Table | None) -> bytes:  # noqa: ARG001  one signature for all writers
    return (render.to_json(report, indent=2) + "\n").encode("utf-8")


def _html(report: Report, table: Table | None) -> bytes:  # noqa: ARG001
    return render.html_page(report).encode("utf-8")


_Writer = Callable[[Report, Table | None], bytes]
_WRITERS: Final[Mapping[str, _Writer]] = MappingProxyType({
    "csv": _separated(","), "tsv": _separated("\t"), "jsonl": _json_lines, "xlsx": _workbook, "json": _json, "html": _html,
})  # fmt: skip
