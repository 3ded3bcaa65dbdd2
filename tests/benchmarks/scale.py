"""How time and memory grow: a table of statements classified, seconds, statements a second and memory, up to a million.

    python tests/benchmarks/scale.py --most 1000000 --write          rows and frames, one process and two; the table goes to scale.md beside this file
    python tests/benchmarks/scale.py --ways articles --jobs 1        raw articles, whose statements have to be found first

Each size runs in a process of its own, so that its memory is its own. Everything streams: a generator makes the rows, and what comes back is counted and let go.
Memory is that of the process and of all its workers together, looked at four times a second (Linux only).
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import platform
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import stance
from stance.labels import default_folder
from stance.stories import read_stories

FRAME_ROWS = 10_000  # rows in one frame, as a partition of a cluster's frame may have
SIZES = (1_000, 10_000, 100_000, 1_000_000)
WAYS = {"rows": "iter_classify over rows", "frames": f"classify_frame over frames of {FRAME_ROWS:,} rows", "articles": "iter_classify over raw articles"}


def rows(n: int) -> Iterator[dict[str, str | None]]:
    """Make n statements, taken round and round from the stories of the labels folder, each with a name of its own."""
    base = []
    for path in sorted(default_folder().glob("stories/*.txt")):
        annotated, _ = read_stories(path.read_text(encoding="utf-8"), path.name)
        base += [{"text": a.text, "speaker": a.speaker, "context": a.context} for a in annotated]
    return ({**base[i % len(base)], "document": f"d{i}"} for i in range(n))


def articles() -> Iterator[stance.Document]:
    """Make articles without end: the stories' sentences, without their annotations."""
    texts = []
    for path in sorted(default_folder().glob("stories/*.txt")):
        for story in path.read_text(encoding="utf-8").split("\n= ")[1:]:
            lines = [line for line in story.split("\n")[1:] if not line.startswith("    ")]
            texts.append("\n\n".join(" ".join(part.split("\n")) for part in "\n".join(lines).split("\n\n")))
    return (stance.Document(f"d{i}", texts[i % len(texts)]) for i in itertools.count())


def counts(way: str, source: Iterator[Any], jobs: int) -> Iterator[int]:
    """Classify what comes; how many statements each piece held."""
    if way in ("rows", "articles"):
        yield from (len(r.statements) for r in stance.iter_classify(source, n_jobs=jobs))
    else:
        import pandas as pd
        from joblib import Parallel, delayed

        frames = (pd.DataFrame(part) for part in iter(lambda: list(itertools.islice(source, FRAME_ROWS)), []))
        work = Parallel(n_jobs=jobs, return_as="generator", pre_dispatch="2*n_jobs")
        yield from (len(f) for f in work(delayed(stance.classify_frame)(f, document="document", unit="statement") for f in frames))


def megabytes() -> float:
    """Memory of this process and all below it, in MB; shared pages count in each."""
    parents: dict[int, int] = {}
    pages: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue  # it has ended meanwhile
            parents[int(entry.name)], pages[int(entry.name)] = int(stat[1]), int(stat[21])
    own = {os.getpid()}
    while more := {p for p, parent in parents.items() if parent in own} - own:
        own |= more
    return sum(pages.get(p, 0) for p in own) * os.sysconf("SC_PAGE_SIZE") / 2**20


def one(way: str, n: int, jobs: int) -> dict[str, float]:
    """One size; memory after a tenth of the statements, and at its highest."""
    peak = early = 0.0
    stop = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not stop.wait(0.25):
            peak = max(peak, megabytes())

    watcher = threading.Thread(target=watch)
    watcher.start()
    source = articles() if way == "articles" else rows(n)
    begin = time.perf_counter()
    done = 0
    for count in counts(way, source, jobs):
        done += count
        if not early and done >= n / 10:
            early = megabytes()
        if way == "articles" and done >= n:
            break
    seconds = time.perf_counter() - begin
    peak = max(peak, megabytes())
    stop.set()
    watcher.join()
    assert done >= n
    return {"statements": done, "seconds": seconds, "early": early, "peak": peak}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--most", type=int, default=100_000)
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--ways", nargs="+", choices=tuple(WAYS), default=["rows", "frames"])
    parser.add_argument("--write", action="store_true", help="store the table in scale.md")
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        print(json.dumps(one(args.one[0], int(args.one[1]), int(args.one[2]))))
        return
    head = (
        f"# A million statements\n\nMade by `python tests/benchmarks/{Path(__file__).name} --most {args.most} --write` with stance {stance.__version__} on {os.cpu_count()} cores "
        f"({platform.machine()}, Python {platform.python_version()}).\nEverything streams, so that memory should stay flat; seconds hold the loading of the model and the "
        "start of the workers; the memory of two processes holds\nthe pages that they share twice, and that of the one that hands out the work.\n\n"
    )
    lines: list[str] = []

    def say(line: str) -> None:
        print(line, flush=True)
        lines.append(line)
        if args.write:  # after every line: the last ones take minutes
            Path(__file__).with_suffix(".md").write_text(head + "\n".join(lines) + "\n", encoding="utf-8")

    say("| way | processes | statements | seconds | a second | MB after a tenth | peak MB |")
    say("| --- | --- | --- | --- | --- | --- | --- |")
    for way, jobs in itertools.product(args.ways, args.jobs):
        for n in [n for n in SIZES if n <= args.most]:
            done = subprocess.run([sys.executable, __file__, "--one", way, str(n), str(jobs)], check=True, capture_output=True, text=True)
            got = json.loads(done.stdout.splitlines()[-1])
            say(f"| {WAYS[way]} | {jobs} | {got['statements']:,} | {got['seconds']:,.1f} | {got['statements'] / got['seconds']:,.0f} | {got['early']:,.0f} | {got['peak']:,.0f} |")


if __name__ == "__main__":
    main()
