"""An iterator in, the same iterator out, with a bar on standard error while it runs; silent where that is not a terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

__all__ = ["watch"]

T = TypeVar("T")
EVERY = 0.2  # seconds between two drawings: smooth to the eye, nothing to the clock


def watch(items: Iterable[T], show: bool, total: int | None = None, noun: str = "texts") -> Iterator[T]:
    """Pass items through; where `show` is true and standard error is a terminal, say how many are done, how fast, and of how many."""
    if not (show and sys.stderr.isatty()):
        yield from items
        return
    begin = drawn = time.monotonic()
    count = 0
    try:
        for item in items:
            count += 1
            now = time.monotonic()
            if now - drawn >= EVERY:
                drawn = now
                sys.stderr.write("\r" + _line(count, now - begin, total, noun))
                sys.stderr.flush()
            yield item
    finally:
        sys.stderr.write("\r" + _line(count, time.monotonic() - begin, total, noun) + "\n")
        sys.stderr.flush()


def _line(count: int, seconds: float, total: int | None, noun: str) -> str:
    rate = count / seconds if seconds else 0.0
    of = f"/{total:,}" if total else ""
    filled = f" [{'#' * (20 * count // total):<20}]" if total else ""
    return f"{count:,}{of} {noun}{filled}  {seconds:.0f} s  {rate:,.0f}/s "
