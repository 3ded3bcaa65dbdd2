"""How time and memory grow: a table of statements classified, seconds, statements a second and peak memory, up to a million.

    python tests/benchmarks/scale.py --most 1000000 --jobs 2

Each size runs in a process of its own, so that its peak memory is its own. Rows stream through iter_classify, so that memory should stay flat;
"kept" holds the whole Report, whose size grows with the statements.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time

import stance


def one(n: int, jobs: int, keep: bool) -> dict[str, float]:
    """Classify n statements taken round and round from the labels, each made different by a number."""
    base = [{"text": s.text, "speaker": s.speaker, "context": s.context} for s in stance.load_labels().statements[:20_000]]
    rows = ({**base[i % len(base)], "document": f"d{i}"} for i in range(n))
    begin = time.perf_counter()
    done = len(stance.classify(rows, n_jobs=jobs).statements) if keep else sum(len(r.statements) for r in stance.iter_classify(rows, n_jobs=jobs))
    seconds = time.perf_counter() - begin
    assert done == n
    return {"seconds": seconds, "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--most", type=int, default=100_000)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--one", type=int)
    args = parser.parse_args()
    if args.one:
        print(json.dumps(one(args.one, args.jobs, args.keep)))
        return
    print(f"{'statements':>12} {'seconds':>9} {'per second':>11} {'peak MB':>9}   jobs={args.jobs}{' kept' if args.keep else ' streamed'}")
    n = 1_000
    while n <= args.most:
        command = [sys.executable, __file__, "--one", str(n), "--jobs", str(args.jobs), *(["--keep"] if args.keep else [])]
        got = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        print(f"{n:>12,} {got['seconds']:>9.1f} {n / got['seconds']:>11,.0f} {got['megabytes']:>9,.0f}", flush=True)
        n *= 10


if __name__ == "__main__":
    main()
