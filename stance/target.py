"""Which statements concern the target, and by which words; the target itself is data (`target.toml`), not code."""

from __future__ import annotations

import tomllib
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from stance.errors import Fault, LabelError
from stance.results import Span

__all__ = ["Target", "find_target", "load_target"]


@dataclass(frozen=True, slots=True)
class Target:
    """What the stance is about: its name and every other way in which news text refers to it.

    Parameters
    ----------
    name
        The target's usual name ("Huawei").
    aliases
        Other names, units and products that are the target by themselves ("HiSilicon", "Huawei Technologies").
    people
        Names of the target's own people in their role for it ("Meng Wanzhou").
    stand_ins
        Expressions that mean the target only where the context ties them to it ("the company", "high-risk vendors").
    home
        Names of the state that speaks for the target as its own ("China", "Beijing"); may be empty.
    """

    name: str
    aliases: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    stand_ins: tuple[str, ...] = ()
    home: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """The target as plain data, as it is kept inside a model file."""
        return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(self).items()}


def load_target(path: str | Path) -> Target:
    """Read a `target.toml`.

    Raises
    ------
    LabelError
        The file is missing, is not TOML, misses `name`, or has a key or value of the wrong kind; all faults at once.
    """
    path = Path(path)
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise LabelError([Fault(str(path), 0, 0, "no-target", "there is no target.toml; it needs at least a line like  name = \"Huawei\"")]) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise LabelError([Fault(str(path), 0, 0, "bad-target", f"cannot be read as TOML: {error}")]) from None
    return target_from_dict(data, str(path))


def target_from_dict(data: dict[str, object], where: str) -> Target:
    """Check plain data (from TOML or from a model file) and make a Target of it; raises LabelError with every fault."""
    faults: list[Fault] = []
    known = [f.name for f in fields(Target)]
    for key, value in data.items():
        if key not in known:
            faults.append(Fault(where, 0, 0, "bad-target", f"unknown key {key!r}; allowed are {', '.join(known)}"))
        elif key != "name" and not (isinstance(value, list) and all(isinstance(v, str) and v.strip() for v in value)):
            faults.append(Fault(where, 0, 0, "bad-target", f"{key} must be a list of non-empty strings, found {value!r}"))
    name = data.get("name")
    if not (isinstance(name, str) and name.strip()):
        faults.append(Fault(where, 0, 0, "bad-target", f"name must be a non-empty string, found {name!r}"))
    if faults:
        raise LabelError(faults)
    lists = {k: tuple(str(x) for x in v) for k, v in data.items() if isinstance(v, list)}
    return Target(name=str(name), **lists)


def find_target(text: str, context: str, target: Target, offset: int = 0) -> tuple[bool, Span | None]:
    """Whether a statement concerns the target, and by which of its own words (None where only the context says so)."""
    for name in (target.name, *target.aliases, *target.people):
        at = text.find(name)
        if at >= 0:
            return True, Span(offset + at, offset + at + len(name), name)
    return False, None
