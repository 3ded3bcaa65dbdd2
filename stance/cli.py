"""The command `stance`: arguments in, results on standard output, messages on standard error; all the work is done by the library."""

from __future__ import annotations

import argparse
import io
import json
import os
import signal
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

import stance
from stance.errors import InputError, MissingExtra, StanceError
from stance.exports import BOM, SUFFIXES, TABLES, to_bytes
from stance.files import write_atomic
from stance.formats import FORMATS as TRAVEL
from stance.progress import watch

if TYPE_CHECKING:
    from stance.documents import Unit
    from stance.results import Document, Report

__all__ = ["main"]

OK, FOUND, BAD_INPUT = 0, 1, 2  # 1: faults found, or some inputs were skipped; 2: nothing could be done (as argparse has it)
FORMATS: Final = ("table", "csv", "tsv", "jsonl", "xlsx", "json", "html")
TEXT_SUFFIXES: Final = (".txt", ".md", "")  # files that hold the table for people
PAINT: Final = {"restrictive": "\033[33m", "soft": "\033[36m", "neutral": "\033[2m"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; errors of the library become one line on standard error."""
    if hasattr(signal, "SIGPIPE") and __name__ != "__main__":
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `stance ... | head` ends quietly
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    args = _parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = args.run
    with warnings.catch_warnings():
        warnings.showwarning = lambda message, *_, **__: _say(f"warning: {message}")
        try:
            return run(args)
        except StanceError as error:
            _say(f"error: {error}")
            return BAD_INPUT
        except OSError as error:
            _say(f"error: {error.filename or ''}: {error.strerror or error}")
            return BAD_INPUT
        except KeyboardInterrupt:
            _say("stopped")
            return 130


def _say(message: str) -> None:
    print(f"stance: {message}", file=sys.stderr)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(BAD_INPUT, f"stance: error: {message}\nTry: {self.prog} --help\n")


def _parser() -> argparse.ArgumentParser:
    plain = argparse.RawDescriptionHelpFormatter
    parser = _Parser(prog="stance", formatter_class=plain, description="Find who says what in news text, and who stands where on Huawei.",
                     epilog="example:\n  stance classify story.txt\n\nstance COMMAND --help shows an example for each.")  # fmt: skip
    parser.add_argument("--version", action="version", version=f"stance {stance.__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND", parser_class=_Parser)

    def add(to: Any, name: str, run: Callable[[argparse.Namespace], int] | None, about: str, example: str) -> argparse.ArgumentParser:
        sub: argparse.ArgumentParser = to.add_parser(name, help=about, description=about, epilog=f"example:\n  {example}", formatter_class=plain)
        sub.set_defaults(run=run)
        return sub

    command = partial(add, commands)

    p = command("classify", _classify, "Say who stands where in files, folders or standard input (-).",
                "stance classify story.txt -o report.html\n  stance classify articles/ -o report.xlsx\n"
                "  stance classify articles/ -o found.jsonl --resume")  # fmt: skip
    _reads(p)
    p.add_argument("--format", choices=FORMATS, help="what to write (default: what the name after -o asks for, else table); jsonl: a line a document")
    p.add_argument("-o", "--output", type=Path, metavar="FILE", help="write there instead of standard output: .csv .tsv .jsonl .xlsx .json .html .txt")
    p.add_argument("--table", choices=TABLES,
                   help="csv, tsv, jsonl, xlsx: a row a statement or a row a speaker (default: statements in csv and tsv, both in xlsx)")  # fmt: skip
    p.add_argument("-j", "--jobs", type=int, default=1, metavar="N", help="share the texts among N processes (-1: all cores)")
    p.add_argument("--resume", action="store_true", help="with -o FILE.jsonl: leave out documents that FILE already holds")

    p = command("explain", _explain, "Show for each statement on the target which words made its label.", "stance explain story.txt")
    _reads(p)
    p.add_argument("--most", type=int, default=6, metavar="N", help="words a statement (default: 6)")

    p = command("train", _train, "Train a model on a labels folder.", "stance train labels/ -o mine.stance")
    p.add_argument("folder", type=Path)
    p.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="where the model goes (.stance)")

    p = command("check", _check, "Find faults and doubtful places in a labels folder, each with file and line.", "stance check labels/")
    p.add_argument("folder", type=Path)
    p.add_argument("--deep", action="store_true", help="also look for likely label errors (trains models; takes a minute or so)")

    p = command("evaluate", _evaluate, "Grouped cross-validation over a labels folder: how good is a model trained on it?", "stance evaluate labels/")
    p.add_argument("folder", type=Path)
    p.add_argument("--behaviour", action="store_true", help="also run the behaviour suite (negation, denial, names, other companies)")
    p.add_argument("--format", choices=("table", "json"), default="table")

    p = command("suggest", _suggest, "Pick what to label next: statements that the model is unsure of and that are unlike each other.",
                "stance suggest articles/ -n 50 -o to_label.csv")  # fmt: skip
    _reads(p)
    p.add_argument("-n", type=int, default=50, metavar="N", help="how many (default: 50)")
    p.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="a CSV, ready to fill in and drop into a labels folder")

    p = command("labels", None, "Bring labels in from annotation tools, or out to them: CSV, JSON lines, Label Studio, doccano, Prodigy.",
                "stance labels export labels/ --blind --to doccano -o second.jsonl\n"
                "  stance labels import second.jsonl -o labels/ --annotator second")  # fmt: skip
    actions = p.add_subparsers(title="actions", required=True, metavar="ACTION", parser_class=_Parser)
    action = partial(add, actions)
    p = action("export", _labels_export, "Write the statements of a labels folder for another tool.",
               "stance labels export labels/ -o rows.csv\n  stance labels export labels/ --blind --to prodigy -o second.jsonl")  # fmt: skip
    p.add_argument("folder", type=Path)
    p.add_argument("--to", choices=tuple(TRAVEL), help="the format (default: .csv is csv, .jsonl is jsonl, .json is label-studio; csv without -o)")
    p.add_argument("-o", "--output", type=Path, metavar="FILE", help="write there instead of standard output")
    p.add_argument("--blind", action="store_true", help="leave out labels, annotators and notes, for a second annotator")

    p = action("import", _labels_import, "Bring the labelled rows of another tool's file into a labels folder.",
               "stance labels import rows.csv -o mylabels/\n  stance labels import done.jsonl -o mylabels/ --from prodigy --annotator anna")  # fmt: skip
    p.add_argument("file", type=Path)
    p.add_argument("-o", "--output", type=Path, metavar="FOLDER", required=True, help="the labels folder; it is made if it is not there")
    p.add_argument("--from", dest="of", choices=tuple(TRAVEL), help="the format (default: what name and content tell)")
    p.add_argument("--annotator", metavar="NAME", help="whose judgements these are (default: what the file says)")
    p.add_argument("--replace", action="store_true", help="take the place of a CSV file of the same name in the folder")
    return parser


def _reads(p: argparse.ArgumentParser) -> None:
    p.add_argument("files", nargs="+", metavar="FILE", help="text, HTML or table files, folders, or - for standard input")
    p.add_argument("--model", type=Path, metavar="FILE", help="a model from `stance train` (default: the one that comes with stance)")
    p.add_argument("--unit", choices=("statement", "document"), default="document", help="what a row of a table is (default: document)")
    p.add_argument("--text-column", metavar="NAME", help="the column with the text (default: text, body, content ...)")


# --- commands --------------------------------------------------------------------------------------------------------


def _classify(args: argparse.Namespace) -> int:
    form = _form(args)
    if args.resume and (form != "jsonl" or args.output is None or args.table):
        raise InputError("--resume needs --format jsonl and -o FILE, without --table: the file tells what is done")
    if form == "xlsx" and args.output is None:
        raise InputError("--format xlsx needs -o FILE: a workbook is no text to print")
    if form == "xlsx" and find_spec("openpyxl") is None:
        raise MissingExtra("writing .xlsx files", "openpyxl", "excel")
    _check_output(args.output)
    if args.table and form == "table":
        raise InputError("--table goes with csv, tsv, jsonl and xlsx: name one with --format or -o")
    if form == "jsonl" and not args.table:
        return _stream(args)
    report = stance.classify(_inputs(args), model=args.model, errors="skip", n_jobs=args.jobs, progress=True)
    _report_skipped(report)
    if not report.documents and not report.statements and report.skipped:
        return BAD_INPUT
    if form == "table":
        _write(_painted_table(report, args), args.output)
    else:
        data = to_bytes(report, form, args.table)
        if args.output is None:
            _write(data.removeprefix(BOM).decode(), None)  # a pipe wants no byte order mark
        else:
            write_atomic(args.output, data)
    return FOUND if report.skipped else OK


def _form(args: argparse.Namespace) -> str:
    """What to write: what --format says, else what the name after -o asks for, else the table; two that do not fit are refused."""
    suffix = args.output.suffix.lower() if args.output else ""
    asked = SUFFIXES.get(suffix) or ("table" if suffix in TEXT_SUFFIXES else None)
    if args.format is None:
        if asked is None:
            raise InputError(f"{args.output}: a report is written as {' '.join([*SUFFIXES, '.txt'])}; found {suffix} (--format FORMAT writes it all the same)")
        return asked
    if suffix in SUFFIXES and args.format != asked:
        raise InputError(f"{args.output}: --format {args.format} does not fit a name that ends in {suffix}")
    return str(args.format)


def _painted_table(report: Report, args: argparse.Namespace) -> str:
    from stance.render import table

    text = table(report) + "\n"
    return _painted(text) if args.output is None and sys.stdout.isatty() and "NO_COLOR" not in os.environ else text


def _painted(text: str) -> str:
    """Colour the label in each line of the table that has one; the words stay, so that colour says nothing alone."""
    lines = []
    for line in text.split("\n"):
        label = next((k for k in PAINT if f"  {k}" in line and not line.startswith(" ")), None)
        lines.append(line.replace(f"  {label}", f"  {PAINT[label]}{label}\033[0m", 1) if label else line)
    return "\n".join(lines)


def _stream(args: argparse.Namespace) -> int:
    """One JSON line a document as soon as it is done; memory does not grow with their number."""
    done = _finished(args.output) if args.resume and args.output.exists() else set()
    skipped = read = 0
    out = sys.stdout if args.output is None else args.output.open("a" if args.resume else "w", encoding="utf-8", newline="\n")
    try:
        items = (i for i in _inputs(args) if getattr(i, "name", None) not in done)
        for report in watch(stance.iter_classify(items, model=args.model, errors="skip", n_jobs=args.jobs), show=True):
            _report_skipped(report)
            skipped += len(report.skipped)
            read += len(report.documents) + len(report.statements)
            if report.documents or report.statements:
                name = report.documents[0].name if report.documents else None
                out.write(json.dumps({"document": name} | report.to_dict(), ensure_ascii=True) + "\n")
                out.flush()
    finally:
        if out is not sys.stdout:
            out.close()
    if skipped and not read and not done:
        return BAD_INPUT
    return FOUND if skipped else OK


def _finished(path: Path) -> set[str]:
    """Names of the documents that a JSON-lines file of an earlier run holds whole; a last line cut off in the middle is taken out."""
    done: set[str] = set()
    whole = 0
    with path.open("rb") as lines:
        for line in lines:
            try:
                name = json.loads(line)["document"]
            except (ValueError, KeyError, TypeError):
                if line.endswith(b"\n"):
                    raise InputError(f"{path}: not a file that --resume can go on with: a line without a document: {line[:60]!r}") from None
                break
            if not line.endswith(b"\n"):
                break
            whole += len(line)
            done.add(str(name))
    with path.open("r+b") as file:
        file.truncate(whole)
    return done


def _explain(args: argparse.Namespace) -> int:
    from stance.render import telling_words

    report = stance.classify(_inputs(args), model=args.model, errors="skip", progress=True)
    _report_skipped(report)
    for s in report.on_target:
        words = ", ".join(f"{' '.join(span.text.split())} {value:+.2f}" for span, value in telling_words(s, args.most))
        print(f"{s.speaker or '(nobody named)'}: {s.stance} ({s.confidence:.0%})" + (f"  [{' '.join(s.flags)}]" if s.flags else ""))
        print(f"    {' '.join(s.text.split())}\n    because of {words}\n")
    return FOUND if report.skipped else OK


def _train(args: argparse.Namespace) -> int:
    _check_output(args.output)
    model = stance.train(args.folder)
    model.save(args.output)
    print(model.card())
    _say(f"wrote {args.output} ({args.output.stat().st_size:,} bytes)")
    return OK


def _check(args: argparse.Namespace) -> int:
    from stance.errors import LabelError
    from stance.quality import check

    try:
        findings = check(args.folder, deep=args.deep)
    except LabelError as error:
        for fault in error.faults:
            print(fault)
        _say(f"{len(error.faults)} fault{'s' if len(error.faults) != 1 else ''} in {args.folder}")
        return FOUND
    for finding in findings:
        print(finding)
    labels = stance.load_labels(args.folder)
    _say(f"{args.folder}: {len(labels):,} statements, no faults" + (f", {len(findings)} places to look at" if findings else ""))
    return OK


def _evaluate(args: argparse.Namespace) -> int:
    evaluation = stance.evaluate(args.folder, behaviour=args.behaviour)
    print(json.dumps(evaluation.to_dict(), indent=2) if args.format == "json" else evaluation)
    return OK


def _suggest(args: argparse.Namespace) -> int:
    from stance.labels import suggestions_csv

    _check_output(args.output)
    model = stance.load_model(args.model)
    texts = list(_inputs(args))
    chosen = stance.suggest(texts, n=args.n, model=model)
    write_atomic(args.output, suggestions_csv(chosen))
    _say(f"wrote {len(chosen)} statements to {args.output}: fill in the column stance and move the file into a labels folder")
    return OK


def _labels_export(args: argparse.Namespace) -> int:
    from stance.exchange import export_text
    from stance.formats import format_of

    to = args.to or (format_of(str(args.output)) if args.output else "csv")
    _write(export_text(args.folder, to, blind=args.blind), args.output)
    return OK


def _labels_import(args: argparse.Namespace) -> int:
    from stance.errors import LabelError
    from stance.exchange import import_file

    try:
        done = import_file(args.file, args.output, of=args.of, annotator=args.annotator, replace_old=args.replace)
    except LabelError as error:
        for fault in error.faults:
            print(fault)
        _say(f"nothing was imported: with these rows {args.output} would have {len(error.faults)} fault{'s' if len(error.faults) != 1 else ''}")
        return FOUND
    if done.new_folder:
        _say(f"made {args.output} with the target.toml that comes with stance: edit it if the labels are about something else")
    left = f"; {done.unlabelled:,} not labelled there were left out" if done.unlabelled else ""
    _say(f"wrote {done.rows:,} rows to {done.path}{left}")
    return OK


# --- inputs and outputs ----------------------------------------------------------------------------------------------


def _inputs(args: argparse.Namespace) -> Iterator[Any]:
    """Documents and rows of all the files named, an error in the place of each that cannot be read."""
    from stance.documents import read_documents

    unit: Unit = args.unit
    for name in args.files:
        if name == "-":
            yield from _standard_input()
        else:
            yield from read_documents(Path(name), unit=unit, text_column=args.text_column)


def _standard_input() -> Iterable[Document]:
    from stance.documents import decode
    from stance.results import Document

    text = decode(sys.stdin.buffer.read(), "standard input")
    if not text.strip():
        raise InputError("standard input: no text came in")
    return [Document("-", text)]


def _check_output(path: Path | None) -> None:
    """Refuse before the work is done what could not be written after it."""
    if path is not None and not path.parent.is_dir():
        raise InputError(f"{path}: there is no folder {path.parent}")
    if path is not None and path.is_dir():
        raise InputError(f"{path}: is a folder; name a file")


def _report_skipped(report: Report) -> None:
    for place, why in report.skipped:
        _say(f"skipped: {place}: {why}" if place else f"skipped: {why}")


def _write(text: str, path: Path | None) -> None:
    if path is None:
        sys.stdout.write(text)
        sys.stdout.flush()
    else:
        write_atomic(path, text)
