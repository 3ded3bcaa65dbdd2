"""What deserves a second look in a labels folder: takes a LabelSet, gives findings with file and line; it changes nothing and repeats no fault of loading."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from stance.labels import Labelled, LabelSet, load_labels
from stance.results import STANCES

__all__ = ["Finding", "check", "duplicates", "give_away_words", "imbalance", "likely_errors", "near_duplicates", "templates"]

SHINGLE: Final = 5
"""Words in a run that near-duplicates are found by."""
NEAR: Final = 0.5
"""Share of the shorter text's runs that two near-duplicates have in common."""
FRAME: Final = 7
"""Words in a run, names and numbers blanked, that counts as a template ..."""
FRAME_USES: Final = 6
"""... when this many statements share it."""
GIVE_AWAY: Final = 0.95
"""Share of one label among the statements with a word that gives it away ..."""
GIVE_AWAY_USES: Final = 25
"""... when so many statements, from three stories or more, have the word."""
LEAST_SHARE: Final = 0.15
"""A label with a smaller share of the statements is told as imbalance."""
DOUBTED: Final = 0.05
"""Out-of-fold probability of its own label under which a statement is told as a likely error."""
COMMON: Final = 50
"""Runs that more statements share than this say nothing about a pair."""
_WORD: Final = re.compile(r"[^\W_]+(?:['’][a-z]+)?")


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One place to look at: where, a stable code, and why."""

    file: str
    line: int
    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message} [{self.code}]" if self.line else f"{self.file}: {self.message} [{self.code}]"


def check(folder: str | Path | LabelSet | None = None, *, deep: bool = False) -> tuple[Finding, ...]:
    """Look a labels folder over.

    Parameters
    ----------
    folder
        The folder, None for the one that came with the package, or labels that are loaded already.
    deep
        Also find likely label errors by out-of-fold confidence; this trains five models (a minute or two at 20,000 statements).

    Raises
    ------
    LabelError
        The folder has faults; all of them at once.
    """
    labels = folder if isinstance(folder, LabelSet) else load_labels(folder)
    found = [*duplicates(labels), *near_duplicates(labels), *templates(labels), *give_away_words(labels), *imbalance(labels)]
    if deep:
        found += likely_errors(labels)
    return tuple(sorted(found))


def _at(s: Labelled, code: str, message: str) -> Finding:
    return Finding(s.file, s.line, code, message)


def _sentence(s: Labelled) -> str:
    """The sentence that an annotation stands under; annotations of one sentence are no duplicates of each other."""
    return f"{s.file}#{s.id.rstrip('abcdefghijklmnopqrstuvwxyz')}" if s.story else s.id


def duplicates(labels: Iterable[Labelled]) -> list[Finding]:
    """Texts that stand in two places, and texts that have two labels for the same speaker."""
    out = []
    same: dict[str, dict[str, list[Labelled]]] = defaultdict(lambda: defaultdict(list))
    for s in labels:
        same[" ".join(s.text.split()).lower()][_sentence(s)].append(s)
    for places in same.values():
        first, *others = places.values()
        out += [_at(group[0], "duplicate", f"the same text stands at {first[0].place}") for group in others]
        by_speaker: dict[str, list[Labelled]] = defaultdict(list)
        for group in places.values():
            for s in group:
                by_speaker[(s.speaker or "").lower()].append(s)
        for group in by_speaker.values():
            other = [s for s in group[1:] if s.stance != group[0].stance]
            out += [_at(s, "two-labels", f"is {s.stance} here and {group[0].stance} at {group[0].place}, same text and speaker") for s in other]
    return out


def near_duplicates(labels: Iterable[Labelled]) -> list[Finding]:
    """Pairs of statements from different sentences that share half of their five-word runs."""
    sentences: dict[str, Labelled] = {}
    for s in labels:
        sentences.setdefault(_sentence(s), s)
    rows = list(sentences.values())
    runs = []
    where: dict[int, list[int]] = defaultdict(list)
    for i, s in enumerate(rows):
        words = [w.lower() for w in _WORD.findall(s.text)]
        own = {hash(tuple(words[k:k + SHINGLE])) for k in range(len(words) - SHINGLE + 1)}
        runs.append(own)
        for run in own:
            where[run].append(i)
    shared: Counter[tuple[int, int]] = Counter()
    for group in where.values():
        if 1 < len(group) <= COMMON:
            shared.update((a, b) for k, a in enumerate(group) for b in group[k + 1:])
    out = []
    for (a, b), n in shared.items():
        overlap = n / min(len(runs[a]), len(runs[b]))
        if overlap >= NEAR and rows[a].text.lower() != rows[b].text.lower() and not _runs_on(rows[a], rows[b]):
            out.append(_at(rows[b], "near-duplicate", f"shares {overlap:.0%} of its five-word runs with {rows[a].place}"))
    return out


def _runs_on(a: Labelled, b: Labelled) -> bool:
    """Whether two statements overlap because one goes on over the other's sentence."""
    return a.story != "" and a.story == b.story and (a.text in b.text or b.text in a.text or b.text.split(". ")[0] in a.text)


def templates(labels: Iterable[Labelled]) -> list[Finding]:
    """Runs of seven words, names and numbers blanked, that many sentences share."""
    uses: dict[tuple[str, ...], dict[str, Labelled]] = defaultdict(dict)
    for s in labels:
        words = [("0" if w[0].isdigit() else "_" if w[0].isupper() and k else w.lower()) for k, w in enumerate(_WORD.findall(s.text))]
        blank = [w for k, w in enumerate(words) if not (w == "_" and k and words[k - 1] == "_")]
        for k in range(len(blank) - FRAME + 1):
            uses[tuple(blank[k:k + FRAME])].setdefault(_sentence(s), s)
    out = []
    for frame, group in uses.items():
        if len(group) >= FRAME_USES:
            first = next(iter(group.values()))
            out.append(_at(first, "template", f"{len(group)} sentences share the run {' '.join(frame)!r}"))
    return out


def give_away_words(labels: Iterable[Labelled]) -> list[Finding]:
    """Words that alone give a label away."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    stories: dict[str, set[str]] = defaultdict(set)
    first: dict[str, Labelled] = {}
    for s in labels:
        for word in {w.lower() for w in _WORD.findall(s.text)}:
            counts[word][s.stance] += 1
            stories[word].add(s.story or s.source)
            first.setdefault(word, s)
    out = []
    for word, n in counts.items():
        label, most = n.most_common(1)[0]
        total = sum(n.values())
        if total >= GIVE_AWAY_USES and most > GIVE_AWAY * total and len(stories[word]) > 2:
            out.append(_at(first[word], "give-away", f"{most} of the {total} statements with the word {word!r} are {label}"))
    return out


def imbalance(labels: LabelSet) -> list[Finding]:
    """Labels with too small a share, and files without one of the labels."""
    out = []
    whole = Counter(s.stance for s in labels)
    files: dict[str, Counter[str]] = defaultdict(Counter)
    for s in labels:
        files[s.file][s.stance] += 1
    for stance in STANCES:
        if whole[stance] < LEAST_SHARE * len(labels):
            out.append(Finding(labels.folder or "labels", 0, "imbalance", f"{whole[stance]} of {len(labels)} statements are {stance}"))
        bare = [file for file, n in files.items() if not n[stance] and sum(n.values()) > GIVE_AWAY_USES]
        out += [Finding(file, 0, "imbalance", f"no statement in this file is {stance}") for file in bare]
    return out


def likely_errors(labels: LabelSet, most: int = 500) -> list[Finding]:
    """Statements whose label a model trained without their file finds improbable (out-of-fold self-confidence; Northcutt et al. 2021)."""
    from stance.model import out_of_fold

    rows: Sequence[Labelled] = labels.statements
    p = out_of_fold(labels)
    doubtful = sorted((float(p[i, STANCES.index(s.stance)]), i) for i, s in enumerate(rows))
    out = []
    for own, i in doubtful[:most]:
        if own < DOUBTED:
            best = int(p[i].argmax())
            out.append(_at(rows[i], "likely-error", f"is {rows[i].stance}, but a model that has not seen this file says {STANCES[best]} ({p[i, best]:.0%})"))
    return out
