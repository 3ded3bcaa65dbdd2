"""How fast and how large: cold start, import, statements and words a second, training, memory, file sizes; ratios come from one run on one machine.

    python tests/benchmarks/speed.py                 everything but training
    python tests/benchmarks/speed.py --train         training on the labels folder too

Compares with bare tokenising, with scikit-learn's own TF-IDF pipeline and, where installed, with the sentiment lexicon VADER (pip install
vaderSentiment) on the same statements. Nothing here is asserted: clocks differ.
"""

from __future__ import annotations

import argparse
import importlib.util
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import stance
from stance.labels import default_folder

WORD = re.compile(r"\w+(?:['’.\-]\w+)*")


def best(work: Callable[[], object], repeat: int = 3) -> float:
    """Seconds of the fastest of a few runs: the others were disturbed."""
    times = []
    for _ in range(repeat):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return min(times)


def process(code: str, repeat: int = 5) -> float:
    """Median seconds of a whole Python process that runs the code."""
    times = []
    for _ in range(repeat):
        begin = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--train", action="store_true")
    args = parser.parse_args()
    rows: list[tuple[str, str]] = []

    empty = process("pass")
    imported = process("import stance")
    answer = process("import stance; stance.classify('Huawei denied it.')")
    sklearn = process("import sklearn.linear_model, sklearn.feature_extraction.text")
    rows += [
        ("empty Python process", f"{empty * 1000:.0f} ms"),
        ("import stance", f"+{(imported - empty) * 1000:.0f} ms"),
        ("first answer in a new process", f"+{(answer - empty) * 1000:.0f} ms"),
        ("import scikit-learn's parts of the recipe", f"+{(sklearn - empty) * 1000:.0f} ms ({(sklearn - empty) / (answer - empty):.1f} times a first answer)"),
    ]

    labels = stance.load_labels(default_folder())
    statements = list(labels.statements[:12_000])
    texts = [s.text for s in statements]
    model = stance.load_model()
    model.predict_proba(statements)  # warm
    own = len(statements) / best(lambda: model.predict_proba(statements))
    bare = len(texts) / best(lambda: [re.findall(r"\w+", t) for t in texts])
    rows += [
        ("classifier, statements/s, one core, warm", f"{own:,.0f}"),
        ("bare re.findall of words on the same", f"{bare:,.0f} ({bare / own:.1f} times)"),
    ]
    pipeline = _pipeline(texts, [s.stance for s in statements])
    plain = len(texts) / best(lambda: pipeline.predict_proba(texts), 1)
    rows.append(("scikit-learn TF-IDF pipeline (words 1-2, letters 2-5)", f"{plain:,.0f} ({plain / own:.2f} times)"))
    if importlib.util.find_spec("vaderSentiment"):
        from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

        vader = SentimentIntensityAnalyzer()
        some = texts[:1000]
        rate = len(some) / best(lambda: [vader.polarity_scores(t) for t in some], 1)
        rows.append(("sentiment lexicon (VADER)", f"{rate:,.0f} ({rate / own:.2f} times)"))

    story = (Path(stance.__file__).parent / "examples" / "story.txt").read_text(encoding="utf-8")
    stories = [story] * 200
    words = len(WORD.findall(story)) * len(stories)
    rows += [
        ("extract(), words/s", f"{words / best(lambda: [stance.extract(s) for s in stories]):,.0f}"),
        ("classify(), words/s, texts to report", f"{words / best(lambda: stance.classify(stories)):,.0f}"),
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "m.stance"
        model.save(path)
        rows.append(("model file", f"{path.stat().st_size / 1e6:.2f} MB"))
    if args.train:
        begin = time.perf_counter()
        stance.train(labels)
        rows.append((f"training and calibrating on {len(labels):,} statements", f"{time.perf_counter() - begin:.0f} s"))
    print(f"{platform.machine()}, Python {platform.python_version()}, {len(statements):,} statements")
    for what, value in rows:
        print(f"  {what:<58} {value}")


def _pipeline(texts: list[str], stances: list[str]):
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline, make_union

    parts = make_union(TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True), TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True))
    return make_pipeline(parts, LogisticRegression(max_iter=50)).fit(texts[:2000], stances[:2000])


if __name__ == "__main__":
    main()
