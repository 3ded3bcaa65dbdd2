"""Speaker mentions in, resolved speakers out: full names, roles and aliases, one name for each real speaker of a text. It does not decide who says what.

Rules, in this order: a name in full stands for itself; a last name goes to the nearest earlier bearer (a title of the other sex vetoes);
bodies get their usual name (`bodies.csv`), governments that of `governments.csv`; "the company" and "the ministry" go to the last mention that they can mean;
he and she to the last person, by sentence, who can be meant; what cannot be settled stays as written, or nameless. Never simply the nearest name.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final, Literal

from stance.syntax import Tokens
from stance.target import Target
from stance.text import Text
from stance.words import (
    APOS,
    BODY,
    CAP,
    CLOSE,
    CO,
    COMMA,
    DET,
    DOCU,
    NUM,
    OBJ,
    OPEN,
    PERSON,
    PLURAL,
    PREP,
    REL,
    STOP,
    SUBJ,
    TIME,
    TITLE,
    phrase_words,
    read_table,
)

__all__ = ["Directory", "Identity"]

Sort = Literal["person", "body", "state", "other"]

FURTHEST: Final = 4  # sentences that a pronoun reaches back; further back, readers are told the name again
MOST_NAMES: Final = 200  # names that a description such as "the company" reaches back over
LONGEST_INITIALS: Final = 5  # letters of a word in capitals that is taken for initials
LONGEST_TITLE: Final = 5  # words of a title before a name
LONGEST_ROLE: Final = 12  # words of an apposition that is kept as a role
_SPACES: Final = re.compile(r"\s+")
_SEEN: Final = re.compile(r"[A-Z][A-Z0-9&.]{1,9}")


@dataclass(frozen=True, slots=True)
class Identity:
    """One speaker of a text under one name: role as printed or None, and every other form by which the text names it."""

    name: str
    role: str | None
    aliases: tuple[str, ...]


@dataclass(slots=True)
class Name:
    """A name as it stands in the text: where, in which sentence, what it can be."""

    text: str
    start: int
    sentence: int
    sort: Sort
    sex: str = ""
    role: str = ""
    first: bool = False  # opens its sentence, where subjects stand


@dataclass(slots=True)
class _Known:
    """What the lexicon knows about names."""

    bodies: dict[str, str] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)  # any name of a state or its seat → government's name
    countries: dict[str, str] = field(default_factory=dict)  # country's own name → government's name
    adjectives: dict[str, tuple[str, str]] = field(default_factory=dict)  # adjective → (short name of the state, government's name)
    people: dict[str, str] = field(default_factory=dict)
    sex: dict[str, str] = field(default_factory=dict)

    def countries_by_government(self) -> list[tuple[str, str]]:
        """Each country's own name with its government's."""
        return [(country, self.states[country.lower()]) for country in dict.fromkeys(self.countries.values())]


@cache
def _known() -> _Known:
    known = _Known()
    for row in read_table("bodies.csv"):
        for name in (row["name"], *row["also"].split(";")):
            if name:
                known.bodies.setdefault(name.lower(), row["name"])
    for row in read_table("governments.csv"):
        also = [x for x in row["also"].split(";") if x]
        for name in (row["country"], *also, row["name"]):
            known.states[name.lower()] = row["name"]
        for name in (row["country"], *also):
            known.countries[name.lower()] = row["country"]
        for name in row["seats"].split(";"):
            if name:
                known.states[name.lower()] = row["name"]
        short = row["name"].removesuffix(" government")
        for name in (row["adjective"], *also, row["country"]):
            if name:
                known.adjectives[name.lower()] = (short, row["name"])
    for row in read_table("people.csv"):
        known.people[row["last"].lower()] = row["name"]
    for row in read_table("firstnames.csv"):
        for name in row["names"].split():
            known.sex.setdefault(name.lower(), row["gender"])
    return known


_MALE: Final = phrase_words("male")
_FEMALE: Final = phrase_words("female")
_COMPANY: Final = phrase_words("company")
_PARTICLES: Final = phrase_words("particles")
_SPOKESMAN: Final = phrase_words("spokesman")
_POSTMODIFIER: Final = phrase_words("postmodifier")
_PRONOMINAL: Final = phrase_words("pronominal")
_ORG_ENDS: Final = phrase_words("org_ends")


class Directory:
    """The names of one text, and what a mention at a place stands for.

    Parameters
    ----------
    text
        The text as read.
    tokens
        The tokens of each of its sentences, in order.
    target
        Whose own people and stand-ins are known by name; may be None.
    """

    def __init__(self, text: Text, tokens: Sequence[Tokens], target: Target | None = None) -> None:
        self.flat = text.flat
        self.tokens = tokens
        self.target = target
        self.names: list[Name] = []
        self.by_last: dict[str, list[Name]] = {}
        self.by_first: dict[str, list[Name]] = {}
        self.acronyms: dict[str, str] = {}
        self.shown: dict[str, dict[str, None]] = {}
        self.roles: dict[str, str] = {}
        self.quoted = False
        self.history: list[Name] = []  # resolved speakers, in order
        self.target_people = {p.lower(): p for p in target.people if " " in p} if target else {}
        self._single: dict[str, Sort] = {}  # what names of one word can be
        names = (target.name, *(x for x in target.aliases if x.lower().startswith(target.name.lower()))) if target else ()
        self._target_names = frozenset(x.lower() for x in names)
        self._stand_ins = frozenset(x.lower() for x in target.stand_ins) if target else frozenset()
        for number, t in enumerate(tokens):
            self._collect(number, t)
        self._starts = [n.start for n in self.names]

    # ---- names of the text -------------------------------------------------------------------------------------------------------

    def _collect(self, number: int, t: Tokens) -> None:
        i = 0
        bits, n, single = t.bits, t.n, self._single
        while i < n:
            if not bits[i] & CAP:
                i += 1
                continue
            j = name_end(t, i)
            if j == i + 1 and not (i and bits[i - 1] & TITLE):  # one word: most names of a text
                word = t.words[i]
                sort = single.get(word)
                if sort is None:
                    sort = single[word] = sort_of(t, i, j, word)
                self.names.append(Name(self.flat[t.starts[i] : t.ends[i]], t.starts[i], number, sort, "", "", i <= 1))
            else:
                self._name(number, t, i, j)
            i = j

    def _name(self, number: int, t: Tokens, i: int, j: int) -> None:
        flat = self.flat
        start = i
        # titles inside: "Foreign Secretary Jeremy Hunt", "Huawei CEO Ren Zhengfei"
        for k in range(j - 1, i - 1, -1):
            if t.bits[k] & (TITLE | PERSON) and not t.bits[k] & BODY and k + 1 < j:
                start = k + 1
                if t.bits[start] & PREP:
                    sexes = _known().sex
                    start = next((x for x in range(start + 1, j - 1) if t.words[x] in sexes), i)
                break
        text = clean(flat[t.starts[start] : t.ends[j - 1]])
        sort = sort_of(t, start, j, text)
        if sort == "other" and start > i:
            sort = "person"
        if j + 2 < t.n and t.bits[j] & OPEN and t.words[j + 2 : j + 3] == [")"]:
            short = flat[t.starts[j + 1] : t.ends[j + 1]]
            if _SEEN.fullmatch(short) and j - i > 1:
                self.acronyms[short.lower()] = clean(flat[t.starts[i] : t.ends[j - 1]])
        role = self._role(t, i, start, j) if sort == "person" else ""
        name = Name(text, t.starts[start], number, sort, sex_of(t, i, start, text), role, i <= 1)
        self.names.append(name)
        if sort == "person" and " " in text:
            parts = text.lower().split()
            self.by_last.setdefault(parts[-1], []).append(name)
            self.by_first.setdefault(parts[0], []).append(name)
            if role and text not in self.roles:
                self.roles[text] = role

    def _role(self, t: Tokens, i: int, start: int, j: int) -> str:
        """The role that stands with a name: titles before it (tokens i to start, or in lower case), or an apposition after its end j."""
        flat = self.flat
        k = i
        while k > 0 and t.bits[k - 1] & (PERSON | TITLE) and not t.bits[k - 1] & (CAP | PLURAL):
            k -= 1
        if k < i:
            while k > 0 and not t.tags[k - 1] and not t.bits[k - 1] & (DET | PREP | COMMA | CO | APOS | SUBJ) and i - k < LONGEST_TITLE:
                k -= 1
        if k < start:
            return clean(flat[t.starts[k] : t.ends[start - 1]])
        e = j + 1
        if e >= t.n or not t.bits[j] & COMMA:
            return ""
        if not (t.bits[e] & (DET | PERSON | TITLE) or (t.bits[e] & CAP and any(b & (PERSON | TITLE) for b in t.bits[e : e + LONGEST_TITLE]))):
            return ""
        while e < t.n and not t.bits[e] & (COMMA | REL) and not t.tags[e] and e - j <= LONGEST_ROLE:
            e += 1
        a = j + 2 if t.words[j + 1] in _ARTICLES else j + 1
        return clean(flat[t.starts[a] : t.ends[e - 1]]).rstrip(".") if a < e and any(b & (PERSON | TITLE) for b in t.bits[a:e]) else ""

    # ---- mentions ----------------------------------------------------------------------------------------------------------------

    def resolve(self, span: tuple[int, int], number: int, quoted: bool = False) -> tuple[str, ...]:
        """The speakers that a mention stands for, under their names in this text; empty where nobody can be named with confidence.

        Parameters
        ----------
        span
            Start and end of the mention, code points.
        number
            The number of its sentence.
        quoted
            Whether somebody is quoted, so that even an unknown noun means a person.
        """
        self.quoted = quoted
        t = self.tokens[number]
        a = next((i for i in range(t.n) if t.starts[i] >= span[0]), t.n)
        b = next((i for i in range(a, t.n) if t.ends[i] >= span[1]), t.n - 1) + 1
        if a >= b:
            return ()
        out: list[str] = []
        parts = members(t, a, b)
        for x, y in parts:
            if len(parts) > 1 and t.words[b - 1] == "governments":  # "the US and Canadian governments"
                adjective = " ".join(t.words[x : y - (y == b)]).removeprefix("the ")
                if adjective in _known().adjectives:
                    government = _known().adjectives[adjective][1]
                    out.append(government)
                    self.history.append(Name(government, t.starts[x], number, "state"))
                    continue
            got = self._apposition(t, x, y, number) or self._one(t, x, y, number)
            if got is None:
                continue
            if got.text not in out:
                out.append(got.text)
            if t.words[x] in _ARTICLES and x + 1 < y:
                x += 1
            shown = clean(self.flat[t.starts[x] : t.ends[y - 1]])
            self.shown.setdefault(got.text, {}).setdefault(shown)
            self.history.append(Name(got.text, t.starts[x], number, got.sort, got.sex))
        return tuple(out)

    def _apposition(self, t: Tokens, a: int, b: int, number: int) -> Name | None:
        """The name after a role: "the firm's chief executive, Steve Marr, said"."""
        if a > 1 and t.bits[a] & DET and t.bits[a - 1] & COMMA and t.bits[a - 2] & CAP:  # "Joy Marr, the firm's head of sales said"
            for name in self.names_in(number):
                if name.sort == "person" and " " in name.text and name.start + len(name.text) == t.ends[a - 2]:
                    return name
        if b + 1 >= t.n or not t.bits[b] & COMMA or not t.bits[b + 1] & CAP or not any(x & (PERSON | TITLE) for x in t.bits[a:b]):
            return None
        last = t.bits[b - 1]
        if last & CAP and not last & (PERSON | TITLE | BODY):
            return None
        e = name_end(t, b + 1)
        if e - b < 3 or (e < t.n and not t.bits[e] & (COMMA | STOP | CLOSE)):
            return None
        text = clean(self.flat[t.starts[b + 1] : t.ends[e - 1]])
        if sort_of(t, b + 1, e, text) != "person":
            return None
        self.roles.setdefault(text, clean(self.flat[t.starts[a] : t.ends[b - 1]]))
        return Name(text, t.starts[b + 1], 0, "person", sex_of(t, b + 1, b + 1, text))

    def _one(self, t: Tokens, a: int, b: int, number: int) -> Name | None:
        while a < b and t.words[a] in _ARTICLES and not (a + 1 < b and (t.bits[a + 1] & PREP or t.tags[a + 1])):
            a += 1
            if a == b:
                return None
        words = t.words[a:b]
        if len(words) == 1 and (t.bits[a] & (SUBJ | OBJ | REL) or words[0] in _POSSESSIVES):
            return self._pronoun(words[0], t.starts[a], number)
        definite = a > 0 and t.words[a - 1] in ("the", "this", "that")
        if words[0] in _POSSESSIVES:  # "its founder", "his lawyers"
            owner = self._pronoun(words[0], t.starts[a], number)
            rest = clean(self.flat[t.starts[a + 1] : t.ends[b - 1]])
            if t.bits[b - 1] & CAP and not t.bits[b - 1] & (PERSON | BODY):
                return self._one(t, a + 1, b, number)
            if any(x & PERSON and not x & PLURAL for x in t.bits[a + 1 : b]) or any(x & PERSON for x in t.bits[a + 1 : b]):
                if owner is None:
                    return Name(rest, t.starts[a], number, "person")
                return self._holder(owner.text, rest, t.starts[a]) or Name(owned(owner.text, rest), t.starts[a], number, "person")
            return self._description(t, a + 1, b, rest, True, number)
        for k in range(b - 1, a, -1):  # "Heritage's Kitchen", "Canada's justice ministry", "Trump's lawyer"
            if t.bits[k] & APOS:
                if k + 1 < b and t.bits[k + 1] & CAP and not t.bits[k + 1] & (BODY | TITLE):
                    return self._one(t, k + 1, b, number)
                whose = clean(self.flat[t.starts[a] : t.ends[k - 1]])
                got = self._holder(whose, t.words[b - 1], t.starts[a]) if t.bits[b - 1] & PERSON else None
                if got is not None:
                    return got
                break
        raw = clean(self.flat[t.starts[a] : t.ends[b - 1]])
        if len(raw) == 1:  # "Q", "A" of a transcript
            return None
        # a person named in full or by the last name at the end of the phrase
        cut = b
        for k in range(a + 1, b):
            if t.bits[k] & PREP or t.bits[k] & OPEN:
                cut = k
                break
        k = cut
        while k > a and (t.bits[k - 1] & CAP or t.words[k - 1] in _PARTICLES) and not t.bits[k - 1] & (TITLE | PERSON):
            k -= 1
        while k < cut and not t.bits[k] & CAP:
            k += 1
        if k < cut:
            named = clean(self.flat[t.starts[k] : t.ends[cut - 1]])
            titled = k > a or (a > 0 and bool(t.bits[a - 1] & TITLE))
            if titled and named.isupper():  # "MR. BENN:" in a transcript
                named = named.title()
            whole = clean(self.flat[t.starts[a] : t.ends[b - 1]])
            got = self._body(whole)
            if got is not None:
                return got
            if k > a and cut == b:
                got = self._body(named)
                if got is not None and got.sort == "body":
                    return got
            if not any(x & (BODY | DOCU) for x in t.bits[k:cut]) or named.lower() in self.target_people:
                person = self._person(named, t.starts[k], sex_of(t, a, k, named), titled or " " in named)
                if person is not None:
                    return person
        return self._description(t, a, b, raw, definite, number)

    def _person(self, named: str, at: int, sex: str, sure: bool) -> Name | None:
        low = named.lower()
        if self._body(named) is not None:
            return None
        if low in self.target_people:
            return Name(self.target_people[low], at, 0, "person", sex)
        parts = low.split()
        if len(parts) > 1:
            if parts[-1] in _ORG_ENDS:
                return Name(named, at, 0, "body")
            return Name(named, at, 0, "person", sex)
        bearers = [n for n in self.by_last.get(low, ()) if not (sex and n.sex and sex != n.sex)]
        if not bearers:
            bearers = [n for n in self.by_first.get(low, ()) if not (sex and n.sex and sex != n.sex)]
        if bearers:
            before = [n for n in bearers if n.start <= at]
            best = before[-1] if before else bearers[0]
            return Name(best.text, at, 0, "person", best.sex)
        for full in self.target_people.values():
            if low in full.lower().split() and sure:
                return Name(full, at, 0, "person", sex)
        if low in _known().people:
            return Name(_known().people[low], at, 0, "person", _known().sex.get(_known().people[low].split()[0].lower(), ""))
        if low in _known().adjectives or low in _known().states:
            return None
        return Name(named, at, 0, "person" if sure else "other", sex)

    def _body(self, text: str) -> Name | None:
        """A body or a government by its name."""
        known = _known()
        low = text.lower().removeprefix("the ")
        if self.target is not None and low in self._target_names:
            return Name(self.target.name, 0, 0, "body")
        if low in self.acronyms:
            return self._body(self.acronyms[low]) or Name(self.acronyms[low], 0, 0, "body")
        if low in known.bodies:
            return Name(known.bodies[low], 0, 0, "body")
        if low in known.countries and known.countries[low] not in ("United States", "China", "United Kingdom", "European Union"):
            return Name(known.countries[low], 0, 0, "state")
        if low in known.states:
            return Name(known.states[low], 0, 0, "state")
        return None

    def _description(self, t: Tokens, a: int, b: int, raw: str, definite: bool, number: int) -> Name | None:
        """A speaker who is not named: "a Huawei spokesman", "the company", "US officials", "Canada's justice ministry"."""
        got = self._body(raw)
        if got is not None:
            return got
        inside = [
            n
            for n in self.names_in(number)
            if n.sort == "person" and " " in n.text and t.starts[a] <= n.start < t.ends[b - 1] and t.ends[b - 1] - n.start <= len(n.text) + 2
        ]
        if inside and any(x & (PERSON | TITLE) for x in t.bits[a:b]):
            return inside[-1]
        words, bits = t.words[a:b], t.bits[a:b]
        stands_in = definite and words[-1] in _COMPANY and "the " + " ".join(words) in self._stand_ins
        if stands_in and self.target is not None and any(self._is_target(n.text) for n in self._before(t.starts[a])):
            return Name(self.target.name, t.starts[a], number, "body")
        head = next((k for k, x in enumerate(bits) if (x & PREP and k) or (k and t.tags[a + k])), len(words)) - 1
        if head and words[head] in _POSTMODIFIER:
            head -= 1
        word = words[head]
        at = t.starts[a]
        if head == 0 and definite and word in _ISSUED:  # "the statement said": of whoever spoke last
            return self.history[-1] if self.history and self.history[-1].sort in ("person", "body", "state") else None
        if definite and bits[head] & PERSON and not bits[head] & PLURAL:  # "the FCC chair": of whom the text says so
            for person, role in self.roles.items():
                if all(w in role.lower() for w in words):
                    return Name(person, at, number, "person")
        if definite and head == 0 and word in _COUNTRY:
            state = next((x for x in reversed(self._before(at)) if x.sort == "state"), None)
            return None if state is None else (self._body(state.text) or state)
        if definite and head == 0 and (bits[0] & (BODY | PERSON)):
            found = self._definite(word, bits[0], at, number)
            if found is not None:
                return found
        if word in _COMPANY and definite and not any(x & CAP for x in bits) and self.target is not None:
            for name in reversed(self._before(at)):
                if name.sort in ("body", "other") and name.text.lower().startswith(self.target.name.lower()):
                    return Name(self.target.name, at, number, "body")
        if word in _SPOKESMAN and len(words) > head + 2 and words[head + 1] in ("for", "of", "at", "from", "with"):  # "a spokesman for the company"
            body = self._one(t, a + head + 2, b, number)
            if body is not None:
                return Name(f"{body.text.removesuffix(' government')} {word}", at, number, "person")
        if word in _SPOKESMAN and head > 0 and words[head - 1] in _COMPANY:
            body = self._definite(words[head - 1], BODY, at, number)
            if body is not None:
                return Name(f"{body.text} {word}", at, number, "person")
        # the state in front: "American officials", "Canada's justice ministry"
        text = raw
        if a <= 1 and (bits[0] & (PERSON | PLURAL | NUM) or words[0] in _PRONOMINAL) and not (len(words) > 1 and bits[1] & CAP):
            text = raw if raw[:2].isupper() else raw[:1].lower() + raw[1:]  # the capital is the sentence's
        for k in (2, 1):
            first = " ".join(words[:k])
            if (
                first in _known().adjectives
                and len(words) > k
                and any(x & (PERSON | BODY) or y.endswith("s") for x, y in zip(bits[k:], words[k:], strict=True))
            ):
                short = _known().adjectives[first][0]
                rest = clean(self.flat[t.starts[a + k] : t.ends[b - 1]])
                text = of_state(short, rest, raw)
                break
        got = self._body(text)
        if got is not None:
            return got
        alone = words[0] in _PRONOMINAL and len(words) > 1
        if (
            not self.quoted
            and not alone
            and not bits[head] & (CAP | PERSON | BODY | DOCU | PLURAL)
            and not (words[head].endswith("s") and definite is False and len(words) == 1 and bits[head] == 0)
        ):
            return None  # a thing, not a speaker
        sort: Sort = "body" if bits[head] & BODY else "person" if bits[head] & PERSON else "other"
        return Name(text, at, number, sort, "f" if word in _FEMALE else "m" if word in _MALE else "")

    def _definite(self, word: str, bits: int, at: int, number: int) -> Name | None:
        """Resolve "the company", "the ministry", "the senator": the last mention before it that it can mean."""
        if word in _COMPANY:
            same = [x for x in self.names_in(number) if x.first and x.start < at]
            own = next((x for x in same if x.sort == "body" or (x.sort == "other" and self.flat.startswith("'s", x.start + len(x.text)))), None)
            if own is not None and not self._is_target(own.text):  # "Polar's profit rose, but the company warned"
                return self._body(own.text) or Name(own.text, at, number, "body")
        if word in _COMPANY and self.target is not None:
            for name in reversed(self._before(at)):
                if name.sort in ("body", "other") and name.text.lower().startswith(self.target.name.lower()):
                    return Name(self.target.name, at, number, "body")
        heard = self.history[-MOST_NAMES:]
        for pool in (heard, self._before(at)):
            for name in reversed(pool):
                if name.start >= at:
                    continue
                if word in name.text.lower().split() and (bits & BODY or name.role or pool is heard):
                    return self._body(name.text) or Name(name.text, at, number, name.sort, name.sex)
                if bits & PERSON and name.sort == "person" and word in self.roles.get(name.text, "").lower().split():
                    return Name(name.text, at, number, "person", name.sex)
        return None

    def _holder(self, owner: str, role: str, at: int) -> Name | None:
        """The person whom the text gives as the holder of a role: "Huawei's founder" is whoever it calls so."""
        low, last = owner.lower(), role.lower().split()[-1]
        for person, known in self.roles.items():
            words = known.lower().replace("'s", "").split()
            if last in words and low.split()[0] in words:
                return Name(person, at, 0, "person")
        return None

    def _pronoun(self, word: str, at: int, number: int) -> Name | None:
        """Who is meant by a pronoun; None where nobody is with confidence."""
        if word in ("he", "his", "him", "she", "her"):
            sex = "m" if word in ("he", "his", "him") else "f"

            def fits(n: Name) -> bool:
                group = n.text[:1].islower() and n.text.endswith("s")  # "officials"; "Paul Reyes" is one person
                return n.sort == "person" and n.sex in (sex, "") and not group

            return self._back(at, number, fits, persons=True)
        if word in ("it", "its"):
            same = [x for x in self.names_in(number) if x.start < at and (x.sort in ("body", "state") or self._is_target(x.text))]
            if word == "its" and same:
                return self._body(same[0].text) or same[0]
            for x in reversed(self.history[-3:]):
                if number - x.sentence <= FURTHEST and x.start < at and (x.sort in ("body", "state") or self._is_target(x.text)):
                    return x
            return self._back(at, number, lambda n: n.sort in ("body", "state") or self._is_target(n.text), persons=False)
        if word in ("they", "their", "them"):
            return self._back(at, number, lambda n: n.sort == "body" or n.text.split(" ")[-1].endswith("s"), persons=False)
        return None

    def _may_be_person(self, name: Name) -> bool:
        """Whether a speaker under one unknown word, "Lee", can be a person."""
        return name.sort == "other" and " " not in name.text and name.text[:1].isupper() and not name.text.isupper() and not self._is_target(name.text)

    def _is_target(self, text: str) -> bool:
        return self.target is not None and text.lower().startswith(self.target.name.lower())

    def _back(self, at: int, number: int, fits: Callable[[Name], bool], persons: bool) -> Name | None:
        """The antecedent: sentence by sentence backwards, the speaker of the sentence first, then its first fitting name."""
        for back in range(FURTHEST + 1):
            n = number - back
            if n < 0:
                break
            said = [x for x in self.history[-MOST_NAMES:] if x.sentence == n and x.start < at and (fits(x) or (persons and self._may_be_person(x)))]
            if said:
                return said[-1] if back else said[0]
            here = [x for x in self.names_in(n) if x.start < at and (fits(x) or (persons and x.sort == "other" and x.text.lower() in self.by_last))]
            if here:
                known = [x for x in here if x.sex] if persons else here
                best = next((x for x in known or here if x.first), (known or here)[0])
                return self._person(best.text, best.start, best.sex, True) if persons else (self._body(best.text) or best)
        return None

    def _before(self, at: int) -> list[Name]:
        """The names before a place, the last of them only: what is further back is not meant by "the company"."""
        k = bisect_left(self._starts, at)
        return self.names[max(0, k - MOST_NAMES) : k]

    def names_in(self, number: int) -> list[Name]:
        """The names in one sentence."""
        lo = self._index().get(number)
        return self.names[lo[0] : lo[1]] if lo else []

    def _index(self) -> dict[int, tuple[int, int]]:
        got: dict[int, tuple[int, int]] | None = getattr(self, "_by_sentence", None)
        if got is None:
            got = {}
            for k, name in enumerate(self.names):
                a, _ = got.get(name.sentence, (k, k))
                got[name.sentence] = (a, k + 1)
            self._by_sentence = got
        return got

    def identities(self) -> tuple[Identity, ...]:
        """Everybody who was resolved so far: name, role, the forms by which the text names them."""
        return tuple(
            Identity(name, self.roles.get(name), tuple(a for a in forms if a != name and a.lower() not in _PLAIN)) for name, forms in self.shown.items()
        )


_ARTICLES: Final = frozenset(["a", "an", "the", "this", "that", "these", "those"])
_COUNTRY: Final = frozenset(["country", "nation"])
_ISSUED: Final = frozenset(["statement", "release"])
_POSSESSIVES: Final = frozenset(["my", "your", "his", "her", "its", "our", "their"])
_PLAIN: Final = frozenset(["i", "you", "he", "she", "it", "we", "they", "who", "which", "that", "his", "her", "its", "their", "him", "them"])


def owned(owner: str, role: str) -> str:
    """A role with whose it is.

    >>> owned("Polar", "founder"), owned("Danish government", "defence minister")
    ("Polar's founder", 'Danish defence minister')
    """
    return f"{owner.removesuffix(' government')} {role}" if owner.endswith(" government") else f"{owner}'s {role}"


def of_state(short: str, rest: str, raw: str) -> str:
    """The usual name of a body of a state: "US Justice Department", "China's foreign ministry", "Chinese embassy in Ottawa".

    >>> of_state("Chinese", "foreign ministry", "Chinese foreign ministry")
    "China's foreign ministry"
    """
    body = rest.removeprefix("'s ")
    ministry = any(w in ("ministry", "department") for w in body.lower().split()[:3])
    if short in ("US", "UK"):
        return f"{short} {body}" if body == rest or ministry or body.lower().split()[0] in ("embassy", "government") else raw
    country = next((c for c, government in _known().countries_by_government() if government.startswith(short)), "")
    if ministry and country:
        return f"{country}'s {body}"
    if body != rest and body.lower().split()[0] in ("embassy", "consulate", "ambassador", "government"):
        return f"{short} {body}"
    return f"{short} {body}" if body == rest else raw


def clean(text: str) -> str:
    """One blank between words, no blanks or possessive at the ends; names that a transcript sets in capitals as elsewhere."""
    if text.isalpha() and not text.isupper():
        return text
    if text.isupper() and len(text) > LONGEST_INITIALS and " " not in text.strip().replace(". ", ""):
        text = text.title()
    return _SPACES.sub(" ", text).strip().removesuffix("'s").removesuffix("'")


def name_end(t: Tokens, i: int) -> int:
    """End (exclusive) of the name that starts at token i: capitalised words, with "of", "for" and "&" inside the names of bodies."""
    j = i + 1
    body = bool(t.bits[i] & BODY)
    while j < t.n:
        b = t.bits[j]
        if b & CAP:
            body = body or bool(b & BODY)
            j += 1
        elif (t.words[j] in _PARTICLES and j + 1 < t.n and t.bits[j + 1] & CAP) or (
            (body or t.words[j] == "&" or t.bits[j - 1] & TITLE) and t.words[j] in ("of", "for", "on", "&") and j + 1 < t.n and t.bits[j + 1] & CAP
        ):
            j += 2
        elif body and t.words[j] in ("of", "for", "on") and j + 2 < t.n and t.words[j + 1] == "the" and t.bits[j + 2] & CAP:
            j += 3
        else:
            break
    return j


def sort_of(t: Tokens, i: int, j: int, text: str) -> Sort:
    """What a name can be."""
    known = _known()
    low = text.lower()
    if low in known.bodies:
        return "body"
    if low in known.states or low in known.adjectives:
        return "state"
    if any(b & (BODY | DOCU) for b in t.bits[i:j]) or t.words[j - 1] in _ORG_ENDS:
        return "body"
    if any(b & TIME for b in t.bits[i:j]):
        return "other"
    if _SEEN.fullmatch(text):
        return "other"
    if j - i >= 2 or (i and t.bits[i - 1] & TITLE):
        return "person"
    return "other"


def sex_of(t: Tokens, i: int, start: int, text: str) -> str:
    """Tell "m", "f" or "" by the title before a name or by the first name."""
    for k in range(max(0, i - 1), start):
        if t.words[k] in _FEMALE:
            return "f"
        if t.words[k] in _MALE:
            return "m"
    return _known().sex.get(text.split(" ")[0].lower(), "") if " " in text else ""


def members(t: Tokens, a: int, b: int) -> list[tuple[int, int]]:
    """The members of a coordination: "Rubio, Sasse and Van Hollen" are three; "the commerce and treasury departments" is one phrase."""
    if not any(t.bits[k] & CO or t.words[k] == "&" for k in range(a, b)):
        return [(a, b)]
    cuts: list[tuple[int, int]] = []
    x = a
    for k in range(a, b):
        if (t.bits[k] & CO and t.words[k] in ("and", "or")) or t.bits[k] & COMMA:
            if k > x:
                cuts.append((x, k))
            x = k + 1
    if x < b:
        cuts.append((x, b))
    for x, y in cuts:
        if not any(t.bits[k] & (CAP | PERSON | BODY | PLURAL | SUBJ) for k in range(x, y)):
            return [(a, b)]
        if y < b and t.bits[y - 1] & (PERSON | TITLE) and not t.bits[y - 1] & (CAP | PLURAL) and not t.bits[x] & DET:
            following = t.bits[y + 1]  # "lobbyist and strategist Ann Lee", "the firm's top lawyer and president Ann Lee" are one
            if y == x + 1 or (following & (PERSON | TITLE) and not following & (CAP | PLURAL) and t.bits[b - 1] & CAP):
                return [(a, b)]
    if (
        len(cuts) > 1
        and all(t.bits[k] & CAP for x, y in cuts for k in range(x, y)) is False
        and not t.bits[cuts[0][1] - 1] & (CAP | PERSON | BODY | PLURAL | SUBJ)
    ):
        return [(a, b)]
    return cuts
