"""A Report in, matplotlib Axes out (extra `plots`); readable in grey and by colour-blind people, and it never calls plt.show()."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from stance.errors import InputError, MissingExtra
from stance.results import STANCES, Report, Stance

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["new_axes", "plot_speakers", "plot_timeline"]

# Okabe and Ito's palette: told apart by colour-blind readers; the markers tell them apart in grey.
COLOUR: Final[dict[Stance, str]] = {"restrictive": "#D55E00", "soft": "#0072B2", "neutral": "#777777"}
MARKER: Final[dict[Stance, str]] = {"restrictive": "s", "soft": "o", "neutral": "D"}
ROW_INCHES: Final = 0.36  # height a speaker: a line of 10-point text and its air


def new_axes(ax: Axes | None, size: tuple[float, float]) -> Axes:
    """The Axes given, or a new one of that size in inches.

    Raises
    ------
    MissingExtra
        matplotlib is not installed.
    """
    if ax is not None:
        return ax
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise MissingExtra("drawing", "matplotlib", "plots") from None
    import sys

    if "matplotlib.pyplot" in sys.modules or "IPython" in sys.modules:  # a notebook shows figures that pyplot knows
        import matplotlib.pyplot as plt

        return plt.subplots(figsize=size, layout="constrained")[1]
    return Figure(figsize=size, layout="constrained").subplots()


def plot_speakers(report: Report, ax: Axes | None = None, most: int = 20) -> Axes:
    """Speakers from soft (left) to restrictive (right), each with its score, its 95 % interval and how many statements it rests on."""
    heard = [s for s in report.speakers if s.score is not None and s.interval is not None]
    if not heard:
        raise InputError(f"nobody takes a position on {report.target} in this report: there is nothing to draw")
    shown = sorted(sorted(heard, key=lambda s: -len(s.on_target))[:most], key=lambda s: (s.score or 0.0, s.name))
    ax = new_axes(ax, (8.0, 1.3 + ROW_INCHES * len(shown)))
    for row, s in enumerate(shown):
        assert s.score is not None
        assert s.interval is not None
        colour = COLOUR[s.stance]
        ax.hlines(row, *s.interval, color=colour, linewidth=2, alpha=0.55)
        ax.plot(s.score, row, marker=MARKER[s.stance], markersize=8, color=colour, markeredgecolor="white" if not s.mixed else "black", linestyle="none")
        counts = "/".join(str(s.counts[k]) for k in STANCES)
        ax.annotate(counts, (1.02, row), xycoords=("axes fraction", "data"), va="center", fontsize=9, annotation_clip=False)
    ax.annotate("R/S/N", (1.02, 1.0), xycoords="axes fraction", va="bottom", fontsize=9, annotation_clip=False)
    ax.set_yticks(range(len(shown)), [s.name for s in shown])
    ax.set_ylim(-0.7, len(shown) - 0.3)
    ax.set_xlim(-1.05, 1.05)
    ax.axvline(0, color="#999999", linewidth=0.8, zorder=0)
    ax.set_xticks([-1, -0.5, 0, 0.5, 1], ["soft\n−1", "−0.5", "0", "0.5", "restrictive\n1"])
    ax.set_xlabel("mean P(restrictive) − P(soft), 95 % interval")
    left = len(heard) - len(shown)
    ax.set_title(f"Who stands where on {report.target}" + (f" ({left} more not shown)" if left else ""), loc="left")
    _legend(ax, [k for k in STANCES if any(s.stance == k for s in shown)])
    _plain(ax)
    return ax


def plot_timeline(report: Report, name: str, ax: Axes | None = None, every: str = "month") -> Axes:
    """One speaker's score per period with its 95 % interval; the number of statements stands at each point."""
    frame = report.timeline(name, every)
    speaker = report[name]
    ax = new_axes(ax, (8.0, 3.6))
    x = range(len(frame))
    ax.fill_between(x, frame["score_low"], frame["score_high"], color="#888888", alpha=0.2, linewidth=0)
    ax.plot(x, frame["score"], color="#333333", linewidth=1.2)
    for i, row in enumerate(frame.to_dict("records")):
        side: Stance = max((row[k], k) for k in STANCES)[1]
        ax.plot(i, row["score"], marker=MARKER[side], color=COLOUR[side], markersize=8, markeredgecolor="white", linestyle="none")
        ax.annotate(f"n={row['n']}", (i, row["score"]), xytext=(0, 9), textcoords="offset points", ha="center", fontsize=8)
    step = max(1, len(frame) // 12)
    ax.set_xticks(list(x)[::step], list(frame["period"])[::step], rotation=30 if len(frame) > 6 else 0, ha="right" if len(frame) > 6 else "center")
    ax.set_ylim(-1.15, 1.25)
    ax.set_yticks([-1, 0, 1], ["soft −1", "0", "restrictive 1"])
    ax.axhline(0, color="#999999", linewidth=0.8, zorder=0)
    ax.set_title(f"{speaker.name} on {report.target}, by {every}", loc="left")
    _legend(ax, [k for k in STANCES if frame[k].sum()])
    _plain(ax)
    return ax


def _legend(ax: Axes, stances: Sequence[Stance]) -> None:
    from matplotlib.lines import Line2D

    handles: list[Any] = [Line2D([], [], marker=MARKER[k], color=COLOUR[k], linestyle="none", markersize=7, label=k) for k in stances]
    ax.legend(handles=handles, loc="upper left", bbox_to_anchor=(0, -0.16), ncols=3, frameon=False, fontsize=9)


def _plain(ax: Axes) -> None:
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
