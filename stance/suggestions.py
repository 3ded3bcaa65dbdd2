"""What to label next: takes texts, gives statements that the model is unsure of, unlike each other, and a CSV of them to fill in; labels nothing."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from stance.errors import InputError

if TYPE_CHECKING:
    from stance.model import Model
    from stance.results import Statement

__all__ = ["suggest", "suggestions_csv"]

LIKE: Final = 0.5
"""Share of common words over which two statements are taken for the same news."""
COLUMNS: Final = ("text", "stance", "speaker", "context", "kind", "about_target", "source", "annotator", "note")
"""The columns of the CSV; `stance` and `annotator` are left to fill in, so that nobody is led by the model's guess."""
_WORD: Final = re.compile(r"[^\W_]{3,}")


def suggest(texts: Iterable[Any], n: int = 50, model: Model | None = None) -> tuple[Statement, ...]:
    """Choose what to label next.

    Parameters
    ----------
    texts
        What `stance.classify` takes: a text, rows, paths or an iterable of them.
    n
        How many statements to choose at most.
    model
        The model that is to learn; None for the shipped one.

    Returns
    -------
    tuple of Statement
        Those about the target or with a speaker, the smallest margin between the two likeliest labels first, none like an earlier one.

    Raises
    ------
    InputError
        `n` is below 1, or the texts cannot be read.
    """
    from stance.api import classify

    if n < 1:
        raise InputError(f"n must be at least 1, found {n}")
    report = classify(texts, model=model)
    doubtful = sorted(report.statements, key=lambda s: (not s.about_target, _margin(s), s.text))
    chosen: list[Statement] = []
    bags: list[frozenset[str]] = []
    for s in doubtful:
        bag = frozenset(w.lower() for w in _WORD.findall(s.text))
        if bag and all(len(bag & other) <= LIKE * min(len(bag), len(other)) for other in bags):
            chosen.append(s)
            bags.append(bag)
            if len(chosen) == n:
                break
    return tuple(chosen)


def _margin(s: Statement) -> float:
    p = sorted((s.probabilities or {}).values())
    return p[-1] - p[-2] if len(p) > 1 else 0.0


def suggestions_csv(chosen: Sequence[Statement]) -> str:
    """The chosen statements as CSV for a labels folder, the column `stance` empty; a space keeps a spreadsheet from running cells as formulas."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for s in chosen:
        row = (s.text, "", s.speaker or "", s.context, s.kind, str(s.about_target).lower(), s.document, "", "")
        writer.writerow([f" {cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell for cell in row])
    return out.getvalue()
