"""The errors that `stance` raises for bad input; each says what was wrong, where, what was allowed and what was found.

    StanceError
    ├── InputError (ValueError)        what was handed to classify() or extract() cannot be read
    ├── LabelError (ValueError)        a labels folder has faults; `.faults` lists every one of them
    ├── ModelError (ValueError)        a model file is damaged, foreign or too new, or a model cannot be trained
    └── MissingExtra (ImportError)     an optional package is needed for what was asked

Nothing else escapes from a public function for bad input; programming errors (a wrong keyword) stay TypeErrors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Fault", "InputError", "LabelError", "MissingExtra", "ModelError", "StanceError"]


class StanceError(Exception):
    """Base of every error that this library raises on purpose."""


class InputError(StanceError, ValueError):
    """What was handed in cannot be read as text, rows or files."""


class ModelError(StanceError, ValueError):
    """A model file cannot be used, or a model cannot be trained from what is there."""


class MissingExtra(StanceError, ImportError):  # noqa: N818  it names what is missing
    """An optional package is needed; the message names the extra that brings it."""

    def __init__(self, what: str, package: str, extra: str) -> None:
        super().__init__(f"{what} needs the package {package!r}, which is not installed; pip install 'stance[{extra}]' brings it")


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault in a labels folder: where it is, a stable code, and what to do about it.

    `line` and `column` count from 1; 0 means that the fault concerns the whole file or folder.
    """

    file: str
    line: int
    column: int
    code: str
    message: str

    def __str__(self) -> str:
        place = ":".join([self.file, *(str(n) for n in (self.line, self.column) if n)])
        return f"{place}: {self.message} [{self.code}]"


class LabelError(StanceError, ValueError):
    """A labels folder has faults; `.faults` holds all of them, in file order."""

    def __init__(self, faults: Sequence[Fault], most: int = 30) -> None:
        self.faults: tuple[Fault, ...] = tuple(sorted(faults))
        shown = [str(f) for f in self.faults[:most]]
        more = len(self.faults) - len(shown)
        head = f"{len(self.faults)} fault{'s' if len(self.faults) != 1 else ''} in the labels"
        super().__init__("\n".join([head, *shown, *([f"... and {more} more (see .faults)"] if more else [])]))

    def __reduce__(self) -> tuple[type[LabelError], tuple[tuple[Fault, ...]]]:
        return (type(self), (self.faults,))
