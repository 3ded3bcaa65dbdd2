"""Speaker mentions in, resolved speakers out: full names, aliases, roles. It does not decide who says what."""

from __future__ import annotations

from dataclasses import dataclass

from stance.target import Target
from stance.text import Text

__all__ = ["Directory", "Identity"]


@dataclass(frozen=True, slots=True)
class Identity:
    """One speaker of a text under one name: role as printed or None, and every other form by which the text names it."""

    name: str
    role: str | None
    aliases: tuple[str, ...]


class Directory:
    """The speakers of one text."""

    def __init__(self, text: Text, target: Target | None = None) -> None:
        self.text = text

    def resolve(self, span: tuple[int, int], sentence: int) -> tuple[str, ...]:
        return (" ".join(self.text.raw[span[0] : span[1]].split()),)

    def identities(self) -> tuple[Identity, ...]:
        return ()
