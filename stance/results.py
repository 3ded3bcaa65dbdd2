"""The values that `extract` and `classify` return: Span, Statement, Speaker, Document, Report. Frozen; nothing here reads files or computes a label."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas import DataFrame

    from stance.model import Explanation, Model

__all__ = ["KINDS", "STANCES", "Document", "Dropped", "Kind", "Report", "Span", "Speaker", "Stance", "Statement"]

Stance = Literal["restrictive", "soft", "neutral"]
Kind = Literal["direct", "mixed", "indirect", "act"]
STANCES: Final[tuple[Stance, ...]] = ("restrictive", "soft", "neutral")
KINDS: Final[tuple[Kind, ...]] = ("direct", "mixed", "indirect", "act")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open stretch of a document: `document[start:end] == text`, counted in code points of the raw input."""

    start: int
    end: int
    text: str

    def __len__(self) -> int:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Dropped:
    """A stretch of a document that was taken for site furniture and not read; `reason` names the rule."""

    span: Span
    reason: str


@dataclass(frozen=True, slots=True)
class Document:
    """One text as it was read: its name, its date (ISO, or None), the raw text, and what was dropped as furniture."""

    name: str
    text: str
    date: str | None = None
    dropped: tuple[Dropped, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """One attributed proposition: what is said, by whom, and (from `classify`) the stance that it takes.

    Attributes
    ----------
    text, start, end
        The statement as printed, with speaker and cue; `document[start:end] == text` in code points.
    content
        The words said, without speaker and cue, as one Span or several.
    speakers
        The resolved names of those who say it; empty where nobody could be named with confidence.
    speaker_span, cue_span
        Where the text says so; None where it does not.
    kind
        direct (in quotation marks), mixed (partly), indirect (reported speech) or act (a reported official act).
    context
        The text just before the statement; the classifier reads it too.
    stance
        restrictive, soft or neutral; None from `extract`.
    probabilities
        The three calibrated probabilities, which sum to 1; None from `extract`.
    about_target, target_span
        Whether it concerns the target and by which words; the span is None where only the context says so.
    flags
        Reasons to be careful with this statement, from `stance.model.FLAGS`.
    """

    text: str
    start: int
    end: int
    content: tuple[Span, ...]
    speakers: tuple[str, ...] = ()
    speaker_span: Span | None = None
    cue_span: Span | None = None
    kind: Kind = "indirect"
    context: str = ""
    document: str = ""
    date: str | None = None
    about_target: bool = False
    target_span: Span | None = None
    stance: Stance | None = None
    probabilities: Mapping[str, float] | None = None
    flags: tuple[str, ...] = ()
    _model: Model | None = field(default=None, repr=False, compare=False)

    @property
    def speaker(self) -> str | None:
        """The resolved name; several who speak together are joined with " & "; None where nobody could be named."""
        return " & ".join(self.speakers) or None

    @property
    def confidence(self) -> float | None:
        """The calibrated probability of the label, in [0, 1]; None from `extract`."""
        return None if self.probabilities is None or self.stance is None else self.probabilities[self.stance]

    def explain(self) -> Explanation:
        """Say which words made the label: contributions to the label's score, summing to it exactly.

        Spans of words in the statement count code points of the document, as all its spans do; those of words in the context
        (`where == "context"`) count from the context's first.

        Raises
        ------
        ValueError
            The statement comes from `extract` or from a pickle, so that no model is at hand.
        """
        if self._model is None:
            raise ValueError("this statement carries no model: explain() works on statements from classify() in the same process")
        found = self._model.explain(self)
        moved = tuple(
            replace(c, span=Span(c.span.start + self.start, c.span.end + self.start, c.span.text)) if c.span and c.where == "text" else c
            for c in found.contributions
        )
        return replace(found, contributions=moved)

    def __getstate__(self) -> dict[str, Any]:
        state = {name: getattr(self, name) for name in self.__slots__}
        state["_model"] = None  # a model does not travel with every statement
        state["probabilities"] = None if self.probabilities is None else dict(self.probabilities)
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            object.__setattr__(self, name, MappingProxyType(value) if name == "probabilities" and value is not None else value)


@dataclass(frozen=True, slots=True)
class Speaker:
    """One speaker over all statements of a report, and the position that these statements add up to.

    Attributes
    ----------
    name, role, aliases
        The fullest name found, the role that the text gives (or None), and every way in which the text names this speaker.
    statements
        All of the speaker's statements in text order, those off target too.
    counts
        How many statements on the target carry each label.
    stance, mixed
        The codebook's rule for speakers: one side, or one side and neutral, is that side; both sides is the side with more
        weight (summed confidence), on a tie the later one, and `mixed` is True; else neutral.
    score, interval
        Mean of P(restrictive) - P(soft) over the statements on target, from -1 (soft) to 1 (restrictive), None where there are none;
        and its 95 % credible interval (see `stance.tally.score_interval`), which narrows with the number of statements.
    """

    name: str
    role: str | None
    aliases: tuple[str, ...]
    statements: tuple[Statement, ...]
    stance: Stance
    mixed: bool
    counts: Mapping[str, int]
    score: float | None
    interval: tuple[float, float] | None

    @property
    def on_target(self) -> tuple[Statement, ...]:
        """The statements that concern the target; only these make the position."""
        return tuple(s for s in self.statements if s.about_target)

    @property
    def confidence(self) -> float | None:
        """Mean calibrated confidence of the statements that carry the speaker's label, in [0, 1]."""
        own = [s.confidence for s in self.on_target if s.stance == self.stance and s.confidence is not None]
        return sum(own) / len(own) if own else None

    @property
    def evidence(self) -> Statement | None:
        """The telling statement: the most confident one on target with the speaker's label."""
        own = [s for s in self.on_target if s.stance == self.stance]
        return max(own, key=lambda s: s.confidence or 0.0, default=None)

    def side(self, stance: Stance) -> tuple[Statement, ...]:
        """The statements on target that carry this label, the most confident first: the evidence for one side."""
        return tuple(sorted((s for s in self.on_target if s.stance == stance), key=lambda s: -(s.confidence or 0.0)))

    def __getstate__(self) -> dict[str, Any]:
        return {name: dict(self.counts) if name == "counts" else getattr(self, name) for name in self.__slots__}

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            object.__setattr__(self, name, MappingProxyType(value) if name == "counts" else value)


@dataclass(frozen=True)
class Report:
    """Who stands where: the documents read, the statements in text order, the speakers, and the model that labelled them.

    `for speaker in report` and `len(report)` go over the speakers, those with most statements first; `report["Pompeo"]` finds one by
    name or alias. `print(report)` is a table; in a notebook the report shows the articles with the statements marked.
    """

    documents: tuple[Document, ...]
    statements: tuple[Statement, ...]
    speakers: tuple[Speaker, ...]
    model: str
    target: str
    skipped: tuple[tuple[str, str], ...] = ()

    def __iter__(self) -> Iterator[Speaker]:
        return iter(self.speakers)

    def __len__(self) -> int:
        return len(self.speakers)

    def __bool__(self) -> bool:
        return True  # a report of nothing said is still an answer

    @cached_property
    def _by_alias(self) -> Mapping[str, tuple[Speaker, ...]]:
        found: dict[str, dict[int, Speaker]] = {}
        for number, speaker in enumerate(self.speakers):
            for alias in (speaker.name, *speaker.aliases):
                found.setdefault(" ".join(alias.casefold().split()), {})[number] = speaker
        return {alias: tuple(them.values()) for alias, them in found.items()}

    def __getitem__(self, name: str) -> Speaker:
        """The speaker of that name or alias; KeyError names the speakers there are, or those that share the alias."""
        key = " ".join(name.casefold().split())
        them = self._by_alias.get(key, ())
        exact = [s for s in them if " ".join(s.name.casefold().split()) == key]
        them = tuple(exact) or them
        if len(them) == 1:
            return them[0]
        if them:
            raise KeyError(f"{name!r} may be any of {', '.join(repr(s.name) for s in them)}: use the full name")
        raise KeyError(f"no speaker {name!r}; there are {', '.join(repr(s.name) for s in self.speakers) or 'none'}")

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and " ".join(name.casefold().split()) in self._by_alias

    @property
    def on_target(self) -> tuple[Statement, ...]:
        """The statements that concern the target."""
        return tuple(s for s in self.statements if s.about_target)

    def __repr__(self) -> str:
        n = Counter(s.stance for s in self.on_target)
        labels = ", ".join(f"{n[k]} {k}" for k in STANCES)
        off = len(self.statements) - len(self.on_target)
        parts = [f"{_count(len(self.speakers), 'speaker')}, {_count(len(self.statements), 'statement')}"]
        parts.append(f": {labels}" + (f", {off} not on {self.target}" if off else ""))
        skipped = f"; {_count(len(self.skipped), 'document')} skipped" if self.skipped else ""
        return f"Report({''.join(parts)}{skipped})"

    def __str__(self) -> str:
        from stance.render import table

        return table(self)

    def _repr_html_(self) -> str:
        from stance.render import html_fragment

        return html_fragment(self)

    def to_frame(self) -> DataFrame:
        """A row per speaker (columns: `stance.render.SPEAKER_COLUMNS`)."""
        from stance.render import speakers_frame

        return speakers_frame(self)

    def statements_frame(self) -> DataFrame:
        """A row per statement, in text order (columns: `stance.render.STATEMENT_COLUMNS`)."""
        from stance.render import statements_frame

        return statements_frame(self)

    def timeline(self, name: str, every: str = "month") -> DataFrame:
        """One speaker's position over dated documents: a row per period with counts, score and interval.

        Parameters
        ----------
        name
            A speaker's name or alias.
        every
            "day", "month" or "year".

        Raises
        ------
        KeyError
            There is no such speaker.
        InputError
            None of the speaker's statements on target carries a date.
        """
        from stance.render import timeline_frame

        return timeline_frame(self, name, every)

    def to_dict(self) -> dict[str, Any]:
        """The whole report as plain data (dicts, lists, strings, numbers), documents' texts left out."""
        from stance.render import to_dict

        return to_dict(self)

    def to_json(self, path: str | Path | None = None, *, indent: int | None = None) -> str:
        """The report as one JSON text; written to `path` as well, atomically, where one is given."""
        from stance.render import to_json

        return to_json(self, path, indent)

    def to_csv(self, path: str | Path, *, table: Literal["statements", "speakers"] = "statements") -> None:
        """Write a row per statement (or per speaker) as UTF-8 CSV, atomically and with no live formulas."""
        from stance.exports import to_bytes
        from stance.files import write_atomic

        write_atomic(path, to_bytes(self, "csv", table))

    def save(self, path: str | Path, *, table: Literal["statements", "speakers"] | None = None) -> None:
        """Write the report to a file in the form that its name asks for, atomically.

        | suffix | what |
        | --- | --- |
        | .csv .tsv | a row a statement, with the columns of `statements_frame`; UTF-8 with byte order mark, as Excel wants it |
        | .jsonl | the same rows, a JSON object a line |
        | .xlsx | two sheets, `statements` and `speakers` (extra `excel`) |
        | .json | the whole report, as `to_dict` gives it |
        | .html .htm | a page of its own: the table of speakers and the articles with their statements marked |

        In .csv, .tsv and .xlsx no cell is a live formula: one that begins like a formula gets an apostrophe before it. A worksheet
        cannot hold control characters or more than 32,767 characters a cell: they are replaced, and longer texts cut with a mark.

        Parameters
        ----------
        path
            Where to write; its folder must exist.
        table
            "statements" or "speakers": that table alone, in .csv, .tsv, .jsonl and .xlsx; None for what stands above.

        Raises
        ------
        InputError
            The suffix is none of these, or the table does not go with it.
        MissingExtra
            The name ends in .xlsx and openpyxl is not installed.
        OSError
            The file cannot be written; whatever was there is as it was.

        Examples
        --------
        >>> import stance
        >>> stance.classify("Huawei denied it.").save("report.docx")
        Traceback (most recent call last):
        stance.errors.InputError: report.docx: a report is written as .csv .tsv .jsonl .xlsx .json .html .htm; found .docx
        """
        from stance.exports import save

        save(self, path, table)

    def to_html(self, path: str | Path | None = None) -> str:
        """One HTML page, self-contained: a table of speakers and the articles with their statements marked."""
        from stance.render import html_page

        return html_page(self, path)

    def plot(self, ax: Axes | None = None, *, most: int = 20) -> Axes:
        """Draw the speakers from soft to restrictive with intervals and counts (extra `plots`); returns the Axes."""
        from stance.plots import plot_speakers

        return plot_speakers(self, ax, most)

    def plot_timeline(self, name: str, ax: Axes | None = None, *, every: str = "month") -> Axes:
        """Draw one speaker's score over dated documents (extra `plots`); returns the Axes."""
        from stance.plots import plot_timeline

        return plot_timeline(self, name, ax, every)


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def with_label(statement: Statement, probabilities: tuple[float, float, float], flags: tuple[str, ...], model: Model | None) -> Statement:
    """A copy of the statement that carries a label: the likeliest stance, its probabilities, the flags and the model that explains it."""
    if not math.isclose(sum(probabilities), 1.0, abs_tol=1e-6):
        raise ValueError(f"probabilities must sum to 1, found {probabilities}")
    best = max(range(len(STANCES)), key=lambda i: probabilities[i])
    shares: Mapping[str, float] = MappingProxyType({str(k): p for k, p in zip(STANCES, probabilities, strict=True)})
    return replace(statement, stance=STANCES[best], probabilities=shares, flags=tuple(dict.fromkeys((*statement.flags, *flags))), _model=model)
