"""Shared helpers: hypothesis settings, and the table of promises that closes a run; `pytest -q -m promise` runs all promises and nothing else."""

import collections
import os

import pytest
from hypothesis import HealthCheck, settings

# One slow machine must not fail a property by the clock; the examples are the same on every run, so that a red build can be repeated.
settings.register_profile("ci", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
settings.register_profile("deep", deadline=None, max_examples=5_000, suppress_health_check=list(HealthCheck))
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

PROMISES = {
    1: "article[s.start:s.end] == s.text",
    2: "any str: a Report or our error",
    3: "time linear in the text",
    4: "files never run code",
    5: "no network, seed, print, exit",
    6: "same input, same output",
    7: "exports are safe",
    8: "writing is atomic",
    9: "names do not vote, negation does",
    10: "a name in disguise is found",
    11: "no label flips without a word",
}
_tried = collections.Counter()
_failed = collections.Counter()


def pytest_configure(config):
    config.addinivalue_line("markers", "promise(number): one of the promises that the library makes; counted in the closing table")


@pytest.fixture
def cases(request):
    """Count what a promise's test tries: `cases(n)` adds n."""
    marker = request.node.get_closest_marker("promise")

    def count(n=1):
        _tried[marker.args[0]] += n

    return count


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    marker = item.get_closest_marker("promise")
    if marker and (report.when == "call" or report.failed):
        _failed[marker.args[0]] += report.failed
        if "cases" not in item.fixturenames and report.when == "call":
            _tried[marker.args[0]] += 1
    return report


def pytest_terminal_summary(terminalreporter):
    if _tried:
        terminalreporter.write_sep("-", "promises")
        terminalreporter.write_line(f"{'promise':<40} {'cases':>7} {'failed tests':>13}")
        for number, what in PROMISES.items():
            if _tried[number] or _failed[number]:
                terminalreporter.write_line(f"{f'{number}. {what}':<40} {_tried[number]:>7} {_failed[number]:>13}")
