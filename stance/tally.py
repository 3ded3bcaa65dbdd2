"""Labelled statements in, speakers with their positions out: grouping by name, the codebook's rule for speakers, score and interval."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

from stance.results import STANCES, Speaker, Stance, Statement

__all__ = ["score_interval", "speaker_stance", "tally"]

PRIOR = 0.5  # Jeffreys' prior for a multinomial: half a statement of each label before anything is read
Z95 = 1.959964  # two-sided 95 % point of the normal distribution


class Identity(Protocol):
    """What the tally needs to know of a speaker besides the statements."""

    @property
    def name(self) -> str: ...
    @property
    def role(self) -> str | None: ...
    @property
    def aliases(self) -> tuple[str, ...]: ...


def speaker_stance(statements: Iterable[Statement]) -> tuple[Stance, bool]:
    """The codebook's rule: the label of a speaker from the labelled statements on target, and whether both sides are held.

    One side, or one side and neutral: that side. Both: the side with more weight (summed confidence), on a tie the later one.
    Nothing but neutral: neutral.
    """
    weight = {"restrictive": 0.0, "soft": 0.0}
    last: Stance = "neutral"
    for s in statements:
        if s.stance in weight:
            weight[s.stance] += s.confidence if s.confidence is not None else 1.0
            last = s.stance
    r, f = weight["restrictive"], weight["soft"]
    mixed = r > 0 and f > 0
    if math.isclose(r, f):
        return last, mixed
    return ("restrictive" if r > f else "soft"), mixed


def score_interval(probabilities: Sequence[Mapping[str, float]]) -> tuple[float, tuple[float, float]] | tuple[None, None]:
    """A weighted stance score and how sure it is, from the statements' probabilities.

    Parameters
    ----------
    probabilities
        One mapping of label to calibrated probability a statement.

    Returns
    -------
    score
        Mean of P(restrictive) - P(soft), in [-1, 1]; None for no statements.
    interval
        95 % credible interval of theta_restrictive - theta_soft under a Dirichlet posterior with Jeffreys' prior, each statement
        counting by its probabilities: with a_k = 1/2 + sum of p_k and A = sum of a_k, mean (a_r - a_s) / A and variance
        (a_r (A - a_r) + a_s (A - a_s) + 2 a_r a_s) / (A^2 (A + 1)), normal approximation, cut to [-1, 1]
        (Gelman et al., Bayesian Data Analysis, 3rd ed., appendix A: moments of the Dirichlet distribution).

    Examples
    --------
    >>> score, (low, high) = score_interval([{"restrictive": 1.0, "soft": 0.0, "neutral": 0.0}] * 8)
    >>> score, round(low, 2), high
    (1.0, 0.55, 1.0)
    """
    if not probabilities:
        return None, None
    sums = {k: math.fsum(p[k] for p in probabilities) for k in STANCES}
    n = len(probabilities)
    score = (sums["restrictive"] - sums["soft"]) / n
    r, s = PRIOR + sums["restrictive"], PRIOR + sums["soft"]
    total = PRIOR * len(STANCES) + math.fsum(sums.values())
    mean = (r - s) / total
    variance = (r * (total - r) + s * (total - s) + 2 * r * s) / (total**2 * (total + 1))
    half = Z95 * math.sqrt(variance)
    low, high = max(-1.0, mean - half), min(1.0, mean + half)
    return score, (min(low, score), max(high, score))


def tally(statements: Sequence[Statement], identities: Mapping[str, Iterable[Identity]]) -> tuple[Speaker, ...]:
    """Group statements by speaker, over documents too, and say where each speaker stands.

    Parameters
    ----------
    statements
        Labelled statements in text order. One said by several speakers together counts for each of them.
    identities
        Document name to what its text says about each speaker (role, aliases).

    Returns
    -------
    tuple of Speaker
        Those with most statements first, then in order of appearance. Over documents, names that begin with a capital letter are one
        speaker; a mere role ("senior official") is somebody else in each document.
    """
    known = {(document, i.name): i for document, them in identities.items() for i in them}
    groups: dict[tuple[str, str], list[Statement]] = {}
    for s in statements:
        for name in s.speakers:
            key = (name, "" if name[:1].isupper() else s.document)
            groups.setdefault(key, []).append(s)
    speakers = [_speaker(name, own, [known[d, name] for d in dict.fromkeys(s.document for s in own) if (d, name) in known])
                for (name, _), own in groups.items()]
    return tuple(sorted(speakers, key=lambda s: -len(s.statements)))


def _speaker(name: str, own: list[Statement], identities: list[Identity]) -> Speaker:
    on_target = [s for s in own if s.about_target]
    stance, mixed = speaker_stance(on_target)
    counts: Mapping[str, int] = MappingProxyType({str(k): sum(s.stance == k for s in on_target) for k in STANCES})
    score, interval = score_interval([s.probabilities for s in on_target if s.probabilities is not None])
    role = next((i.role for i in identities if i.role), None)
    aliases = tuple(dict.fromkeys([a for i in identities for a in i.aliases if a != name]))
    return Speaker(name, role, aliases, tuple(own), stance, mixed, counts, score, interval)
