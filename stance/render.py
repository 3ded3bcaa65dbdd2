"""A Report in, the forms in which people take it away out: table, HTML, frames, dict, JSON, CSV. Computes no labels; `exports.py` writes the files."""

from __future__ import annotations

import html
import io
import json
import shutil
import textwrap
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal

from stance.errors import InputError
from stance.files import write_atomic
from stance.results import STANCES, Report, Span, Speaker, Statement
from stance.tally import score_interval

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = [
    "SPEAKER_COLUMNS", "STATEMENT_COLUMNS", "csv_text", "html_fragment", "html_page", "safe_cells", "speakers_frame", "statements_frame",
    "statements_to_frame", "table", "timeline_frame", "to_dict", "to_json",
]  # fmt: skip

# Column -> pandas dtype. The order and the names are part of the public surface: exports keep them from version to version.
STATEMENT_COLUMNS: Final[Mapping[str, str]] = MappingProxyType({
    "document": "object", "date": "object", "start": "int64", "end": "int64", "speaker": "object", "kind": "object", "stance": "object",
    "p_restrictive": "float64", "p_soft": "float64", "p_neutral": "float64", "confidence": "float64", "about_target": "bool", "target": "object",
    "text": "object", "content": "object", "context": "object", "flags": "object", "model": "object",
})  # fmt: skip
SPEAKER_COLUMNS: Final[Mapping[str, str]] = MappingProxyType({
    "speaker": "object", "role": "object", "stance": "object", "mixed": "bool", "confidence": "float64", "score": "float64", "score_low": "float64",
    "score_high": "float64", "statements": "int64", "on_target": "int64", "restrictive": "int64", "soft": "int64", "neutral": "int64",
    "documents": "int64", "aliases": "object", "evidence": "object", "model": "object",
})  # fmt: skip
TIMELINE_COLUMNS: Final[Mapping[str, str]] = MappingProxyType({
    "period": "object", "n": "int64", "restrictive": "int64", "soft": "int64", "neutral": "int64", "score": "float64", "score_low": "float64",
    "score_high": "float64",
})  # fmt: skip

WIDTH_WITHOUT_TERMINAL: Final = 100
WIDTH_FOR_ROLES: Final = 80  # in a narrower terminal the roles are left out
LABEL_COLUMNS: Final = 42  # what stance, sureness and counts take, with the gaps between columns
LIVE_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")  # OWASP, "CSV injection": cells that a spreadsheet would run
MARKED_ARTICLES: Final = 25  # articles shown in full in one page; the table always covers all
TELLING_WORDS: Final = 6  # words per statement that are underlined and listed as having decided


# --- text ------------------------------------------------------------------------------------------------------------


def table(report: Report, width: int | None = None) -> str:
    """The report as plain text: a line a speaker with a position, under it the telling statement, in at most `width` columns."""
    width = width or shutil.get_terminal_size((WIDTH_WITHOUT_TERMINAL, 24)).columns
    heard = [s for s in report.speakers if s.on_target]
    lines = [repr(report)]
    if heard:
        with_role = width >= WIDTH_FOR_ROLES
        room = (width - LABEL_COLUMNS) // (2 if with_role else 1)
        name_width = min(room, max(len("Speaker"), *(len(s.name) for s in heard)))
        role_width = min(room, max(len("Role"), *(len(s.role or "") for s in heard)))
        role = f"{'Role':<{role_width}}  " if with_role else ""
        lines += ["", f"{'Speaker':<{name_width}}  {role}{'Stance':<11}  {'Sure':>4}  R/S/N"]
        for s in heard:
            sure = "" if s.confidence is None else f"{s.confidence:.0%}"
            counts = "/".join(str(s.counts[k]) for k in STANCES) + (" both" if s.mixed else "")
            role = f"{_cut(s.role or '', role_width):<{role_width}}  " if with_role else ""
            lines.append(f"{_cut(s.name, name_width):<{name_width}}  {role}{s.stance:<11}  {sure:>4}  {counts}")
            if s.evidence:
                lines.append("    " + _cut(_one_line(s.evidence.text), width - 4))
        lines += ["", *textwrap.wrap(f"R/S/N: statements on {report.target} that are restrictive, soft, neutral. Sure: mean probability of the label.", width)]
    elif report.statements:
        lines += ["", f"Nobody takes a position on {report.target} here."]
    unheard = [s.name for s in report.speakers if not s.on_target]
    if unheard:
        lines += ["", *textwrap.wrap(f"Not on {report.target}: {', '.join(unheard)}", width, subsequent_indent="    ")]
    nameless = [s for s in report.on_target if not s.speakers]
    if nameless:
        lines += ["", f"{len(nameless)} on {report.target} by nobody who could be named with confidence."]
    lines += ["", *(f"skipped: {place}: {why}" for place, why in report.skipped)] if report.skipped else []
    return "\n".join(lines)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: max(0, width - 1)].rstrip() + "…"


# --- frames ----------------------------------------------------------------------------------------------------------


def statements_frame(report: Report) -> DataFrame:
    """A row per statement, in text order."""
    return statements_to_frame(report.statements, report.model)


def statements_to_frame(statements: Sequence[Statement], fingerprint: str) -> DataFrame:
    """Statements as a frame of `STATEMENT_COLUMNS`, typed the same way for none and for many."""
    return _typed([_statement_row(s, fingerprint) for s in statements], STATEMENT_COLUMNS)


def speakers_frame(report: Report) -> DataFrame:
    """A row per speaker, in the report's order."""
    return _typed([_speaker_row(s, report.model) for s in report.speakers], SPEAKER_COLUMNS)


def _typed(rows: list[dict[str, Any]], columns: Mapping[str, str]) -> DataFrame:
    import pandas as pd

    frame = {c: pd.Series([row[c] for row in rows], dtype=dtype) for c, dtype in columns.items()}
    return pd.DataFrame(frame, columns=list(columns))


def _statement_row(s: Statement, fingerprint: str) -> dict[str, Any]:
    p = s.probabilities or {}
    return {
        "document": s.document, "date": s.date, "start": s.start, "end": s.end, "speaker": s.speaker, "kind": s.kind, "stance": s.stance,
        **{f"p_{k}": p.get(k) for k in STANCES}, "confidence": s.confidence, "about_target": s.about_target,
        "target": s.target_span.text if s.target_span else None, "text": s.text, "content": " […] ".join(c.text for c in s.content),
        "context": s.context, "flags": " ".join(s.flags) if all(" " not in f for f in s.flags) else "; ".join(s.flags), "model": fingerprint,
    }  # fmt: skip


def _speaker_row(s: Speaker, fingerprint: str) -> dict[str, Any]:
    low, high = s.interval or (None, None)
    return {
        "speaker": s.name, "role": s.role, "stance": s.stance, "mixed": s.mixed, "confidence": s.confidence, "score": s.score, "score_low": low,
        "score_high": high, "statements": len(s.statements), "on_target": len(s.on_target), **{k: s.counts[k] for k in STANCES},
        "documents": len({x.document for x in s.statements}), "aliases": "; ".join(s.aliases),
        "evidence": s.evidence.text if s.evidence else None, "model": fingerprint,
    }  # fmt: skip


def timeline_frame(report: Report, name: str, every: str) -> DataFrame:
    """One speaker's position per day, month or year: counts, score and interval of the statements on target that carry a date."""
    lengths = {"year": 4, "month": 7, "day": 10}
    if every not in lengths:
        raise InputError(f"every must be one of {', '.join(map(repr, lengths))}, found {every!r}")
    speaker = report[name]
    dated: dict[str, list[Statement]] = {}
    for s in speaker.on_target:
        if s.date and len(s.date) >= lengths[every]:
            dated.setdefault(s.date[: lengths[every]], []).append(s)
    if not dated:
        raise InputError(f"no statement of {speaker.name!r} on {report.target} carries a date to the {every}: give rows or documents a `date`")
    rows = []
    for period, own in sorted(dated.items()):
        score, interval = score_interval([s.probabilities for s in own if s.probabilities])
        low, high = interval or (None, None)
        counts = {str(k): sum(s.stance == k for s in own) for k in STANCES}
        rows.append({"period": period, "n": len(own)} | counts | {"score": score, "score_low": low, "score_high": high})
    return _typed(rows, TIMELINE_COLUMNS)


# --- plain data ------------------------------------------------------------------------------------------------------


def to_dict(report: Report) -> dict[str, Any]:
    """The report as plain data that `json` can write; texts of documents are left out, offsets refer to them."""
    number = {id(s): i for i, s in enumerate(report.statements)}
    return {
        "model": report.model,
        "target": report.target,
        "documents": [{"name": d.name, "date": d.date, "characters": len(d.text),
                       "dropped": [{"start": x.span.start, "end": x.span.end, "reason": x.reason} for x in d.dropped]} for d in report.documents],
        "speakers": [_speaker_dict(s, number) for s in report.speakers],
        "statements": [statement_dict(s) for s in report.statements],
        "skipped": [{"where": place, "reason": why} for place, why in report.skipped],
    }  # fmt: skip


def _speaker_dict(s: Speaker, number: Mapping[int, int]) -> dict[str, Any]:
    return {
        "name": s.name, "role": s.role, "aliases": list(s.aliases), "stance": s.stance, "mixed": s.mixed, "confidence": s.confidence,
        "counts": dict(s.counts), "score": s.score, "interval": list(s.interval) if s.interval else None,
        "statements": [number[id(x)] for x in s.statements],
    }  # fmt: skip


def statement_dict(s: Statement) -> dict[str, Any]:
    """One statement as plain data, spans as {start, end, text}."""

    def span(x: Any) -> dict[str, Any] | None:
        return None if x is None else {"start": x.start, "end": x.end, "text": x.text}

    return {
        "document": s.document, "date": s.date, "start": s.start, "end": s.end, "text": s.text, "content": [span(c) for c in s.content],
        "speakers": list(s.speakers), "speaker_span": span(s.speaker_span), "cue_span": span(s.cue_span), "kind": s.kind, "context": s.context,
        "stance": s.stance, "probabilities": dict(s.probabilities) if s.probabilities else None, "about_target": s.about_target,
        "target_span": span(s.target_span), "flags": list(s.flags),
    }  # fmt: skip


def to_json(report: Report, path: str | Path | None = None, indent: int | None = None) -> str:
    """One JSON text; lone surrogates are written as escapes, so that the text is always valid UTF-8."""
    data = to_dict(report)
    text = json.dumps(data, ensure_ascii=False, indent=indent)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        text = json.dumps(data, ensure_ascii=True, indent=indent)
    if path is not None:
        write_atomic(path, text + "\n")
    return text


def csv_text(report: Report, which: Literal["statements", "speakers"] = "statements", separator: str = ",") -> str:
    """A row a statement (or a speaker) as CSV text: no live formulas, Windows line ends, no byte order mark."""
    frame = statements_frame(report) if which == "statements" else speakers_frame(report)
    out = io.StringIO(newline="")
    safe_cells(frame).to_csv(out, index=False, sep=separator, lineterminator="\r\n")
    return out.getvalue()


def safe_cells(frame: DataFrame) -> DataFrame:
    """A copy whose text cells no spreadsheet runs: an apostrophe before what begins like a formula, NULs taken out."""

    def safe(cell: object) -> object:
        if not isinstance(cell, str):
            return cell
        cell = cell.replace("\0", "")
        return "'" + cell if cell.startswith(LIVE_FORMULA) else cell

    import pandas as pd

    return pd.DataFrame({c: pd.Series([safe(x) for x in frame[c]], dtype=frame[c].dtype) for c in frame.columns})


LEGEND: Final = "R/S/N: statements on the target that are restrictive, soft, neutral. Sure: mean calibrated probability of the label."

# --- HTML ------------------------------------------------------------------------------------------------------------

# Orange and blue of Okabe and Ito's palette (colour-blind safe); the label is always written out as well.
STYLE: Final = """
.stance-report{--restrictive:#a84300;--soft:#0060a0;--neutral:#5c5c5c;--faint:#6b6b6b;
 --mark-restrictive:#ffe3cc;--mark-soft:#d6ebff;--mark-neutral:#ececec;--ink:#1a1a1a;--paper:#fff;--line:#ccc;
 font:16px/1.55 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:60rem;margin:0 auto;padding:1rem;overflow-wrap:break-word}
@media screen and (prefers-color-scheme:dark){.stance-report{--restrictive:#ffab70;--soft:#7cc4ff;--neutral:#b4b4b4;--faint:#999;
 --mark-restrictive:#4d2a10;--mark-soft:#0f3454;--mark-neutral:#383838;--ink:#eee;--paper:#181818;--line:#555}}
.stance-report .title{font-size:1.4em;margin:.2em 0}.stance-report .name{font-size:1.15em;margin:1.6em 0 .4em}
.stance-report .scroll{overflow-x:auto}
.stance-report table{border-collapse:collapse;width:100%;font-size:.92em}
.stance-report th,.stance-report td{text-align:left;vertical-align:top;padding:.3em .6em;border-bottom:1px solid var(--line)}
.stance-report td{overflow-wrap:anywhere}.stance-report td:first-child,.stance-report td:nth-child(2).wide{min-width:6.4rem}
.stance-report .n{text-align:right;white-space:nowrap}.stance-report td.stance{white-space:nowrap}
.stance-report .restrictive{color:var(--restrictive)}.stance-report .soft{color:var(--soft)}.stance-report .neutral{color:var(--neutral)}
.stance-report b.label{font-weight:600}
.stance-report .article mark{color:var(--ink);padding:.08em 0}
.stance-report mark.restrictive{background:var(--mark-restrictive)}.stance-report mark.soft{background:var(--mark-soft)}
.stance-report mark.neutral{background:var(--mark-neutral)}
.stance-report mark u{text-decoration-thickness:2px;text-underline-offset:3px;text-decoration-color:var(--neutral)}
.stance-report mark.restrictive u{text-decoration-color:var(--restrictive)}.stance-report mark.soft u{text-decoration-color:var(--soft)}
.stance-report .tag{display:inline-block;box-sizing:border-box;max-width:100%;overflow-wrap:anywhere;vertical-align:.05em;
 font-size:.78em;line-height:1.35;border:1px solid currentColor;border-radius:.6em;padding:0 .45em;margin:0 .25em}
.stance-report .article{white-space:pre-wrap;border-left:3px solid var(--line);padding-left:1rem;margin:.6rem 0 1rem}
.stance-report .dropped,.stance-report .small{color:var(--faint)}
.stance-report .small{font-size:.85em}
.stance-report .wide:last-child{width:45%}
@media print{.stance-report{max-width:none;padding:0;font-size:12px}.stance-report mark{border-bottom:1px solid}.stance-report tr{break-inside:avoid}
 .stance-report .name{break-after:avoid}}
@media (max-width:40rem){.stance-report{padding:.5rem;font-size:15px}.stance-report .wide{display:none}
 .stance-report th,.stance-report td{padding:.3em .4em}.stance-report .article{padding-left:.6rem}}
"""


def html_fragment(report: Report, level: int = 2) -> str:
    """A `<div>` with its own style: the table of speakers, then the articles with statements, speakers and telling words marked.

    `level` is that of its heading: 1 in a page of its own, 2 in a notebook.
    """
    parts = [f"<style>{STYLE}</style>", '<div class="stance-report">']
    parts.append(f'<h{level} class="title">Who stands where on {_esc(report.target)}</h{level}>')
    parts.append(f"<p>{_esc(_summary(report))}</p>")
    heard = [s for s in report.speakers if s.on_target]
    if heard:
        classes = {"Speaker": "", "Role": " class=wide", "Stance": "", "Sure": " class=n", "R/S/N": " class=n", "Telling statement": " class=wide"}
        head = "".join(f"<th{kind} scope=col>{name}</th>" for name, kind in classes.items())
        parts.append(f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>')
        parts += [_speaker_html(s) for s in heard]
        parts.append("</tbody></table></div>")
        parts.append(f'<p class="small">{LEGEND}</p>')
    else:
        parts.append(f"<p>Nobody takes a position on {_esc(report.target)} here.</p>")
    by_document: dict[str, list[Statement]] = {}
    for s in report.statements:
        by_document.setdefault(s.document, []).append(s)
    for document in report.documents[:MARKED_ARTICLES]:
        title = _esc(document.name).replace("/", "/<wbr>") if document.name else "Article"  # a long path may break after a slash
        date = f" · {_esc(document.date)}" if document.date else ""
        parts.append(f'<h{level + 1} class="name">{title}{date}</h{level + 1}>')
        dropped = [(x.span.start, x.span.end) for x in document.dropped]
        parts.append(f'<div class="article">{_article_html(document.text, by_document.get(document.name, []), dropped)}</div>')
    if len(report.documents) > MARKED_ARTICLES:
        parts.append(f"<p>{len(report.documents) - MARKED_ARTICLES:,} more documents are counted above and not shown here.</p>")
    if not report.documents and report.statements:
        parts.append('<div class="article">' + "\n\n".join(_article_html(s.text, [s], []) for s in report.statements[: MARKED_ARTICLES * 4]) + "</div>")
    for place, why in report.skipped:
        parts.append(f'<p class="small">skipped: {_esc(place)}: {_esc(why)}</p>')
    parts.append(f'<p class="small">model {_esc(report.model)}</p></div>')
    return "\n".join(parts)


def _summary(report: Report) -> str:
    """What `repr` says, without the name of the class."""
    return repr(report).removeprefix("Report(").removesuffix(")")


def html_page(report: Report, path: str | Path | None = None) -> str:
    """A whole page around the fragment; nothing in it comes from elsewhere."""
    page = (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="color-scheme" content="light dark">\n<title>Who stands where on {_esc(report.target)}</title>\n'
        "<style>body{margin:0}@media screen and (prefers-color-scheme:dark){body{background:#181818}}</style>\n</head>\n"
        f"<body>\n{html_fragment(report, level=1)}\n</body>\n</html>\n"
    )
    page = page.encode("utf-8", "replace").decode("utf-8")
    if path is not None:
        write_atomic(path, page)
    return page


def _esc(text: str | None) -> str:
    return html.escape((text or "").replace("\0", "\N{REPLACEMENT CHARACTER}"), quote=True)


def _speaker_html(s: Speaker) -> str:
    sure = "" if s.confidence is None else f"{s.confidence:.0%}"
    both = "<br>(both sides)" if s.mixed else ""
    evidence = _esc(_cut(_one_line(s.evidence.text), 220)) if s.evidence else ""
    counts = "/".join(str(s.counts[k]) for k in STANCES)
    return (
        f'<tr><td>{_esc(s.name)}</td><td class="wide">{_esc(s.role)}</td><td class="stance"><b class="label {s.stance}">{s.stance}</b>{both}</td>'
        f'<td class="n">{sure}</td><td class="n">{counts}</td><td class="wide">{evidence}</td></tr>'
    )


def _article_html(text: str, statements: Sequence[Statement], dropped: Sequence[tuple[int, int]]) -> str:
    """The text with each statement's content marked and its speaker and label after it; where contents overlap, the shorter shows."""
    owner: dict[int, int] = {}  # character -> statement shown there
    order = sorted(range(len(statements)), key=lambda i: -sum(len(c) for c in statements[i].content))
    for i in order:
        for c in statements[i].content:
            owner.update(dict.fromkeys(range(c.start, c.end), i))
    strong: set[int] = set()
    titles: dict[int, str] = {}
    tags: dict[int, list[int]] = {}
    for i, s in enumerate(statements):
        words = telling_words(s)
        titles[i] = _title(s, words)
        strong.update(k for span, _ in words for k in range(span.start, span.end) if owner.get(k) == i)
        tags.setdefault(max([s.end, *(c.end for c in s.content)]), []).append(i)
    gone = {k for a, b in dropped for k in range(a, b)}
    cuts = sorted({0, len(text), *tags, *_edges(owner), *_edges(dict.fromkeys(strong, 1)), *_edges(dict.fromkeys(gone, 1))})
    out: list[str] = []
    for a, b in pairwise(cuts):
        piece = _esc(text[a:b])
        if a in strong:
            piece = f"<u>{piece}</u>"
        if a in owner:
            i = owner[a]
            piece = f'<mark class="{_shown(statements[i])}" title="{_esc(titles[i])}">{piece}</mark>'
        elif a in gone:
            piece = f'<span class="dropped" title="not read: site furniture">{piece}</span>'
        out.append(piece)
        out += [_tag(statements[i]) for i in tags.get(b, ())]
    return "".join(out)


def _edges(owner: Mapping[int, int]) -> set[int]:
    """Where the owner of the characters changes."""
    edges = set()
    for k, v in owner.items():
        if owner.get(k - 1) != v:
            edges.add(k)
        if owner.get(k + 1) != v:
            edges.add(k + 1)
    return edges


def telling_words(s: Statement, most: int = TELLING_WORDS) -> list[tuple[Span, float]]:
    """The words of the statement that spoke loudest for its label, with what all their features add up to; none for unlabelled statements."""
    if s._model is None:
        return []
    total: dict[Span, float] = {}
    for c in s.explain().contributions:
        if c.span is not None and c.where == "text":
            total[c.span] = total.get(c.span, 0.0) + c.value
    return sorted(((span, value) for span, value in total.items() if value > 0), key=lambda x: (-x[1], x[0]))[:most]


def _title(s: Statement, words: Sequence[tuple[Span, float]]) -> str:
    sure = "" if s.confidence is None else f" ({s.confidence:.0%})"
    listed = ", ".join(f"{_one_line(span.text)} +{value:.2f}" for span, value in words)
    flags = f"; careful: {', '.join(s.flags)}" if s.flags else ""
    return f"{s.speaker or 'nobody named'}: {s.stance}{sure}" + (f"; decided by {listed}" if listed else "") + flags


def _shown(s: Statement) -> str:
    """The class that colours a statement: only what concerns the target takes a side on it."""
    return s.stance or "neutral" if s.about_target else "neutral"


def _tag(s: Statement) -> str:
    label = (s.stance or "unlabelled") if s.about_target else "off target"
    return f'<span class="tag {_shown(s)}">{_esc(s.speaker or "(nobody named)")}: {label}</span>'
