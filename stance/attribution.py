"""A text in; who said what out: statements with speaker, cue and content at exact offsets. It does not label them.

What each rule is worth stands in `tests/benchmarks/attribution_ablation.md`; `attribution_ablation.py` beside it makes the table.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import Final

from stance.acts import find_acts
from stance.constructions import Found, Sentence, kind_of, names_somebody
from stance.matter import Matter
from stance.results import Dropped, Span, Statement
from stance.speakers import Directory, Identity
from stance.syntax import INFINITIVE, Tokens, span, trimmed
from stance.target import Target
from stance.text import Text, read_text
from stance.words import (
    ACCORD,
    ACUE,
    CAP,
    CUE,
    NCUE,
    PUNCT,
    QUOTE,
)  # fmt: skip

__all__ = ["Extraction", "read"]

_TURN: Final = re.compile(r"^(?:[A-Z][A-Z.' -]{1,40}|[QA]|[A-Z]\w+(?: [A-Z]\w+)?):\s", re.MULTILINE)
FEWEST_TURNS: Final = 3  # paragraphs that start with a name and a colon in a text that counts as a transcript


@dataclass(frozen=True, slots=True)
class Extraction:
    """What one text says and by whom: statements in text order, the speakers' identities, and the furniture set aside."""

    statements: tuple[Statement, ...]
    identities: tuple[Identity, ...]
    dropped: tuple[Dropped, ...]


def find(text: Text, sentences: list[Tokens]) -> list[Found]:
    """Every attribution of a text, in order, continued quotations joined; the tokens of each sentence are left in `sentences`."""
    out: list[Found] = []
    running: Found | None = None  # the attribution of the last direct quotation
    transcript = len(_TURN.findall(text.flat)) >= FEWEST_TURNS
    pending: Found | None = None  # a quotation alone in its sentence whose speaker may come in the next
    inside = -1  # the last sentence of a headline or of a transcript's turn
    opener: Found | None = None  # "X said:" or "X issued this statement:" without content, waiting for the next sentence
    for number, sentence in enumerate(text.sentences):
        t = Tokens(text.flat, sentence)
        sentences.append(t)
        if not t.hints & (CUE | NCUE | ACUE | QUOTE | ACCORD | CAP):
            opener = None
            continue
        if t.quotes and all(b & (PUNCT | QUOTE) for b in t.bits):
            content = [(q.start, q.end) for q in t.quotes.values()]
            if opener is not None:
                running = Found(content, opener.cue, opener.speaker, "direct", "say", opener.first, number)
                out.append(running)
                opener = None
            elif running is not None and number - running.last == 1:
                running.content.extend(content)
                running.last = number
            elif (
                out
                and out[-1].last == number - 1
                and out[-1].group in ("say", "talk", "stand", "judge")
                and text.sentences[number - 1].paragraph == sentence.paragraph
            ):
                running = out[-1]
                running.content.extend(content)
                running.last = number
            else:
                pending = Found(content, None, None, "direct", "say", number, number)
            continue
        t.prepare()
        s = Sentence(t, number)
        first = number == 0 or text.sentences[number - 1].paragraph != sentence.paragraph
        head = s.headed(first) if number == 0 or transcript else 0
        if head:
            last = number
            while last + 1 < len(text.sentences) and text.sentences[last + 1].paragraph == sentence.paragraph:
                last += 1
            spot = (t.starts[head], text.sentences[last].end)
            turn = Found([spot], span(t, head - 1, head), span(t, 0, head - 1), kind_of(t, [spot]), "turn", number, last)
            out.append(turn)
            inside = last
        s.parse()
        if number <= inside:
            s.found = []
        s.found = [f for f in s.found if not s.repeats(f)]
        s.found = [f for f in s.found if not s.nested(f) or (f.group == "say" and (f.kind != "indirect" or names_somebody(text.flat, f.speaker)))]
        opener = s.opener()
        if opener is not None:  # "issued a statement on the masts:" announces what follows
            s.found = [f for f in s.found if f.group != "noun"]
        if pending is not None:
            signed = s.closer() if pending.last == number - 1 else None
            if signed is not None:
                pending.cue, pending.speaker = signed.cue, signed.speaker
                if text.sentences[number - 1].paragraph == sentence.paragraph:
                    pending.last = number
                running = pending
                out.append(pending)
                opener = None
            pending = None
        direct = [f for f in s.found if f.kind != "indirect" and t.quotes and f.group == "say"]
        if direct:
            running = direct[-1]
        elif t.quotes and not s.found and running is not None and number - running.last == 1 and s.mostly_quoted() and not first:
            whole = trimmed(t, 0, t.n)
            if whole:
                running.content.append(whole)
                running.last = number
        out.extend(s.found)
    out.sort(key=lambda f: f.content[0])
    return out


def read(raw: str, target: Target | None = None, name: str = "", date: str | None = None) -> Extraction:
    """Who says what in a text.

    Parameters
    ----------
    raw
        The text; offsets of everything returned are code points of it.
    target
        Where given, every statement says whether it concerns it and by which words, and official acts on it are reported as well.
    name, date
        Handed on to every statement.

    Returns
    -------
    Extraction

    Examples
    --------
    >>> [s.speaker for s in read('"We see no risk," said Ann Lee. She added that the test was over.').statements]
    ['Ann Lee', 'Ann Lee']
    """
    text = read_text(raw)
    sentences: list[Tokens] = []
    found = find(text, sentences)
    subject_matter = Matter(text, target) if target is not None else None
    if subject_matter is not None:
        found = sorted([*found, *acts(sentences, found, subject_matter)], key=lambda f: (f.first, f.content[0]))
    directory = Directory(text, sentences, target)
    starts = [s.start for s in text.sentences]
    marks = {(q.start, q.end): (q.inner_start, q.inner_end) for s in text.sentences for q in s.quotes if q.inner_end > q.inner_start}
    statements: list[Statement] = []
    heard: tuple[str, ...] = ()
    for f in found:
        start, end = text.sentences[f.first].start, text.sentences[f.last].end
        names = directory.resolve(f.speaker, bisect_right(starts, f.speaker[0]) - 1, quoted=f.kind in ("direct", "mixed")) if f.speaker else ()
        before = text.sentences[f.first - 1] if f.first else None
        context = raw[before.start : before.end] if before else ""
        flags: tuple[str, ...] = () if names else ("no_speaker",)
        about, where = False, None
        if subject_matter is not None:
            about, where = subject_matter.about(f, names, goes_on=bool(names) and names == heard)
            if about and where is None:
                flags = (*flags, "context_only")
        heard = names
        inner = [marks.get(spot, spot) for spot in f.content]
        statements.append(
            Statement(
                text=raw[start:end],
                start=start,
                end=end,
                content=tuple(Span(a, b, raw[a:b]) for a, b in inner),
                speakers=names,
                speaker_span=Span(*f.speaker, raw[f.speaker[0] : f.speaker[1]]) if f.speaker else None,
                cue_span=Span(*f.cue, raw[f.cue[0] : f.cue[1]]) if f.cue else None,
                kind=f.kind,
                context=context,
                document=name,
                date=date,
                about_target=about,
                target_span=where,
                flags=flags,
            )
        )
    return Extraction(tuple(statements), directory.identities(), text.dropped)


def acts(sentences: list[Tokens], found: list[Found], matter: Matter) -> list[Found]:
    """The reported acts that concern the target by words of their own sentence and are not told as statements already."""
    out: list[Found] = []
    told: dict[int, list[Found]] = {}
    for f in found:
        for number in range(f.first, f.last + 1):
            told.setdefault(number, []).append(f)
    for number, t in enumerate(sentences):
        if not t.tags or not matter.touches(number):
            continue
        seen: set[tuple[int, int] | None] = {f.speaker for f in told.get(number, ())}
        for act in find_acts(t):
            speaker = span(t, *act.who) if act.who else None
            cue = span(t, act.verb, act.verb + 1)
            inside = any(a <= cue[0] < b for f in told.get(number, ()) for a, b in f.content)
            if inside and (speaker is None or t.tags[act.verb] == INFINITIVE):
                continue  # what is said to be done is part of what is said
            if speaker in seen or any(f.cue == cue for f in told.get(number, ())) or matter.words(number) is None:
                continue
            seen.add(speaker)
            out.append(Found([act.content], cue, speaker, "act", "act", number, number))
    return out
