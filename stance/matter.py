"""A text and a target in; which attributions concern the target, and by which words, out. It does not find the attributions."""

from __future__ import annotations

from bisect import bisect_right
from typing import Final

from stance.constructions import Found
from stance.results import Span
from stance.target import Target, Tie, find_target, points_back, speaks_for, target_mentions
from stance.text import Text
from stance.words import phrase_words

__all__ = ["Matter"]

FEWEST_MENTIONS: Final = 2  # mentions of the target that make a text one about it, with ...
TOPIC_SHARE: Final = 0.2  # ... this share of its sentences naming it
REACH: Final = 4  # sentences after its name in which a stand-in can mean the target
CARRY: Final = 2  # sentences over which "this" and "it" can mean what was said of the target


class Matter:
    """Where a text speaks of its target, and whether it is about it as a whole."""

    def __init__(self, text: Text, target: Target) -> None:
        self.text = text
        self.target = target
        starts = [s.start for s in text.sentences]
        self.named = [False] * len(starts)
        for at in target_mentions(text.raw, target):
            k = bisect_right(starts, at) - 1
            if k >= 0 and at < text.sentences[k].end:
                self.named[k] = True
        self.total = sum(self.named)
        self.topic = self.total >= FEWEST_MENTIONS and self.total >= TOPIC_SHARE * len(starts)
        self.last = -1000  # the last sentence that concerns the target

    def near(self, number: int) -> bool:
        """Whether the target is named in the sentence or shortly before."""
        return any(self.named[max(0, number - REACH) : number + 1])

    def touches(self, number: int) -> bool:
        """Whether a sentence can concern the target by its own words."""
        return self.named[number] or self.topic or self.near(number)

    def words(self, number: int) -> Span | None:
        """The words by which a sentence concerns the target."""
        s = self.text.sentences[number]
        return find_target(self.text.raw[s.start : s.end], "", self.target, s.start, tied="all" if self.topic or self.near(number) else "specific")[1]

    def by_pronoun(self, f: Found) -> bool:
        """Whether a pronoun says who speaks."""
        return f.speaker is not None and self.text.raw[slice(*f.speaker)].lower() in phrase_words("personal")

    def about(self, f: Found, names: tuple[str, ...], goes_on: bool) -> tuple[bool, Span | None]:
        """Whether an attribution concerns the target, and by which words of its own sentences."""
        if not self.total:
            return any(speaks_for(name, self.target) for name in names), None
        start, end = self.text.sentences[f.first].start, self.text.sentences[f.last].end
        for k in range(max(0, f.first - CARRY), f.first):
            if self.named[k]:
                self.last = max(self.last, k)
        tied: Tie = "all" if self.topic or self.near(f.first) else "specific" if self.total else "none"
        about, where = find_target(self.text.raw[start:end], "", self.target, start, tied=tied)
        if not about and any(speaks_for(name, self.target) for name in names):
            about = True
        if not about and goes_on and f.first - self.last <= 1 and self.by_pronoun(f):
            about = True  # "He also called it unfair", right after what he said of the target
        if not about and self.topic and f.first - self.last <= CARRY:
            about = goes_on or points_back(self.text.raw[start:end])
        if about or any(self.named[f.first : f.last + 1]):
            self.last = f.last
        return about, where
