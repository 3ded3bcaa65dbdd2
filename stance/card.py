"""A model in, its card out: what it is for, what it was trained on, how well it does, what it cannot do, by which fingerprint to name it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stance.results import STANCES

if TYPE_CHECKING:
    from stance.model import Model

__all__ = ["card"]


def card(model: Model) -> str:
    """The model card as plain text."""
    a, target = model.about, model.target.name
    counts = ", ".join(f"{a['counts'][k]:,} {k}" for k in STANCES)
    lines = [
        f"Model card: stance on {target}",
        "",
        f"Fingerprint     {model.fingerprint}",
        f"Labels          SHA-256 {a['labels']}",
        f"Intended use    the stance of attributed statements in English news text on whether {target} should be held back (restrictive) or let in (soft); per statement and",
        "                speaker, as evidence for a reader who checks it. Rebuild it with stance.train() from the labels named above.",
        "Not for         other targets than the one above, other languages, decisions about persons, statements without their speaker.",
        f"Trained on      {a['statements']:,} statements in {a['stories']:,} stories from {a['sources']:,} sources: {counts}; {a['off_target']:,} of them off target.",
        "How             multinomial logistic regression over words, pairs and word meanings by the role that they play; speakers are masked, names do not vote.",
    ]
    figures = a.get("figures")
    if figures:
        f1 = ", ".join(f"{k} {figures['f1'][k]:.3f}" for k in STANCES)
        lines.append(f"Figures         macro-F1 {figures['macro_f1']:.3f}, accuracy {figures['accuracy']:.3f} (F1 {f1}); n {figures['n']:,}, {figures['split']}, on the labels themselves.")
    lines += [
        f"Calibration     temperature {model.temperature}, fitted out of fold." if figures else "Calibration     none.",
        "Limits          reads one statement and the sentence before it; irony, coded phrases and what was said pages earlier escape it; neutral is its weakest label;",
        "                a statement with the flag low_margin is wrong about every second time.",
    ]
    return "\n".join(lines)
