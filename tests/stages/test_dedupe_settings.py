"""Which copy stays and what happens when copies disagree; everything held against naive lines."""

from pathlib import Path
from typing import Any

import daft
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from affekt.stages._copies_found import limits
from affekt.stages.dedupe import Dedupe
from affekt.tables import CLEAN
from tests.stages.cleaned import clean, name, reasons, run
from tests.stages.naive_copies import CLASSES, Answer, naive
from tests.stages.people import checked, desk

BASE = 0x0F0F_3C3C_A5A5_9669


def near(bits: int) -> int:
    """Give a hash that differs from the base in so many bits."""
    return BASE ^ ((1 << bits) - 1)


def judged(tmp_path: Path, *rows: dict[str, Any], **given: Any) -> dict[str, str | None]:
    """Give the emotion of every picture kept, by its name at the source."""
    kept, _ = run(Dedupe.model_validate(given), desk(tmp_path), clean(*rows))
    return dict(kept.select("source_id", "emotion").iter_rows())


@pytest.mark.parametrize(
    ("phash", "dhash", "is_copy"),
    [(4, 8, True), (8, 4, True), (4, 9, False), (9, 4, False), (5, 5, False)],
)
def test_one_hash_finds_and_the_other_confirms(
    tmp_path: Path, phash: int, dhash: int, is_copy: bool
) -> None:
    """C6: two levels of copies besides the bytes."""
    one = {"is": "a", "phash": BASE, "dhash": BASE, "width_px": 500}
    other = {"is": "b", "phash": near(phash), "dhash": near(dhash)}
    assert set(judged(tmp_path, one, other)) == ({"a"} if is_copy else {"a", "b"})


def test_the_bits_that_confirm_are_a_setting(tmp_path: Path) -> None:
    one = {"is": "a", "phash": BASE, "dhash": BASE, "width_px": 500}
    other = {"is": "b", "phash": near(3), "dhash": near(30)}
    assert set(judged(tmp_path, one, other, confirm_bits=30)) == {"a"}
    assert set(judged(tmp_path, one, other, confirm_bits=29)) == {"a", "b"}


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        ("all-rights-reserved", "cc-by-nd-4.0"),
        ("cc-by-nd-4.0", "cc-by-nc-4.0"),
        ("cc-by-nc-4.0", "cc-by-4.0"),
        (None, "all-rights-reserved"),
    ],
)
def test_the_freer_licence_stays_before_more_pixels(
    tmp_path: Path, worse: str | None, better: str
) -> None:
    """C10."""
    large = {"is": "large", "phash": BASE, "width_px": 5_000, "licence": worse}
    free = {"is": "free", "phash": BASE, "licence": better}
    assert set(judged(tmp_path, large, free)) == {"free"}


def test_the_earlier_upload_stays_among_equals(tmp_path: Path) -> None:
    times = {
        "none": None,
        "late": "2016-01-02T00:00:01Z",
        "early": "2016-01-02",
        "odd": "last winter",
    }
    rows = [{"is": at, "phash": BASE, "uploaded_at": time} for at, time in times.items()]
    assert set(judged(tmp_path, *rows)) == {"early"}


def test_first_keeps_what_comes_first_by_name_at_its_source(tmp_path: Path) -> None:
    """C6, C10: fdupes, told to order by name, keeps the first of each set."""
    rows: list[dict[str, Any]] = [
        {"is": "x", "source": "b", "source_id": "1", "emotion": "awe"},
        {"is": "x", "source": "a", "source_id": "2", "emotion": "fear"},
        {"is": "y", "source": "a", "source_id": "1", "emotion": "fear", "phash": BASE},
        {"is": "z", "source": "a", "source_id": "3", "emotion": "fear", "phash": BASE},
    ]
    paper = Dedupe(max_hamming_bits=0, keep="first", disagree="keep-first")
    kept, dropped = run(paper, desk(tmp_path), clean(*rows))
    assert kept.select("source", "source_id").sort("source_id").rows() == [
        ("a", "1"),
        ("a", "2"),
        ("a", "3"),
    ]
    assert reasons(dropped) == {"1": "exact-copy"}


def test_first_prefers_a_picture_with_an_emotion(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"is": "a", "phash": BASE, "emotion": None},
        {"is": "b", "phash": BASE, "emotion": "awe"},
    ]
    assert judged(tmp_path, *rows, keep="first") == {"b": "awe"}


QUARREL: list[dict[str, Any]] = [
    {"is": "a", "phash": BASE, "emotion": "awe", "width_px": 900},
    {"is": "b", "phash": near(1), "emotion": "fear", "width_px": 800},
    {"is": "c", "phash": near(2), "emotion": "fear", "width_px": 700},
    {"is": "d", "phash": near(3), "emotion": None},
]


@pytest.mark.parametrize(
    ("disagree", "kept"),
    [
        ("drop", {}),
        ("majority", {"a": "fear"}),
        ("keep-first", {"a": "awe"}),
        ("keep", {"a": "awe", "b": "fear"}),
    ],
)
def test_copies_that_disagree_are_settled_as_the_plan_says(
    tmp_path: Path, disagree: str, kept: dict[str, str]
) -> None:
    """C10."""
    assert judged(tmp_path, *QUARREL, disagree=disagree) == kept


def test_a_tie_of_the_majority_drops_all(tmp_path: Path) -> None:
    kept, dropped = run(Dedupe(disagree="majority"), desk(tmp_path), clean(*QUARREL[:2]))
    assert kept.is_empty()
    assert reasons(dropped) == dict.fromkeys("ab", "copies-disagree")


def test_equal_bytes_are_one_picture_even_where_all_are_kept(tmp_path: Path) -> None:
    rows = [{"is": "x", "source_id": at, "emotion": at} for at in ("awe", "fear")]
    assert judged(tmp_path, *rows, disagree="keep") == {"awe": "awe"}


def test_copies_may_be_looked_for_inside_one_source_only(tmp_path: Path) -> None:
    """C10."""
    rows = [{"is": at, "phash": BASE, "source": at} for at in ("a", "b")]
    assert len(judged(tmp_path, *rows)) == 1
    assert len(judged(tmp_path, *rows, across_sources=False)) == 2


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"max_hamming_bits": 17}, "max_hamming_bits"),
        ({"max_hamming_bits": "wide"}, "'wide'; a number of bits from 0 to 16 or \"auto\""),
        ({"group_bits": -1}, "is -1; a number of bits from 0 to 16"),
        ({"confirm_bits": 3}, "confirm_bits is 3 and max_hamming_bits is 4"),
        ({"max_hamming_bits": 0, "embedding": "colour_histogram"}, "nothing to confirm"),
    ],
)
def test_settings_that_make_no_sense_are_refused(given: dict[str, Any], told: str) -> None:
    """B02."""
    with pytest.raises(ValidationError, match=told):
        Dedupe.model_validate(given)


@pytest.mark.parametrize(
    ("n", "bits"), [(0, 8), (4_999_999, 8), (5_000_000, 5), (49_999_999, 5), (50_000_000, 4)]
)
def test_auto_narrows_as_pictures_grow_many(n: int, bits: int) -> None:
    copies, groups = limits(Dedupe(max_hamming_bits="auto"), n)
    assert copies == (bits, 2 * bits, 2 * bits)
    assert groups == (bits, 64, 2 * bits)


def test_a_group_is_never_narrower_than_a_copy() -> None:
    copies, groups = limits(Dedupe(max_hamming_bits=6, confirm_bits=20), 60_000_000)
    assert copies == (6, 20, 20)
    assert groups == (6, 64, 20)


HASH = st.sampled_from([near(bits) for bits in range(0, 24, 2)])
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "is": st.sampled_from("abcdefghijkl"),
            "phash": st.none() | HASH,
            "dhash": HASH,
            "emotion": st.sampled_from([None, "awe", "fear", "anger"]),
            "width_px": st.integers(64, 66),
            "licence": st.sampled_from([None, *CLASSES]),
            "source": st.sampled_from(["flickr", "instagram"]),
            "uploaded_at": st.sampled_from([None, "2016-01-01T00:00:00Z", "2015-01-01T00:00:00Z"]),
        }
    ),
    max_size=16,
)
SETTINGS = st.fixed_dictionaries(
    {
        "max_hamming_bits": st.sampled_from([0, 2, 4]),
        "confirm_bits": st.sampled_from([None, 4, 12]),
        "keep": st.sampled_from(["best", "first"]),
        "disagree": st.sampled_from(["drop", "majority", "keep-first", "keep"]),
        "across_sources": st.booleans(),
        "group_bits": st.sampled_from(["auto", 5]),
    }
)
CALM = settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def consistent(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Let equal bytes have equal facts, and every row a name of its own at the source."""
    facts: dict[str, dict[str, Any]] = {}
    whole = []
    for number, row in enumerate(rows):
        both = {"dhash": None} if row["phash"] is None else {}
        about = {key: row[key] for key in ("phash", "dhash", "width_px")} | both
        about = facts.setdefault(row["is"], about)
        whole.append({**row, **about, "source_id": str(number)})
    return whole


def answered(kept: pl.DataFrame, dropped: pl.DataFrame) -> Answer:
    stays = kept.select("image_id", "source_id", "emotion", "group_id").rows()
    goes = dropped.select("source", "source_id", "reason").rows()
    return Answer(
        {who: (at, emotion, group) for who, at, emotion, group in stays},
        {(source, at): why for source, at, why in goes},
    )


@pytest.mark.slow
@CALM
@given(rows=ROWS, given_=SETTINGS)
def test_the_answer_is_that_of_naive_lines(
    tmp_path: Path, rows: list[dict[str, Any]], given_: dict[str, Any]
) -> None:
    """C6, C10, K16."""
    stage, table = Dedupe.model_validate(given_), clean(*consistent(rows))
    assert answered(*run(stage, desk(tmp_path), table)) == naive(table.to_dicts(), stage)


@pytest.mark.slow
@CALM
@given(rows=ROWS, given_=SETTINGS)
def test_any_setting_finds_nothing_the_second_time(
    tmp_path: Path, rows: list[dict[str, Any]], given_: dict[str, Any]
) -> None:
    stage = Dedupe.model_validate(given_)
    once, _ = run(stage, desk(tmp_path), clean(*consistent(rows)))
    twice, dropped = run(stage, desk(tmp_path), once.select(list(CLEAN.columns)))
    assert dropped.is_empty()
    assert twice.equals(once)


@pytest.mark.slow
@CALM
@given(rows=ROWS, given_=SETTINGS, seed=st.randoms(use_true_random=False), cut=st.integers(0, 16))
def test_neither_order_nor_pieces_of_the_table_matter(
    tmp_path: Path, rows: list[dict[str, Any]], given_: dict[str, Any], seed: Any, cut: int
) -> None:
    stage, table = Dedupe.model_validate(given_), clean(*consistent(rows))
    order = list(range(table.height))
    seed.shuffle(order)
    pieces = [table[order][:cut], table[order][cut:]]
    frames = [daft.from_arrow(piece.to_arrow()) for piece in pieces]
    clean_tables = frames[0].concat(frames[1]), daft.from_arrow(table.to_arrow())
    cut_up, straight = (stage.run(desk(tmp_path), one) for one in clean_tables)
    assert cut_up.notes == straight.notes
    one, other = (checked(stage, each, table.height) for each in (cut_up, straight))
    assert one[0].equals(other[0])
    assert one[1].equals(other[1])


def test_the_smallest_name_decides_at_last(tmp_path: Path) -> None:
    kept = judged(tmp_path, *({"is": text, "phash": BASE} for text in "abcd"))
    assert set(kept) == {min("abcd", key=name)}
