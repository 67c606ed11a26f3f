"""The two-emotion rule in columns, against a reading of one row at a time."""

import pickle

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from affekt.stages._conflicts import CHOICES, Choice, Effects, Lexicon, Look, Named, looked_at
from affekt.stages._tags import bits_of, folded, folded_text, glued, named_by, split
from affekt.taxonomy import MIKELS8, Emotion, Taxonomy

ODD = Taxonomy(
    name="odd",
    emotions=(
        Emotion(name="fear", keywords=("fear", "fear of heights", "Höhenangst", "😱", ":(")),
        Emotion(name="joy", keywords=("Spaß", "喜び"), forms=("spaßig", "joys")),
        Emotion(name="sigma", keywords=("σίγμας", "ᾳδω")),
    ),
)
LEXICON = Lexicon(ODD)
PIECES = st.sampled_from(
    ["fear", "FEAR", "of", "Heights", "less", "spass", "SPASS", "Spaß", "SPAẞ", "ſpaß", "joy", "s",
     "喜び", "ｆｅａｒ", "ΣΊΓΜΑΣ", "σίγμας", "σίγμασ", "ᾼΔΩ", "αιδω", "ho\u0308henangst", "😱",
     ":(", "a", "é", "\u0301", "İ", "1"]
)  # fmt: skip
GLUE = st.sampled_from(["", " ", "-", "_", "'", "#", "\n", "\u00a0", "。"])
TEXT = st.lists(st.tuples(PIECES, GLUE), max_size=5).map(
    lambda parts: "".join(piece + glue for piece, glue in parts)
)


def naive_text(text: str | None, *, forms: bool) -> int:
    """Look for whole words one after the other."""
    words = f" {' '.join(split(folded_text(text or '')))} "
    found = 0
    for number, emotion in enumerate(ODD.emotions):
        for word in (emotion.name, *emotion.words, *(emotion.forms if forms else ())):
            parts = split(folded(word))
            named = (
                any(f" {one} " in words for one in (" ".join(parts), "".join(parts)))
                if parts
                else folded(word) in folded_text(text or "")
            )
            found |= named << number
    return found


def naive_tags(tags: list[str | None] | None, *, forms: bool) -> int:
    return named_by(tags or [], bits_of(ODD, forms=forms))


@pytest.mark.slow
@settings(deadline=None, max_examples=300)
@given(texts=st.lists(st.one_of(st.none(), TEXT), max_size=8))
def test_texts_in_a_column_name_what_they_name_alone(texts: list[str | None]) -> None:
    """C8."""
    named = LEXICON.of_texts(pa.array(texts, pa.large_string()))
    assert named.plain.tolist() == [naive_text(text, forms=False) for text in texts]
    assert named.forms.tolist() == [naive_text(text, forms=True) for text in texts]


@pytest.mark.slow
@settings(deadline=None, max_examples=300)
@given(rows=st.lists(st.one_of(st.none(), st.lists(st.one_of(st.none(), TEXT), max_size=4))))
def test_tags_in_a_column_name_what_they_name_alone(rows: list[list[str | None] | None]) -> None:
    """C8."""
    named = LEXICON.of_tags(pa.array(rows, pa.large_list(pa.large_string())))
    assert named.plain.tolist() == [naive_tags(row, forms=False) for row in rows]
    assert named.forms.tolist() == [naive_tags(row, forms=True) for row in rows]


def test_a_slice_of_a_column_is_read_as_what_it_is() -> None:
    column = pa.array([["fear"], None, ["spass", "x"], []], pa.large_list(pa.large_string()))
    assert LEXICON.of_tags(column.slice(1)).plain.tolist() == [0, 2, 0]


def test_tags_are_folded_anew_when_too_many_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("affekt.stages._conflicts.N_KNOWN", 2)
    rows = [["é"], ["喜び"], ["SPAß"], ["喜び"]]
    named = Lexicon(ODD).of_tags(pa.array(rows, pa.large_list(pa.large_string())))
    assert named.plain.tolist() == [0, 2, 2, 2]


def test_a_lexicon_may_be_sent_elsewhere() -> None:
    sent = pickle.loads(pickle.dumps(LEXICON))
    assert sent.of_texts(pa.array(["no fear!"])).plain.tolist() == [1]


@pytest.mark.parametrize(
    "text", ["danger", "a stranger", "endangers", "sadhu", "crusader", "feared", "discontentment"]
)
def test_part_of_a_word_is_no_word(text: str) -> None:
    """C8."""
    assert Lexicon(MIKELS8).of_texts(pa.array([text])).plain.tolist() == [0]


@pytest.mark.parametrize(
    ("text", "bits"),
    [
        ("Fear.", 64),
        ("(fear)", 64),
        ("fear's", 64),
        ("my_fear_01", 64),
        ("no\nfear", 64),
        ("#fear", 64),
        ("awe & sadness", 2 + 128),
    ],
)
def test_a_whole_word_counts_wherever_it_stands(text: str, bits: int) -> None:
    """C8."""
    assert Lexicon(MIKELS8).of_texts(pa.array([text])).plain.tolist() == [bits]


def look(own: str | None = None, **columns: object) -> Look:
    """Look at one row."""
    kinds = {"tags": pa.list_(pa.string()), "machine_tags": pa.list_(pa.string())}
    rows = {
        name: pa.array([columns.get(name)], kinds.get(name, pa.string()))
        for name in ("tags", "machine_tags", "title", "description")
    }
    return looked_at({**rows, "emotion": pa.array([own], pa.string())}, Lexicon(MIKELS8))


AWE, FEAR = 2, 64


@pytest.mark.parametrize(
    ("choice", "bits"),
    [
        (Choice("tags", False, False, True), 0),
        (Choice("tags+title", False, False, True), AWE + FEAR),
        (Choice("tags+title", False, False, False), 0),
        (Choice("tags+title+description", False, False, False), 0),
        (Choice("tags+title+description", True, False, False), FEAR + 128),
        (Choice("tags", False, True, True), AWE + FEAR),
        (Choice("tags", True, True, False), 0),
    ],
)
def test_each_choice_looks_where_it_says(choice: Choice, bits: int) -> None:
    """C5, C8, C9."""
    row = look("awe", machine_tags=["fear"], title="Fear", description="sadly, it rained")
    assert row.rivals(choice).tolist() == [bits]


def test_an_emotion_that_the_taxonomy_lacks_is_one_of_its_own() -> None:
    row = look("nostalgia", tags=["awe"])
    assert row.rivals(Choice("tags", False, False, True)).tolist() == [AWE + 256]


def test_a_code_has_one_bit_for_each_choice() -> None:
    zero, both = np.zeros(1, np.int64), np.full(1, AWE + FEAR, np.int64)
    texts = {name: Named(zero, zero) for name in ("tags", "machine_tags", "title")}
    seen = Look(zero, {**texts, "description": Named(both, both)}, np.zeros(1, bool))
    found = [choice.conflicts for choice in CHOICES if seen.rivals(choice)[0]]
    assert found == ["tags+title+description"] * 8
    assert seen.codes().tolist() == [0xFF0000]


def test_effects_of_nothing_are_zeros() -> None:
    told = list(Effects(MIKELS8).told())
    assert [one["conflicts"] for one in told] == ["off"] + [one.conflicts for one in CHOICES]
    assert all(set(one["two_emotions"].values()) == {0} for one in told)


def test_effects_count_by_emotion_and_by_what_remains_for_the_other_rule() -> None:
    """C9: a row that names two emotions is not counted again as one found by two queries."""
    effects = Effects(MIKELS8)
    rows = {"emotion": ["awe", "awe", None], "code": [1, 0, 3], "n_emotions": [2, 2, 0]}
    for _ in range(2):
        effects.add(pl.DataFrame(rows, schema_overrides={"code": pl.UInt32}))
    off, first, second, third = list(effects.told())[:4]
    assert (off["two_queries"], first["two_queries"], third["two_queries"]) == (4, 2, 4)
    assert {name: n for name, n in first["two_emotions"].items() if n} == {
        "awe": 2,
        "unlabelled": 2,
    }
    assert {name: n for name, n in second["two_emotions"].items() if n} == {"unlabelled": 2}


def test_a_tag_that_is_only_signs_is_looked_up_as_it_stands() -> None:
    column = pa.array([[":("], [": ("], ["😱"], ["!"]], pa.large_list(pa.large_string()))
    assert LEXICON.of_tags(column).plain.tolist() == [1, 0, 1, 0]
    assert glued(folded(":(")) == ""
