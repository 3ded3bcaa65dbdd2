"""The classifier: the same numbers as scikit-learn, the same model from the same labels, safe files, reasons that add up, names that do not vote."""

import contextlib
import io
import json
import math
import pickle
import random
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import stance.model as model_module
from stance.errors import ModelError
from stance.labels import Labelled, LabelSet, default_folder, load_labels
from stance.model import FLAGS, load_model, out_of_fold, softmax, train
from stance.results import STANCES
from tests.small_labels import write


@pytest.fixture(scope="module")
def labels(tmp_path_factory):
    return load_labels(write(tmp_path_factory.mktemp("m") / "labels"))


@pytest.fixture(scope="module")
def small(labels):
    return train(labels)


def row(text, speaker=None, context=""):
    return Labelled("", text, "soft", speaker, context)


def test_it_learns(small, labels):
    said = small.predict_proba(labels).argmax(axis=1)
    assert np.mean([STANCES[k] == s.stance for k, s in zip(said, labels, strict=True)]) > 0.9


def test_prediction_equals_scikit_learn_with_the_exported_weights(small, labels):
    from sklearn.linear_model import LogisticRegression

    rows = list(labels)
    design = model_module._Design(rows, labels.target)
    y = np.array([STANCES.index(s.stance) for s in rows])
    fitted = LogisticRegression(C=model_module.C, class_weight="balanced", solver="newton-cg", tol=1e-5).fit(design.matrix, y)
    exported = design.model(fitted.coef_, fitted.intercept_, 1.0, {"fingerprint": "test"})
    # the exported weights are the model: give them back to scikit-learn, each divided by what its column was multiplied by
    parts = [exported._weights[design.columns[r], model_module.WORD_ROLES.index(r)] * model_module.STEP / design.factor[r][:, None] for r in model_module.WORD_ROLES]
    for r, name in enumerate(("pairs", "clause pairs")):
        at = np.searchsorted(exported._pair_keys, design.columns[name])
        at = np.minimum(at, len(exported._pair_keys) - 1)
        known = exported._pair_keys[at] == design.columns[name]
        parts.append(np.where(known[:, None], exported._pair_weights[at, r] * model_module.STEP, 0) / design.factor[name][:, None])
    parts.append(exported._facts * model_module.STEP / model_module.GAIN["facts"])
    parts.append(np.zeros((design.beginnings.shape[1], len(STANCES))))  # they are in the weights of the words that begin so
    parts += [exported._meaning[:, r] * model_module.FINE / model_module.GAIN["meaning"] for r in range(len(model_module.WORD_ROLES))]
    fitted.coef_ = np.concatenate(parts).T
    fitted.intercept_ = exported._bias * model_module.FINE
    assert np.abs(fitted.predict_proba(design.matrix) - exported.predict_proba(rows)).max() < 1e-6


def test_shuffled_rows_give_the_same_bytes(small, labels):
    rows = list(labels.statements)
    random.Random(3).shuffle(rows)
    assert train(LabelSet(tuple(rows), labels.target)).to_bytes() == small.to_bytes()


def test_hash_seed_and_threads_do_not_matter(small, labels):
    code = "import sys, hashlib; from stance.model import train; print(hashlib.sha256(train(sys.argv[1]).to_bytes()).hexdigest())"
    import hashlib
    import os

    there = {**os.environ, "PYTHONHASHSEED": "77", "OMP_NUM_THREADS": "2"}
    out = subprocess.run([sys.executable, "-c", code, labels.folder], capture_output=True, text=True, check=True, env=there, cwd=Path(__file__).parents[1])
    assert out.stdout.strip() == hashlib.sha256(small.to_bytes()).hexdigest()


def test_save_and_load(small, tmp_path, labels):
    small.save(tmp_path / "a.stance")
    again = load_model(tmp_path / "a.stance")
    assert again.to_bytes() == small.to_bytes()
    assert again.fingerprint == small.fingerprint
    assert np.array_equal(again.predict_proba(labels), small.predict_proba(labels))


def changed(data, name, content):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.namelist():
            new.writestr(part, content if part == name else old.read(part))
    return out.getvalue()


class Bomb:
    def __reduce__(self):
        return (pytest.fail, ("a model file ran code",))


def damaged(data):
    head = json.loads(zipfile.ZipFile(io.BytesIO(data)).read("model.json"))
    loaded = np.array([Bomb()], dtype=object)
    hidden = io.BytesIO()
    np.save(hidden, loaded, allow_pickle=True)
    wrong = io.BytesIO()
    np.save(wrong, np.zeros(4, np.int16))
    return {
        "no zip": b"hello",
        "empty": b"",
        "cut": data[: len(data) // 2],
        "a pickle": pickle.dumps(Bomb()),
        "a pickle inside": changed(data, "facts.npy", hidden.getvalue()),
        "another shape": changed(data, "bias.npy", wrong.getvalue()),
        "newer": changed(data, "model.json", json.dumps({**head, "format": 99}).encode()),
        "older": changed(data, "model.json", json.dumps({**head, "format": 1}).encode()),
        "foreign": changed(data, "model.json", b"{}"),
        "no JSON": changed(data, "model.json", b"nonsense"),
        "a temperature of zero": changed(data, "model.json", json.dumps({**head, "temperature": 0}).encode()),
        "other words": changed(data, "vocabulary.txt", b"a\nb"),
    }


@pytest.mark.promise(4)
def test_damaged_foreign_older_and_newer_files_are_refused_by_name(small, tmp_path, cases):
    for what, data in damaged(small.to_bytes()).items():
        path = tmp_path / "x.stance"
        path.write_bytes(data)
        with pytest.raises(ModelError, match="x.stance") as error:
            load_model(path)
        assert ("a newer stance" in str(error.value)) == (what == "newer")
        assert ("train it anew" in str(error.value)) == (what == "older")
        cases()
    with pytest.raises(ModelError, match="no such"):
        load_model(tmp_path / "none.stance")


@pytest.mark.promise(4)
def test_a_bomb_of_an_archive_is_refused(tmp_path, monkeypatch, small, cases):
    monkeypatch.setattr(model_module, "LARGEST_FILE", 1000)
    small.save(tmp_path / "big.stance")
    with pytest.raises(ModelError, match="more than 1,000 bytes"):
        load_model(tmp_path / "big.stance")
    cases()


@given(st.data())
@settings(max_examples=40)
def test_any_flipped_byte_is_refused_or_harmless(small, tmp_path_factory, data):
    raw = bytearray(small.to_bytes())
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] ^= data.draw(st.integers(1, 255))
    path = tmp_path_factory.mktemp("f") / "f.stance"
    path.write_bytes(bytes(raw))
    with contextlib.suppress(ModelError):
        load_model(path).predict_proba([row("Veltron stays.", "city")])


PARTS = ["Veltron ", "banned ", "welcomed ", "not ", '"', ", ", "The city ", "while ", "Ada Quill ", "xyzzy ", "Tonda's ", "é ", "\n"]
TEXTS = st.lists(st.sampled_from(PARTS), max_size=12).map("".join)


@given(TEXTS, TEXTS, st.sampled_from([None, "city", "Ada Quill", "Veltron"]))
def test_reasons_add_up_to_the_score(small, text, context, speaker):
    r = row(text, speaker, context)
    e = small.explain(r)
    assert e.score == math.fsum([e.bias, *(c.value for c in e.contributions)])
    logits = np.log(small.predict_proba([r])[0])
    assert e.score == pytest.approx(logits.max() - logits.mean(), abs=1e-9)
    assert e.label == STANCES[int(logits.argmax())]
    for c in e.contributions:
        if c.span is not None:
            assert (text if c.where == "text" else context)[c.span.start : c.span.end] == c.span.text


@given(st.lists(st.tuples(TEXTS, st.sampled_from([None, "city"])), min_size=1, max_size=6), st.randoms())
def test_order_and_company_do_not_matter(small, given_rows, rng):
    rows = [row(*r) for r in given_rows]
    p = small.predict_proba(rows)
    assert p.shape == (len(rows), 3)
    assert np.allclose(p.sum(axis=1), 1)
    order = list(range(len(rows)))
    rng.shuffle(order)
    assert np.allclose(small.predict_proba([rows[i] for i in order]), p[order], atol=1e-12)
    assert np.allclose(small.predict_proba(rows[:1]), p[:1], atol=1e-12)


def test_no_rows(small):
    assert small.predict_proba([]).shape == (0, 3)
    assert small.label([])[1] == []


NAMES = st.sampled_from(["Robin Vexley", "Mike Pompeo", "Tom Cotton", "Li Wei", "Anna-Maria Óstrova", "BT", "Federal Communications Commission", "Washington"])
SAID = st.sampled_from([
    "{} said Huawei should be banned from the network.", '"We see no evidence of spying by Huawei," {} said on Monday.',
    "{} has not decided on Huawei, which denies the charge.", "While Huawei insists that it is safe, {} wants it out.", "{} extended the licence for Huawei.",
])  # fmt: skip


@pytest.mark.promise(9)
@given(SAID, NAMES, NAMES)
def test_names_do_not_vote(said, one, other):
    model = load_model()
    pair = [row(said.format(name), name, f"{name} spoke in the morning.") for name in (one, other)]
    p = model.predict_proba(pair)
    assert np.abs(p[0] - p[1]).max() < 1e-12


@pytest.mark.promise(9)
@pytest.mark.parametrize(
    ("speaker", "before", "after", "label"),
    [
        ("ministry", "The ministry said it would ban Huawei.", "The ministry said it would not ban Huawei.", "soft"),
        ("Lena Fels", "Lena Fels said Huawei spies on its customers.", "Lena Fels denied that Huawei spies on its customers.", "soft"),
        ("city", "The city removed Huawei from its network.", "The city removed Nokia from its network.", "neutral"),
    ],
)
def test_negation_denial_and_another_company_do_count(speaker, before, after, label, cases):
    p = load_model().predict_proba([row(before, speaker), row(after, speaker)])
    assert p[1, STANCES.index(label)] > p[0, STANCES.index(label)]
    cases()


def test_one_sentence_two_speakers():
    text = "The White House called Huawei a threat to national security, which the company denies, while Huawei said the charge was groundless."
    p = load_model().predict_proba([row(text, "White House"), row(text, "Huawei")])
    assert [STANCES[k] for k in p.argmax(axis=1)] == ["restrictive", "soft"]


@pytest.mark.parametrize(
    ("text", "speaker", "context", "flag"),
    [
        ("It rained in Tilbury.", "city", "", "off_target"),
        ("It stays.", "city", "Veltron builds cranes.", "context_only"),
        ("Veltron stays.", None, "", "no_speaker"),
        ("Zzqx qqzz xqzq zzqqx Veltron.", "city", "", "unknown_words"),
    ],
)
def test_flags(small, text, speaker, context, flag):
    assert flag in small.flags(row(text, speaker, context))
    assert set(small.flags(row(text, speaker, context))) <= set(FLAGS)


def test_a_low_margin_is_flagged(small):
    assert "low_margin" in small.flags(row("Veltron.", "city"), (0.4, 0.35, 0.25))
    assert "low_margin" not in small.flags(row("Veltron.", "city"), (0.8, 0.1, 0.1))


def test_many_at_once_are_flagged_like_one(small, labels):
    p, flags = small.label(labels)
    assert [small.flags(s, q) for s, q in list(zip(labels, p, strict=True))[:20]] == flags[:20]


def test_too_few_labels_of_one_stance(labels):
    only = tuple(s for s in labels if s.stance != "neutral")
    with pytest.raises(ModelError, match="too few of neutral"):
        train(LabelSet(only, labels.target))


def test_out_of_fold_keeps_the_order_of_the_labels(labels):
    p = out_of_fold(labels)
    turned = out_of_fold(replace(labels, statements=labels.statements[::-1]))
    assert np.allclose(p, turned[::-1])


def test_softmax_of_large_scores():
    assert np.allclose(softmax(np.array([[1000.0, 0.0, -1000.0]])), [[1, 0, 0]])


def test_card_names_data_figures_and_fingerprint(small):
    text = small.card()
    assert "128 statements in 12 stories from 4 sources" in text
    assert small.fingerprint in text
    assert "macro-F1" in text


def test_the_shipped_model_is_small():
    path = Path(model_module.__file__).parent / "data" / "huawei.stance"
    assert path.stat().st_size < 4 * 2**20


def test_the_shipped_model_is_rebuilt_byte_for_byte_from_the_labels():
    built = train(default_folder())
    path = Path(model_module.__file__).parent / "data" / "huawei.stance"
    assert built.fingerprint == load_model().fingerprint
    assert built.to_bytes() == path.read_bytes()
