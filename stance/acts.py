"""One sentence in; reported acts out: who banned, charged, licensed or listed, in the active, the passive or a background clause.

It knows nothing of the target: the caller keeps the acts that concern it. What is said rather than done is `attribution.py`'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from stance.syntax import FINITE, GERUND, INFINITIVE, PASSIVE, REDUCED, Tokens, np_left, np_right, phrase_end, subject, trimmed
from stance.words import BODY, CAP, COMMA, DOCU, MODAL, PERSON, PLURAL, PREP, SEMI, SUBJ, TIME, inflect, read_table

__all__ = ["Act", "find_acts"]

FURTHEST_BY: Final = 14  # tokens between a passive act and its "by": "was added to the list of banned firms on Friday by the ministry"


@dataclass(frozen=True, slots=True)
class Act:
    """One act: token positions of its verb and of who acts (None where the text does not say), offsets of the clause."""

    verb: int
    who: tuple[int, int] | None
    content: tuple[int, int]


@cache
def _forms() -> frozenset[str]:
    return frozenset(form for row in read_table("acts.csv") for form in inflect(row["lemma"], row["past"], row["participle"]))


def find_acts(t: Tokens) -> list[Act]:
    """Every act in a sentence, in order.

    Parameters
    ----------
    t
        The sentence's tokens, with verbs tagged.

    Returns
    -------
    list of Act
        Only acts of bodies, states, persons and groups of persons; a passive without "by" has no actor.
    """
    out: list[Act] = []
    forms = _forms()
    for v in range(t.n):
        if not t.tags[v] or t.words[v] not in forms:
            continue
        who: tuple[int, int] | None
        done: tuple[int, int] | None = None
        if t.tags[v] in (PASSIVE, REDUCED):
            who = agent(t, v)
            if t.tags[v] == PASSIVE:
                done = subject(t, v)
                if done is None or (who is None and any(b & MODAL for b in t.bits[max(0, v - 3) : v])):
                    continue  # "should be allowed" is a question or a wish, nobody's act
            else:
                if who is None:
                    continue
                k = v - 1
                if k >= 0 and t.bits[k] & COMMA:
                    k -= 1
                a = np_left(t, k)
                done = (a, k + 1) if a >= 0 else None
        elif t.tags[v] in (FINITE, GERUND, INFINITIVE):
            who = subject(t, v)
            asked = t.tags[v] == INFINITIVE and v > 1 and t.tags[v - 2] == PASSIVE  # "was asked to remove": not done yet
            if who is None or asked or not can_act(t, *who):
                continue
        else:
            continue
        content = trimmed(t, done[0] if done and done[0] < v else v, phrase_end(t, v + 1, t.n))
        if content is not None:
            out.append(Act(v, who, content))
    return out


def agent(t: Tokens, v: int) -> tuple[int, int] | None:
    """Who stands after "by"."""
    for j in range(v + 1, min(t.n, v + FURTHEST_BY)):
        if t.bits[j] & (COMMA | SEMI) or t.tags[j]:
            return None
        if t.words[j] == "by":
            e = np_right(t, j + 1, t.n)
            return (j + 1, e) if e > j + 1 and not t.bits[j + 1] & TIME and can_act(t, j + 1, e) else None
    return None


def can_act(t: Tokens, a: int, b: int) -> bool:
    """Whether a noun phrase can be somebody who acts, by its head: a name, a person, a body, a group of persons."""
    head = next((i for i in range(a + 1, b) if t.bits[i] & PREP), b) - 1
    return bool(t.bits[head] & (CAP | PERSON | BODY | PLURAL | SUBJ)) and not t.bits[head] & (TIME | DOCU)
