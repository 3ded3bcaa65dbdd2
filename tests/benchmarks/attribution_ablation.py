"""What each attribution rule is worth: the score with the rule taken out, as a table.

    python tests/benchmarks/attribution_ablation.py SCORER DATA > tests/benchmarks/attribution_ablation.md

SCORER is a Python file with load(path), norm_preds(doc, predictions), as_dict(statement) and score(pairs); DATA is what its load() reads:
articles with every attribution marked. Neither comes with this project.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from stance import attribution, constructions, content, syntax
from stance.constructions import Sentence
from stance.speakers import Directory


def nothing(*_: Any, **__: Any) -> None:
    """Stand in for a rule that finds something or returns None."""


def never(*_: Any, **__: Any) -> bool:
    """Stand in for a question."""
    return False


def always_whole(t: syntax.Tokens, i: int, hi: int, *_: Any, **__: Any) -> int:
    """Content to the end of the sentence."""
    return hi


RULES: list[tuple[str, object, str, object]] = [
    ("inverted: `said X` after a quotation or a clause", Sentence, "inverted", lambda _, v, __: (None, v + 1, v)),
    ("content before the attribution: `..., X said`", Sentence, "left", nothing),
    ("`according to`", Sentence, "according", nothing),
    ("passive cues: `criticised by`, `was asked whether`", Sentence, "passive", nothing),
    ("noun cues: `his claim that`", Sentence, "noun", nothing),
    ("adjective cues: `is wary of`", Sentence, "adjective", nothing),
    ("colon before a quotation", Sentence, "colon", nothing),
    ("headline and transcript colon", Sentence, "headed", lambda *_: 0),
    ("quotation announced in the sentence before", Sentence, "opener", nothing),
    ("quotation attributed in the sentence after", Sentence, "closer", nothing),
    ("quotation without a cue", Sentence, "leftover", nothing),
    ("quotation that goes on with a word outside", Sentence, "mostly_quoted", never),
    ("attitudes inside somebody's content left out", Sentence, "nested", never),
    ("one statement for `declined to comment`", Sentence, "repeats", never),
    ("second half of `A, he said, B`", constructions, "resumed", nothing),
    ("clausal content ends before another clause", content, "clause_end", always_whole),
    ("... before what the writer adds after a comma", content, "leaves", never),
    ("... not where it is only inserted", content, "goes_on", never),
    ("... before a joined verb", content, "joins_cue", never),
    ("... before the main verb after a noun or relative", constructions, "main_verb", lambda t, i, hi, seen=False: hi),
    ("fronted and relative clauses end at their comma", constructions, "clause_limit", lambda t, v, edge: t.n),
    ("nominal content ends before adverbials and verbs", content, "phrase_end", always_whole),
    ("subject across an apposition or parenthesis", syntax, "across_insertion", nothing),
    ("subject of joined verbs and participles", syntax, "subject_before", nothing),
    ("subject of a fronted participle", syntax, "fronted_subject", nothing),
    ("whoever controls an infinitive", syntax, "controller", nothing),
    ("coordinated subjects", syntax, "coordinated_left", lambda t, a, lo=0: a),
    ("places and occasions between verb and content", content, "skip_adverbials", lambda t, i, hi: i),
    ("pronouns resolved", Directory, "_pronoun", nothing),
]


def measure(scorer: ModuleType, docs: list[Any]) -> tuple[float, float, float]:
    """AttF, e2eF and the share of direct words under the right speaker."""
    pairs = [(d, d["gold"], scorer.norm_preds(d, [scorer.as_dict(s) for s in attribution.read(d["text"]).statements])) for d in docs]
    found = scorer.score(pairs)
    return found["attF"], found["e2eF"], found["cov_direct"]


def main(scorer_path: str, data: str) -> None:
    """Print the table."""
    spec = importlib.util.spec_from_file_location("scorer", scorer_path)
    assert spec is not None
    assert spec.loader is not None
    scorer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    docs = scorer.load(Path(data))
    base = measure(scorer, docs)
    write: Callable[[str], object] = sys.stdout.write
    write(f"# What each attribution rule is worth\n\n{len(docs)} articles with every attribution marked; made by `attribution_ablation.py`.\n\n")
    write("| without | attF | e2eF | cov_direct |\n| --- | --- | --- | --- |\n")
    write(f"| (all rules) | {base[0]} | {base[1]} | {base[2]} |\n")
    users = (attribution, constructions, content, syntax)
    for label, owner, name, stand_in in RULES:
        # a function taken from another module has a name of its own in each module that uses it
        owners = [owner] if isinstance(owner, type) else [m for m in users if hasattr(m, name)]
        kept = [getattr(o, name) for o in owners]
        for o in owners:
            setattr(o, name, stand_in)
        try:
            found = measure(scorer, docs)
        finally:
            for o, old in zip(owners, kept, strict=True):
                setattr(o, name, old)
        write(f"| {label} | {found[0] - base[0]:+.1f} | {found[1] - base[1]:+.1f} | {found[2] - base[2]:+.1f} |\n")


if __name__ == "__main__":
    main(*sys.argv[1:3])
