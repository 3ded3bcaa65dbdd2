"""A model in, its card out: what it is for, what it was trained on, how well it does, what it cannot do, by which fingerprint to name it."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final

from stance.results import STANCES

if TYPE_CHECKING:
    from stance.model import Model

__all__ = ["card"]

WIDTH: Final = 100  # a line of a card, in characters
MARGIN: Final = 16  # of which the headings take so many


def card(model: Model) -> str:
    """The model card as plain text."""
    a, target = model.about, model.target.name
    counts = ", ".join(f"{a['counts'][k]:,} {k}" for k in STANCES)
    figures = a.get("figures")
    parts = {
        "Fingerprint": model.fingerprint,
        "Labels": f"SHA-256 {a['labels']}",
        "Intended use": f"the stance of attributed statements in English news text on {target}: should it be kept out or held back (restrictive), let in and "
        "left alone (soft), or neither (neutral); per statement and speaker, as evidence for a reader who checks it",
        "Not for": "targets other than this one, other languages, decisions about persons, statements whose speaker nobody knows",
        "Trained on": f"{a['statements']:,} statements in {a['stories']:,} stories from {a['sources']:,} sources: {counts}; "
        f"{a['off_target']:,} of them off target",
        "How": "multinomial logistic regression over words, word families, pairs and word meanings by the role that they play in the sentence; the "
        "speaker's name is masked, so that names do not vote",
    }
    if figures:
        f1 = ", ".join(f"{k} {figures['f1'][k]:.3f}" for k in STANCES)
        parts["Figures"] = (f"macro-F1 {figures['macro_f1']:.3f}, accuracy {figures['accuracy']:.3f}; F1 {f1}; n {figures['n']:,}; {figures['split']}; "
                            "on the labels themselves, which are harder than most news")  # fmt: skip
        parts["Calibration"] = f"temperature {model.temperature}, fitted out of fold"
    parts["Limits"] = ("reads one statement and the sentence before it; irony, coded phrases and what was said pages earlier escape it; a statement with "
                       "the flag low_margin is wrong about two times in five")  # fmt: skip
    lines = [f"Model card: stance on {target}", ""]
    for name, text in parts.items():
        lines += textwrap.wrap(text, WIDTH, initial_indent=name.ljust(MARGIN), subsequent_indent=" " * MARGIN, break_long_words=False)
    return "\n".join(lines)
