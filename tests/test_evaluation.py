"""Evaluation: figures against hand-worked ones, splits that divide no source, the behaviour suite, what to label next."""

import csv
import io
import json

import numpy as np
import pytest

from stance.behaviour import behaviour
from stance.errors import InputError, ModelError
from stance.evaluation import calibration_error, evaluate, reliability, score
from stance.labels import load_labels
from stance.model import load_model, split
from stance.quality import check, likely_errors
from stance.suggestions import COLUMNS, suggest, suggestions_csv
from tests.small_labels import write


@pytest.fixture(scope="module")
def labels(tmp_path_factory):
    return load_labels(write(tmp_path_factory.mktemp("e") / "labels"))


@pytest.fixture(scope="module")
def evaluation(labels):
    return evaluate(labels, curve=True)


def test_score_against_worked_figures():
    s = score(["restrictive", "restrictive", "soft", "neutral"], ["restrictive", "soft", "soft", "soft"])
    assert s.accuracy == 0.5
    assert s.macro_f1 == pytest.approx((2 / 3 + 1 / 2 + 0) / 3)
    assert s.confusion == ((1, 1, 0), (0, 1, 0), (0, 1, 0))
    assert s.per_label[1] == ("soft", pytest.approx(1 / 3), 1.0, 0.5, 1)


@pytest.mark.parametrize(("truth", "said"), [([], []), (["soft"], [])])
def test_nothing_to_score(truth, said):
    with pytest.raises(InputError):
        score(truth, said)


def test_calibration_error_of_known_bins():
    p = np.array([[0.6, 0.2, 0.2]] * 10 + [[0.9, 0.05, 0.05]] * 10)
    y = np.array([0] * 5 + [1] * 5 + [0] * 10)
    assert calibration_error(reliability(p, y, bins=2)) == pytest.approx((0.1 + 0.1) / 2)


def test_no_source_is_divided():
    groups = list("aaabbbccdddeef")
    for seen, held in split(groups, 3):
        assert not {groups[i] for i in seen} & {groups[i] for i in held}
    assert len(split(["one"] * 10, 5)) == 5


def test_the_report_has_all_its_parts(evaluation):
    text = str(evaluation)
    for part in ("Split: 5-fold", "always the commonest label", "TF-IDF", "restrictive", "act", "stories/s1.txt", "Calibration error", "Flags", "Learning curve"):
        assert part in text
    assert evaluation.overall.n == 128
    assert evaluation.overall.low <= evaluation.overall.macro_f1 <= evaluation.overall.high
    assert evaluation.overall.macro_f1 > evaluation.baselines[0][1].macro_f1
    assert [n for n, _ in evaluation.curve] == sorted(n for n, _ in evaluation.curve)


def test_frame_dict_and_plot(evaluation):
    frame = evaluation.to_frame()
    assert set(frame["what"]) == {"all", "others", "baseline", "kind", "source"}
    assert json.loads(json.dumps(evaluation.to_dict()))["overall"]["n"] == 128
    assert evaluation.plot().get_xlabel() == "confidence"
    assert len(evaluation.plot(what="confusion").texts) == 9
    assert evaluation.plot(what="curve").get_xscale() == "log"
    with pytest.raises(InputError, match="found 'bars'"):
        evaluation.plot(what="bars")


def test_the_same_labels_give_the_same_figures(labels, evaluation):
    assert evaluate(labels, curve=True).to_dict() == evaluation.to_dict()


def test_a_folder_with_one_label_is_refused(tmp_path):
    folder = tmp_path / "l"
    folder.mkdir()
    (folder / "target.toml").write_text('name = "Veltron"\n', encoding="utf-8")
    (folder / "a.csv").write_text("text,stance\none,soft\ntwo,soft\n", encoding="utf-8")
    with pytest.raises(ModelError, match="too few of restrictive and neutral"):
        evaluate(folder)


def test_likely_errors_are_told_with_their_place(labels):
    assert all(f.code == "likely-error" and f.line for f in likely_errors(labels))
    assert set(check(labels)) <= set(check(labels, deep=True))


@pytest.fixture(scope="module")
def suite():
    return {(c.test, c.name): c for c in behaviour(load_model())}


@pytest.mark.promise(9)
@pytest.mark.parametrize("name", ["another speaker", "curly quotation marks", "white space"])
def test_what_must_not_matter_does_not(suite, name, cases):
    found = suite["invariance", name]
    assert found.n > 100
    assert found.failures == 0, found.examples
    cases(found.n)


@pytest.mark.promise(9)
def test_what_must_matter_does(suite, cases):
    found = [c for (test, _), c in suite.items() if test == "direction"]
    assert {c.name for c in found} == {"negation", "denial", "another target", "deliberation", "easing", "two speakers"}
    assert sum(c.failures for c in found) <= 0.15 * sum(c.n for c in found), [c.examples for c in found]
    cases(sum(c.n for c in found))


def test_traps_by_codebook_rule_keep_their_level(suite):
    found = [c for (test, _), c in suite.items() if test == "minimum"]
    assert sum(c.n for c in found) == 1400
    assert sum(c.failures for c in found) < 0.42 * 1400  # 0.35 when written: they are traps


ARTICLE = (
    "The ministry barred Huawei from the network on Monday. The ministry barred Huawei from the network on Monday evening.\n\n"
    "Huawei denied that it is a threat. Officials are still weighing what the port authority should do about Huawei cranes, the mayor said."
)


def test_suggestions_are_doubtful_unlike_and_limited():
    chosen = suggest(ARTICLE, n=2)
    assert len(chosen) == 2
    assert len({s.text for s in suggest(ARTICLE, n=50) if "barred" in s.text}) == 1
    with pytest.raises(InputError):
        suggest(ARTICLE, n=0)


def test_the_suggestions_csv_is_ready_to_fill_in(tmp_path):
    text = suggestions_csv(suggest(ARTICLE, n=3))
    assert text.splitlines()[0] == ",".join(COLUMNS)
    rows = list(csv.DictReader(io.StringIO(text)))
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    writer.writerows({**r, "stance": "soft", "about_target": "true"} for r in rows)
    (tmp_path / "target.toml").write_text('name = "Huawei"\n', encoding="utf-8")
    (tmp_path / "rows.csv").write_text(out.getvalue(), encoding="utf-8")
    assert {s.stance for s in load_labels(tmp_path)} == {"soft"}
