"""A frozen set of statements: a label that flips between versions shows here, and the changelog must list it.

    python -m pytest tests/test_probes.py                    compares with tests/data/probes.jsonl
    PROBES=write python -m pytest tests/test_probes.py       writes the labels of the model that is there now
"""

import json
import os
from pathlib import Path

import pytest

import stance

ROOT = Path(__file__).resolve().parent.parent
PROBES = Path(__file__).parent / "data" / "probes.jsonl"


@pytest.mark.promise(11)
def test_no_label_flips_without_a_word_in_the_changelog(cases):
    rows = [json.loads(line) for line in PROBES.read_text(encoding="utf-8").splitlines()]
    cases(len(rows))
    got = [s.stance for s in stance.classify([{k: r[k] for k in ("text", "speaker", "context")} for r in rows]).statements]
    if os.environ.get("PROBES") == "write":
        PROBES.write_text("".join(json.dumps(r | {"stance": g}, ensure_ascii=False) + "\n" for r, g in zip(rows, got, strict=True)), encoding="utf-8")
        return
    flipped = [f"{r['id']}: was {r['stance']}, is {g}: {r['text'][:90]}" for r, g in zip(rows, got, strict=True) if r["stance"] != g]
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    silent = [f for f in flipped if f.split(":")[0] not in changelog]
    assert not silent, "labels that flipped and are not listed in CHANGELOG.md:\n" + "\n".join(silent)


def test_the_probes_are_many_and_of_every_label():
    rows = [json.loads(line) for line in PROBES.read_text(encoding="utf-8").splitlines()]
    assert len(rows) >= 200
    assert len({r["id"] for r in rows}) == len(rows)
    assert {r["stance"] for r in rows} == set(stance.STANCES)
