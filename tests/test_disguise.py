"""Names in disguise: soft hyphens, zero-width characters, full-width and look-alike letters are read as a person reads them, at the written offsets."""

import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import stance
from stance.disguise import INVISIBLE, undisguise
from stance.words import read_table

STORY = (Path(stance.__file__).parent / "examples" / "story.txt").read_text(encoding="utf-8")
HIDDEN = {
    "soft hyphen": "Hua\u00adwei",
    "soft hyphens everywhere": "\u00ad".join("Huawei"),
    "zero-width blank": "Hua\u200bwei",
    "zero-width joiner": "H\u200duawei",
    "two in a row": "Hu\u200b\u200cawei",
    "word joiner": "Huawe\u2060i",
    "byte order mark": "Huaw\ufeffei",
    "left-to-right mark": "Hu\u200eawei",
    "Cyrillic letters": "Нuаwеі",
    "one Cyrillic letter": "Huаwei",
    "Cyrillic capitals": "НUАWЕІ",
    "Greek capital": "Ηuawei",
    "Greek and Cyrillic, no Latin letter": "Нυаԝеі",
    "Armenian": "Huawei".replace("u", "\u057d"),
    "Cherokee capital": "Ꮋuawei",
    "phonetic": "Huɑwei",
    "full width": "Ｈｕａｗｅｉ",
    "mathematical bold": "𝐇𝐮𝐚𝐰𝐞𝐢",
    "mathematical monospace": "𝙷𝚞𝚊𝚠𝚎𝚒",
    "all at once": "Н\u00adｕ\u200bа𝐰еi",
}


@pytest.mark.promise(10)
@pytest.mark.parametrize("name", HIDDEN.values(), ids=HIDDEN)
def test_a_disguised_name_is_found_where_it_is_written(name):
    text = f"Nobody was surprised. The ministry said that {name} is a threat to the network. Nobody objected."
    (s,) = stance.classify(text).statements
    assert s.about_target
    assert s.target_span.text == name
    assert text[s.target_span.start : s.target_span.end] == name
    assert text[s.start : s.end] == s.text == f"The ministry said that {name} is a threat to the network."
    assert s.context == "Nobody was surprised."
    (row,) = stance.classify([{"text": f"{name} is a threat.", "context": "It was so."}]).statements
    assert row.target_span.text == name


@pytest.mark.promise(10)
@pytest.mark.parametrize("name", HIDDEN.values(), ids=HIDDEN)
def test_a_disguised_name_speaks(name):
    text = f'"We will sue," {name} said on Monday.'
    (s,) = stance.extract(text)
    assert (s.speaker, s.speaker_span.text, s.about_target) == ("Huawei", name, True)


@pytest.mark.promise(10)
@pytest.mark.parametrize("name", HIDDEN.values(), ids=HIDDEN)
def test_a_disguised_name_gets_the_label_of_the_plain_one(name):
    text = "The ministry said that {} is a threat to the network."
    disguised, plain = (stance.classify(text.format(n)).statements[0] for n in (name, "Huawei"))
    assert dict(disguised.probabilities) == dict(plain.probabilities)
    assert disguised.flags == plain.flags


SEEN = [
    ("Hua\u00adwei", "Huawei"),
    ("tele\u00adcom\u00admunications", "telecommunications"),
    ("5\u200bG", "5G"),
    ("Вodafone", "Bodafone"),
    ("Ｎｏｋｉａ　１", "Nokia　1"),
    ("Нuawei и Москва", "Huawei и Москва"),
    ("Húаwei", "Húawei"),
]
AS_WRITTEN = [
    "", "Huawei", "Huawei – Москва", "сор", "ΑΒ", "Ελλάδα", "\u200bHuawei\u200b said", "Huawei\u00ad", "a \u200b b", "H u a w e i", "naïve café", "“Huawei’s”", "m²", "5 kΩ", "Işık Yıldırım",
    "Huaweй", "№5", "①", "™", "\ud800", "\u202eHuawei",
]  # fmt: skip


@pytest.mark.parametrize(("written", "seen"), SEEN)
def test_what_a_reader_sees(written, seen):
    plain = undisguise(written)
    assert plain.text == seen
    assert len(plain.places) == len(seen)
    assert plain.span(0, len(seen)).text == written


@pytest.mark.parametrize("text", AS_WRITTEN)
def test_what_is_no_disguise_stays(text):
    assert undisguise(text) is None


@pytest.mark.promise(10)
@given(st.text(st.sampled_from("Hua wei.НаеОοѕＨ𝐇é\n" + INVISIBLE), max_size=60))
def test_places_lead_back_to_the_text(text):
    plain = undisguise(text)
    if plain is None:
        return
    assert len(plain.places) == len(plain.text) <= len(text)
    assert list(plain.places) == sorted(set(plain.places))
    for i, c in enumerate(plain.text):
        written = text[plain.places[i]]
        assert c == written or (c.isascii() and not written.isascii())
    assert undisguise(plain.text) is None or plain.text != undisguise(plain.text).text


@pytest.mark.promise(1)
@given(st.lists(st.tuples(st.integers(1, len(STORY) - 1), st.sampled_from(INVISIBLE)), max_size=30))
def test_invisible_characters_inside_words_change_nobody_and_nothing_that_is_said(places):
    text = STORY
    for at, character in sorted(places, reverse=True):
        if STORY[at - 1].isalnum() and STORY[at].isalnum():
            text = text[:at] + character + text[at:]
    found = stance.extract(text)
    assert [(s.speaker, s.kind, s.about_target) for s in found] == [(s.speaker, s.kind, s.about_target) for s in stance.extract(STORY)]
    for s in found:
        assert text[s.start : s.end] == s.text
        assert all(text[x.start : x.end] == x.text for x in (*s.content, s.speaker_span, s.cue_span, s.target_span) if x)


def test_the_table_of_lookalikes_is_what_it_says():
    rows = list(read_table("lookalikes.csv"))
    assert len({r["character"] for r in rows}) == len(rows)
    for r in rows:
        assert unicodedata.name(r["character"]).lower() == r["name"]
        assert r["name"].startswith(r["script"].lower())
        assert r["latin"].isascii()
        assert r["latin"].isalpha()


def test_site_furniture_in_a_disguised_text_is_told_as_written():
    text = "Read more: What next for Hua\u00adwei\n\nThe ministry said that Hua\u00adwei is a threat."
    (document,) = stance.classify(text).documents
    assert [text[d.span.start : d.span.end] for d in document.dropped] == [d.span.text for d in document.dropped] == ["Read more: What next for Hua\u00adwei"]


@pytest.mark.promise(3)
@pytest.mark.parametrize("character", [*"\u00ad\u200bНＨ𝐇", "a\u200b", "Н\u200b"])
def test_a_text_of_nothing_else_takes_no_long_time(character):
    text = "Ann Lee said " + character * 200_000
    begin = time.process_time()
    plain = undisguise(text)
    assert time.process_time() - begin < 3  # a tenth of a second on a quiet machine; minutes if it were quadratic
    assert plain is None or len(plain.text) <= len(text)
