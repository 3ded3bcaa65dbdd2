"""The labels folder: what is read, how judgements are settled, which faults are told."""

import math
from dataclasses import replace

import pytest

from stance.errors import Fault, LabelError
from stance.labels import ADJUDICATOR, Labelled, LabelSet, agreement_of, default_folder, load_labels
from stance.quality import check
from stance.target import Target
from tests.small_labels import TARGET, write


@pytest.fixture
def folder(tmp_path):
    return write(tmp_path / "labels")


def rows(folder, text, name="rows.csv"):
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def faults(folder):
    with pytest.raises(LabelError) as error:
        load_labels(folder)
    return [(f.file, f.line, f.column, f.code) for f in error.value.faults]


def test_a_folder_of_stories(folder):
    labels = load_labels(folder)
    assert len(labels) == 4 * 32
    s = labels.statements[0]
    assert (s.id, s.file, s.line, s.source, s.stance, s.date) == ("t0-0/01a", "stories/s0.txt", 3, "stories/s0.txt", "restrictive", "2010-01")
    assert labels.target.name == "Veltron"
    assert "128 statements on Veltron" in repr(labels)


def test_rows_with_known_and_own_columns(folder):
    rows(folder, 'text,stance,speaker,mood\n"It stays, he said.",soft,,calm\n"It goes.",restrictive,board,\n')
    stay, go = load_labels(folder).statements[-2:]
    assert (stay.speaker, stay.kind, stay.id, stay.line, stay.extra) == (None, None, "rows.csv:2", 2, (("mood", "calm"),))
    assert (go.speaker, go.line) == ("board", 3)


def test_a_row_over_several_lines_is_placed_where_it_begins(folder):
    rows(folder, 'text,stance\n"one\ntwo",soft\nthree,sofft\n')
    assert faults(folder) == [("rows.csv", 4, 2, "bad-stance")]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("text,stance\nhello,restrictve\n", (2, 2, "bad-stance")),
        ("text,stance\n,soft\n", (2, 1, "empty-text")),
        ("text,stence\nhello,soft\n", (1, 0, "missing-column")),
        ("text,stance,speeker\nhello,soft,x\n", (1, 3, "odd-column")),
        ("text,stance,text\nhello,soft,x\n", (1, 3, "column-twice")),
        ("text,stance\nhello,soft,more\n", (2, 0, "bad-row")),
        ("text,stance,kind\nhello,soft,spoken\n", (2, 3, "bad-kind")),
        ("text,stance,about_target\nhello,soft,perhaps\n", (2, 3, "bad-about")),
        ("text,stance,about_target\nhello,soft,false\n", (2, 2, "off-target-side")),
        ('text,stance\n"hello,soft\n', (2, 0, "bad-csv")),
        ("", (1, 0, "missing-column")),
        ("text,stance,id\nanother text,soft,t0-0/01a\n", (2, 1, "text-differs")),
        ("text,stance\n" + "x" * 6000 + ",soft\n", (2, 1, "long-text")),
    ],
)
def test_faults_of_rows(folder, text, place):
    rows(folder, text)
    assert ("rows.csv", *place) in faults(folder)


def test_every_fault_comes_at_once_with_a_guess(folder):
    rows(folder, "text,stance\na,restrictve\nb,softt\n")
    (folder / "stories" / "bad.txt").write_text("= z | w | 2020\nOne.\n    x | nuetral | act\n", encoding="utf-8")
    with pytest.raises(LabelError, match="did you mean restrictive") as error:
        load_labels(folder)
    assert len(error.value.faults) == 3
    assert "stories/bad.txt:3:9" in str(error.value)


def test_missing_and_empty_folders(tmp_path):
    assert faults(tmp_path / "none")[0][3] == "no-folder"
    (tmp_path / "target.toml").write_text(TARGET, encoding="utf-8")
    assert faults(tmp_path)[0][3] == "empty-folder"


def test_files_that_are_no_text(folder):
    (folder / "a.csv").write_bytes(b"text,stance\n\xff\xfe,soft\n")
    (folder / "b.csv").write_bytes(b"text,stance\na\0b,soft\n")
    assert {f[3] for f in faults(folder)} == {"not-utf8", "not-text"}


def test_the_same_story_id_in_two_files(folder):
    (folder / "stories" / "t.txt").write_text("= t0-0 | w | 2020\nOne.\n    x | neutral | act\n", encoding="utf-8")
    assert faults(folder)[0][3] == "story-twice"


def second(folder, *lines):
    text = load_labels(folder).statements[0].text
    return rows(folder, "id,text,stance,annotator\n" + "".join(f't0-0/01a,"{text}",{stance},{who}\n' for stance, who in lines))


def test_a_tie_names_both_places(folder):
    second(folder, ("soft", "second"))
    with pytest.raises(LabelError, match=r"author says restrictive at stories/s0.txt:3, second says soft at rows.csv:2"):
        load_labels(folder)


def test_the_majority_settles(folder):
    second(folder, ("soft", "second"), ("soft", "third"))
    labels = load_labels(folder)
    assert labels.statements[0].stance == "soft"
    assert len(labels) == 128
    assert [c.settled for c in labels.conflicts()] == ["soft"]


def test_the_adjudicator_settles(folder):
    second(folder, ("soft", "second"), ("soft", "third"), ("neutral", ADJUDICATOR))
    assert load_labels(folder).statements[0].stance == "neutral"


def test_rows_in_another_order_have_the_same_hash(folder):
    labels = load_labels(folder)
    assert LabelSet(labels.statements[::-1], labels.target).hash() == labels.hash()
    changed = (replace(labels.statements[0], stance="soft"), *labels.statements[1:])
    assert LabelSet(changed, labels.target).hash() != labels.hash()
    assert LabelSet(labels.statements, Target("Other")).hash() != labels.hash()


def judgements(pairs):
    return [Labelled(str(i), "t", s, annotator=a) for i, pair in enumerate(pairs) for a, s in zip("ab", pair, strict=True)]


def test_agreement_against_worked_figures():
    # 20 statements, 15 alike: 6 both restrictive, 5 both soft, 4 both neutral; chance by the margins 9, 6, 5 and 7, 7, 6 is 0.3375
    pairs = [("restrictive",) * 2] * 6 + [("soft",) * 2] * 5 + [("neutral",) * 2] * 4 + [("restrictive", "soft")] * 2 + [("restrictive", "neutral")] + [("soft", "neutral"), ("neutral", "restrictive")]
    a = agreement_of(judgements(pairs))
    assert (a.n, a.observed) == (20, 0.75)
    assert a.kappa == pytest.approx((0.75 - 0.3375) / (1 - 0.3375))
    assert a.alpha == pytest.approx(1 - (10 * 39) / (2 * (16 * 13 + 16 * 11 + 13 * 11)))


@pytest.mark.parametrize("pairs", [[], [("soft", "soft")]])
def test_agreement_without_anything_to_compare(pairs):
    a = agreement_of(judgements(pairs))
    assert math.isnan(a.alpha)


def test_the_adjudicator_is_not_an_annotator_for_agreement():
    a = agreement_of([Labelled("1", "t", "soft", annotator="a"), Labelled("1", "t", "neutral", annotator=ADJUDICATOR)])
    assert a.n == 0


def test_the_labels_that_came_with_the_package_load():
    labels = load_labels(default_folder())
    assert len(labels) > 6_000
    assert labels.target.name == "Huawei"


def test_tables(folder):
    labels = load_labels(folder)
    frame = labels.to_frame()
    assert list(frame.columns[:9]) == ["text", "stance", "speaker", "context", "kind", "about_target", "source", "file", "line"]
    assert len(frame) == 128
    assert labels.summary().to_frame().loc[0, "n"] == 128
    assert "stories/s1.txt" in str(labels.summary())


def story(*lines):
    return "= q | w | 2020\n" + "\n".join(lines) + "\n"


def test_check_finds_duplicates_near_duplicates_and_two_labels(folder):
    long = "The board of the northern ferry line said on Friday that it would buy no more Veltron ticket machines for its harbours"
    (folder / "stories" / "d.txt").write_text(story(
        f"{long}.", "    board | restrictive | act", f"{long} this year.", "    board | restrictive | act", f"{long}.", "    board | neutral | act"), encoding="utf-8")  # fmt: skip
    found = {(f.file, f.line, f.code) for f in check(folder)}
    assert ("stories/d.txt", 5, "near-duplicate") in found
    assert ("stories/d.txt", 7, "duplicate") in found
    assert ("stories/d.txt", 7, "two-labels") in found


def test_check_finds_nothing_in_two_speakers_of_one_sentence(tmp_path):
    folder = write(tmp_path / "l")
    (folder / "stories" / "d.txt").write_text(story(
        "The old ferry line said that Veltron machines had failed twice, which the maker disputes.", "    ferry line | restrictive | act", "    maker | soft | indirect"), encoding="utf-8")  # fmt: skip
    assert not [f for f in check(folder) if f.file == "stories/d.txt"]


def test_faults_sort_and_read_as_places():
    assert str(Fault("a.csv", 3, 2, "x", "is wrong")) == "a.csv:3:2: is wrong [x]"


def test_weights_are_read_and_checked(tmp_path):
    (tmp_path / "target.toml").write_text('name = "Huawei"\n', encoding="utf-8")
    (tmp_path / "rows.csv").write_text("text,stance,source\na b,soft,x\nc d,restrictive,y\n", encoding="utf-8")
    plain = load_labels(tmp_path)
    (tmp_path / "weights.toml").write_text("x = 0.3\n", encoding="utf-8")
    labels = load_labels(tmp_path)
    assert [labels.weight(s) for s in labels] == [0.3, 1.0]
    assert labels.hash() != plain.hash()


@pytest.mark.parametrize(("text", "says"), [("z = 0.3", "no statement has the source 'z'"), ("x = 0", "above 0 and at most 1, found 0"), ('x = "a"', "found 'a'"), ("x = = 1", "TOML")])
def test_bad_weights_are_faults(tmp_path, text, says):
    (tmp_path / "target.toml").write_text('name = "Huawei"\n', encoding="utf-8")
    (tmp_path / "rows.csv").write_text("text,stance,source\na b,soft,x\nc d,restrictive,y\n", encoding="utf-8")
    (tmp_path / "weights.toml").write_text(text + "\n", encoding="utf-8")
    with pytest.raises(LabelError, match="bad-weights") as caught:
        load_labels(tmp_path)
    assert says in str(caught.value)
