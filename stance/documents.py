"""Anything that classify() accepts in, Documents or Rows out, one at a time; reads files, decodes and checks, but finds no statements."""

from __future__ import annotations

import csv
import datetime
import difflib
import html.parser
import io
import json
import re
import sys
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, Final, Literal

from stance.errors import InputError, MissingExtra
from stance.results import Document

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["FILE_TYPES", "Row", "Unit", "read_documents", "read_file"]

Unit = Literal["statement", "document"]

TEXT_FILES: Final = (".txt", ".md", ".html", ".htm")
TABLE_FILES: Final = (".csv", ".tsv", ".jsonl", ".xlsx")
FILE_TYPES: Final = (*TEXT_FILES, *TABLE_FILES)
MAX_FILE_BYTES: Final = 2**30  # one file is read whole; more than a gigabyte of news in one is a mistake or an attack

COLUMNS: Final = ("text", "speaker", "context", "document", "date")
TEXT_NAMES: Final = ("text", "statement", "sentence", "body", "content", "article", "full_text")


@dataclass(frozen=True, slots=True)
class Row:
    """One statement as a table brings it: its text and, where known, who says it, what comes before it, and where and when it was printed."""

    text: str
    speaker: str | None = None
    context: str = ""
    document: str = ""
    date: str | None = None


Input = Any  # a str, a path, rows, a DataFrame, or an iterable of these: checked below, with errors that name what was found


def read_documents(source: Input, *, unit: Unit = "statement", text_column: str | None = None) -> Iterator[Document | Row | InputError]:
    """Go through anything that classify() accepts, one Document (a text to search) or Row (a statement as given) at a time.

    Parameters
    ----------
    source
        A str is a text. A path is a file of one of `FILE_TYPES` or a folder of them. A mapping or a DataFrame holds rows; an iterable
        may mix all of these.
    unit
        What a row of a table is: a "statement" (classified as it is) or a "document" (searched for statements).
    text_column
        The column that holds the text; by default the first of `TEXT_NAMES` that is there.

    Yields
    ------
    Document, Row, or the InputError of one item that cannot be read, so that the caller may raise it or go on.

    Raises
    ------
    InputError
        `source` as a whole is of no kind that is accepted.
    """
    if unit not in ("statement", "document"):
        raise InputError(f"unit must be 'statement' or 'document', found {unit!r}")
    yield from _one(source, "", unit, text_column, top=True)


def _one(item: Input, name: str, unit: Unit, column: str | None, top: bool = False) -> Iterator[Document | Row | InputError]:
    try:
        if isinstance(item, Document | Row | InputError):
            yield item
        elif isinstance(item, str):
            yield _text(item, name)
        elif isinstance(item, PurePath):
            yield from _path(Path(item), unit, column)
        elif isinstance(item, Mapping):
            yield _record(item, name or "row 1", unit, _columns(list(item), column, name or "the row"))
        elif _is_frame(item):
            yield from _frame(item, unit, column)
        elif top and isinstance(item, Iterable) and not isinstance(item, bytes | bytearray | memoryview):
            for number, part in enumerate(item, 1):
                kind = "row" if isinstance(part, Mapping) else "text"
                yield from _one(part, f"{kind} {number}", unit, column)
        else:
            raise InputError(_not_accepted(item, name))
    except InputError as error:
        if top and not isinstance(item, PurePath):
            raise
        yield error


def _not_accepted(item: object, name: str) -> str:
    place = f"{name}: " if name else ""
    hint = ": decode it first, for example item.decode('utf-8')" if isinstance(item, bytes | bytearray) else ""
    return f"{place}classify() takes text (str), a path (pathlib.Path), rows (dicts or a DataFrame) or an iterable of these; found {type(item).__name__}{hint}"


def _text(text: str, name: str) -> Document:
    where = f"{name}: " if name else ""
    if not text.strip():
        raise InputError(f"{where}the text is empty" if not text else f"{where}the text holds white space only")
    if len(text) < 500 and text.lower().endswith(FILE_TYPES) and not re.search(r"\s", text.strip()):
        raise InputError(f"{where}a str is read as text, and {text!r} looks like a file name; hand over pathlib.Path({text!r})")
    return Document(name, text)


def _path(path: Path, unit: Unit, column: str | None) -> Iterator[Document | Row | InputError]:
    if path.is_dir():
        files = sorted(p for p in path.rglob("*") if p.suffix.lower() in FILE_TYPES and p.is_file() and not p.name.startswith("."))
        if not files:
            raise InputError(f"{path}: the folder holds no file of the types {' '.join(FILE_TYPES)}")
        for file in files:
            try:
                yield from read_file(file, unit=unit, text_column=column)
            except InputError as error:
                yield error
    else:
        yield from read_file(path, unit=unit, text_column=column)


def read_file(path: str | Path, *, unit: Unit = "statement", text_column: str | None = None) -> Iterator[Document | Row | InputError]:
    """Read one file: a text file is one Document, a table is a Row (or with unit="document" a Document) a line.

    Raises
    ------
    InputError
        The file is missing, of another type, binary, empty or too large, or its columns are not the ones that are needed.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in FILE_TYPES:
        raise InputError(f"{path}: files of type {suffix or '(none)'} cannot be read; allowed are {' '.join(FILE_TYPES)}")
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise InputError(f"{path}: the file is larger than {MAX_FILE_BYTES >> 20} MiB; split it, or hand over its rows one by one")
        raw = path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    if suffix == ".xlsx":
        yield from _excel(path, unit, text_column)
    elif suffix in TABLE_FILES:
        yield from _table(decode(raw, str(path)), path, unit, text_column)
    else:
        text = decode(raw, str(path))
        text = html_text(text) if suffix in (".html", ".htm") else text
        if not text.strip():
            raise InputError(f"{path}: the file holds no text")
        yield Document(str(path), text)


def decode(raw: bytes, name: str) -> str:
    """Bytes to text: UTF-8 with or without byte order mark, UTF-16 with one, else Windows-1252 with a warning; line ends stay as they are.

    Raises
    ------
    InputError
        The bytes are not text (they hold NULs).
    """
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return raw.decode("utf-16")
        except UnicodeDecodeError as error:
            raise InputError(f"{name}: begins like UTF-16 but is not: {error.reason} at byte {error.start}") from None
    if b"\0" in raw:
        raise InputError(f"{name}: this is not a text file (a NUL byte at position {raw.index(0)})")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        warnings.warn(f"{name}: not UTF-8 (byte {error.start}); read as Windows-1252", stacklevel=2)
        return raw.decode("cp1252", errors="replace")


def _table(text: str, path: Path, unit: Unit, column: str | None) -> Iterator[Document | Row | InputError]:
    columns_vary = path.suffix.lower() == ".jsonl"  # every JSON line names its own
    records = _json_lines(text, path) if columns_vary else _csv_records(text, path)
    names: dict[str, str] | None = None
    seen = False
    for line, record in records:
        if isinstance(record, InputError):
            seen = True
            yield record
            continue
        seen = True
        if names is None and not columns_vary:
            names = _columns(list(record), column, f"{path}:{line}")
        try:
            if names is None or columns_vary:
                names = _columns(list(record), column, f"{path}:{line}")
            yield _record(record, f"{path}:{line}", unit, names)
        except InputError as error:
            yield error
    if not seen:
        raise InputError(f"{path}: the file holds no rows")


def _csv_records(text: str, path: Path) -> Iterator[tuple[int, Mapping[str, Any] | InputError]]:
    tab = path.suffix.lower() == ".tsv"
    head = text.split("\n", 1)[0]
    delimiter = "\t" if tab else max(",;\t", key=head.count)
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))  # an article in a cell is longer than the default of 128 KiB
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        header = next(reader, None)
        if header is None:
            return
        while True:
            line = reader.line_num + 1
            cells = next(reader, None)
            if cells is None:
                return
            if not cells:
                continue
            if len(cells) != len(header):
                yield line, InputError(f"{path}:{line}: {len(cells)} cells where the header has {len(header)}")
                continue
            yield line, dict(zip(header, cells, strict=True))
    except csv.Error as error:
        raise InputError(f"{path}:{reader.line_num}: not readable as a table: {error}") from None


def _json_lines(text: str, path: Path) -> Iterator[tuple[int, Mapping[str, Any] | InputError]]:
    for line, part in enumerate(text.split("\n"), 1):
        if not part.strip():
            continue
        try:
            record = json.loads(part)
        except (ValueError, RecursionError) as error:
            yield line, InputError(f"{path}:{line}: not readable as JSON: {error}")
            continue
        if isinstance(record, dict):
            yield line, record
        else:
            yield line, InputError(f"{path}:{line}: each line must be a JSON object with a text, found {type(record).__name__}")


def _excel(path: Path, unit: Unit, column: str | None) -> Iterator[Document | Row | InputError]:
    import pandas as pd

    try:
        frame = pd.read_excel(path, engine="openpyxl")
    except ImportError:
        raise MissingExtra("reading .xlsx files", "openpyxl", "excel") from None
    except Exception as error:  # noqa: BLE001  openpyxl and zipfile raise many kinds for a damaged workbook
        raise InputError(f"{path}: cannot be read as an Excel workbook: {error}") from None
    yield from _frame(frame, unit, column, str(path))


def _frame(frame: DataFrame, unit: Unit, column: str | None, where: str = "the DataFrame") -> Iterator[Document | Row | InputError]:
    names = _columns([str(c) for c in frame.columns], column, where)
    chosen = {want: frame.columns[[str(c) for c in frame.columns].index(have)] for want, have in names.items()}
    cells = {want: frame[have].tolist() for want, have in chosen.items()}
    prefix = "" if where == "the DataFrame" else f"{where}:"
    for number in range(len(frame)):
        record = {want: values[number] for want, values in cells.items()}
        try:
            yield _record(record, f"{prefix}row {number + 1}", unit, dict.fromkeys(cells, "") | {c: c for c in cells})
        except InputError as error:
            yield error


def _is_frame(item: object) -> bool:
    """True for a pandas DataFrame, without importing pandas where nobody has."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(item, pandas.DataFrame)


def _columns(found: Sequence[str], text_column: str | None, where: str) -> dict[str, str]:
    """Which of the found columns serve as text, speaker, context, document and date."""
    by_lower = {str(c).strip().lower(): c for c in found}
    if text_column is not None:
        if text_column not in found:
            raise InputError(f"{where}: there is no column {text_column!r}{_did_you_mean(text_column, found)}; found {', '.join(map(repr, found)) or 'none'}")
        text = text_column
    else:
        named = [by_lower[n] for n in TEXT_NAMES if n in by_lower]
        if not named:
            raise InputError(
                f"{where}: needs a column 'text'{_did_you_mean('text', found)} (or name yours: text_column=...); found {', '.join(map(repr, found)) or 'none'}"
            )
        text = named[0]
    return {"text": text} | {c: by_lower[c] for c in COLUMNS[1:] if c in by_lower and by_lower[c] != text}


def _did_you_mean(name: str, found: Sequence[str]) -> str:
    close = difflib.get_close_matches(name, [str(f) for f in found], n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""


def _record(record: Mapping[str, Any], name: str, unit: Unit, columns: Mapping[str, str]) -> Document | Row:
    text = record[columns["text"]]
    if not isinstance(text, str):
        found = "nothing" if _missing(text) else f"{type(text).__name__} {text!r}"
        raise InputError(f"{name}: the text must be a str, found {found}")
    if not text.strip():
        raise InputError(f"{name}: the text is empty")
    cell = {c: _cell(record.get(columns[c]), c, name) for c in COLUMNS[1:] if c in columns}
    if unit == "document":
        return Document(cell.get("document") or name, text, cell.get("date"))
    return Row(text, cell.get("speaker"), cell.get("context") or "", cell.get("document") or "", cell.get("date"))


def _missing(value: object) -> bool:
    return value is None or value != value or type(value).__name__ in ("NAType", "NaTType")


def _cell(value: object, column: str, name: str) -> str | None:
    if _missing(value):
        return None
    if column == "date":
        return _date(value, name)
    if not isinstance(value, str | int | float):
        raise InputError(f"{name}: {column} must be a str, found {type(value).__name__}")
    return str(value).strip() or None


def _date(value: object, name: str) -> str | None:
    """An ISO date (YYYY, YYYY-MM or YYYY-MM-DD) of what a cell holds."""
    if isinstance(value, datetime.date):  # datetime and pandas' Timestamp are dates too
        return value.isoformat()[:10]
    text = str(value).strip()
    if not text:
        return None
    found = re.match(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?![\d])", text)
    if found:
        year, month, day = (int(x) if x else 1 for x in found.groups())
        try:
            datetime.date(year, month, day)
            return found.group()
        except ValueError:
            pass
    raise InputError(f"{name}: date must be written YYYY, YYYY-MM or YYYY-MM-DD, found {text!r}")


def html_text(source: str) -> str:
    """The article text of an HTML page: by trafilatura where it is installed, else by a plain reader that drops scripts, menus and forms."""
    try:
        import trafilatura
    except ImportError:
        pass
    else:
        found = trafilatura.extract(source, include_comments=False, include_tables=False)
        if found:
            return str(found)
    reader = _PlainHTML()
    reader.feed(source)
    reader.close()
    return reader.text()


class _PlainHTML(html.parser.HTMLParser):
    """Block elements become paragraphs; what never holds an article's words is left out."""

    LEFT_OUT = frozenset({"script", "style", "noscript", "template", "nav", "header", "footer", "aside", "form", "button", "figure", "svg", "iframe", "head"})
    BLOCKS = frozenset({"p", "div", "br", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "section", "article", "tr", "td", "ul", "ol", "main"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag in self.LEFT_OUT:
            self._inside.append(tag)
        elif tag in self.BLOCKS:
            self._parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.LEFT_OUT and tag in self._inside:
            while self._inside.pop() != tag:
                pass
        elif tag in self.BLOCKS:
            self._parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._inside:
            self._parts.append(re.sub(r"\s+", " ", data))

    def text(self) -> str:
        lines = (" ".join(line.split()) for line in "".join(self._parts).split("\n"))
        return "\n".join(line for line in lines if line)
