"""Which copy stays, why the others go, and what belongs together."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from affekt.stages.dedupe import Dedupe
from affekt.tables import CLEAN
from tests.stages.cleaned import clean, name, reasons, run
from tests.stages.people import desk

BASE = 0x0F0F_3C3C_A5A5_9669


def near(bits: int) -> int:
    """Give a hash that differs from the base in so many bits."""
    return BASE ^ ((1 << bits) - 1)


def judged(
    tmp_path: Path, *rows: dict[str, Any], **settings: Any
) -> tuple[set[str], dict[str, str]]:
    """Give the names kept, and the reasons of the others."""
    kept, dropped = run(Dedupe(**settings), desk(tmp_path), clean(*rows))
    return set(kept["source_id"]), reasons(dropped)


def test_of_equal_bytes_the_first_stays(tmp_path: Path) -> None:
    rows = [{"is": "x", "source_id": text} for text in ("b", "a", "c")]
    kept, dropped = judged(tmp_path, *rows)
    assert kept == {"a"}
    assert dropped == {"b": "exact-copy", "c": "exact-copy"}


@pytest.mark.parametrize(("bits", "stays"), [(0, False), (4, False), (5, True)])
def test_near_copies_are_told_by_their_bits(tmp_path: Path, bits: int, stays: bool) -> None:
    big = {"is": "big", "phash": BASE, "width_px": 500}
    kept, dropped = judged(tmp_path, big, {"is": "small", "phash": near(bits)})
    assert ("small" in kept) == stays
    assert dropped == ({} if stays else {"small": "near-copy"})


def test_pictures_of_an_older_affekt_need_not_tell_the_pages_of_their_owners(
    tmp_path: Path,
) -> None:
    """R20."""
    rows = clean({"is": "a", "owner_url": "https://example.org"}).drop("owner_url")
    kept, _ = run(Dedupe(), desk(tmp_path), rows)
    assert kept["owner_url"].to_list() == [None]


def test_equal_bytes_only_means_equal_bytes_only(tmp_path: Path) -> None:
    rows = [{"is": "a", "phash": BASE}, {"is": "b", "phash": BASE}]
    kept, _ = judged(tmp_path, *rows, max_hamming_bits=0)
    assert kept == {"a", "b"}


@pytest.mark.parametrize(
    "better",
    [
        {"width_px": 101},
        {"height_px": 81},
        {"n_bytes": 1001},
        {"emotion": "awe", "width_px": 64},
    ],
)
def test_the_better_copy_stays(tmp_path: Path, better: dict[str, Any]) -> None:
    """Labelled, then most pixels, then most bytes; on both sides of the name."""
    for first, second in (("a", "b"), ("b", "a")):
        rows: list[dict[str, Any]] = [
            {"is": first, "phash": BASE},
            {"is": second, "phash": BASE, **better},
        ]
        assert judged(tmp_path, *rows)[0] == {second}


def test_of_equally_good_copies_the_smallest_name_stays(tmp_path: Path) -> None:
    texts = ["a", "b", "c", "d"]
    kept, _ = judged(tmp_path, *({"is": text, "phash": BASE} for text in texts))
    assert kept == {min(texts, key=name)}


def test_the_detail_names_the_keeper(tmp_path: Path) -> None:
    rows = [{"is": "a", "phash": BASE, "width_px": 200}, {"is": "b", "phash": BASE}]
    _, dropped = run(Dedupe(), desk(tmp_path), clean(*rows))
    assert dropped["detail"].to_list() == [f"keeper {name('a')}"]


def test_copies_found_for_different_emotions_go_all(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"is": "a", "phash": BASE, "emotion": "awe"},
        {"is": "b", "phash": near(2), "emotion": "fear"},
        {"is": "c", "phash": near(1)},
        {"is": "d", "emotion": "fear"},
    ]
    kept, dropped = judged(tmp_path, *rows)
    assert kept == {"d"}
    assert dropped == dict.fromkeys("abc", "copies-disagree")


def test_equal_bytes_found_for_different_emotions_go_all(tmp_path: Path) -> None:
    rows = [{"is": "x", "source_id": at, "emotion": at} for at in ("awe", "fear")]
    assert judged(tmp_path, *rows)[0] == set()


def test_disagreeing_copies_may_keep_the_first(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"is": "a", "phash": BASE, "emotion": "awe", "width_px": 200},
        {"is": "b", "phash": BASE, "emotion": "fear"},
    ]
    kept, dropped = judged(tmp_path, *rows, disagree="keep-first")
    assert (kept, dropped) == ({"a"}, {"b": "near-copy"})


def test_a_copy_without_emotion_never_disagrees(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"is": "x", "source_id": "a", "emotion": None},
        {"is": "x", "source_id": "b", "emotion": "awe"},
    ]
    assert judged(tmp_path, *rows) == ({"b"}, {"a": "exact-copy"})


def test_a_chain_is_cut_where_the_keeper_is_too_far(tmp_path: Path) -> None:
    """B51: 0, 3, 6 and 9 bits from the base; copies are within 4 bits of their own keeper."""
    rows = [{"is": str(at), "phash": near(at), "width_px": 200 - at} for at in (0, 3, 6, 9)]
    kept, dropped = judged(tmp_path, *rows)
    assert kept == {"0", "6"}
    assert dropped == {"3": "near-copy", "9": "near-copy"}


def test_flat_pictures_are_compared_by_bytes_only(tmp_path: Path) -> None:
    rows = [{"is": text, "phash": None} for text in ("a", "b")]
    kept, _ = run(Dedupe(), desk(tmp_path), clean(*rows))
    assert kept["group_id"].to_list() == kept["image_id"].to_list()
    assert kept.height == 2


def test_groups_are_joined_by_steps_among_what_stays(tmp_path: Path) -> None:
    texts = {"a": 0, "b": 8, "c": 16, "d": 40}
    rows = [{"is": text, "phash": near(bits)} for text, bits in texts.items()]
    kept, _ = run(Dedupe(), desk(tmp_path), clean(*rows))
    groups = dict(kept.select("source_id", "group_id").iter_rows())
    smallest = min(name(text) for text in "abc")
    assert groups == {"a": smallest, "b": smallest, "c": smallest, "d": name("d")}


def test_groups_cannot_be_narrower_than_copies() -> None:
    """B02: both keys are named."""
    with pytest.raises(ValidationError, match=r"group_bits is 3 and max_hamming_bits is 4"):
        Dedupe(group_bits=3)


def test_nothing_stays_nothing(tmp_path: Path) -> None:
    assert judged(tmp_path) == (set(), {})


def test_five_thousand_equal_hashes_end_in_time(tmp_path: Path) -> None:
    """B51."""
    rows = [{"is": str(at), "phash": BASE} for at in range(5_000)]
    kept, dropped = judged(tmp_path, *rows)
    assert (len(kept), len(dropped)) == (1, 4_999)


PICTURES = st.lists(
    st.fixed_dictionaries(
        {
            "is": st.sampled_from("abcdefgh"),
            "phash": st.sampled_from([None, *(near(bits) for bits in range(0, 14, 2))]),
            "emotion": st.sampled_from([None, "awe", "fear"]),
            "width_px": st.integers(64, 67),
        }
    ),
    max_size=14,
)
CALM = settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def consistent(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Let equal bytes have equal facts, and every row a name of its own at the source."""
    facts: dict[str, dict[str, Any]] = {}
    whole = []
    for number, row in enumerate(rows):
        about = facts.setdefault(row["is"], {"phash": row["phash"], "width_px": row["width_px"]})
        whole.append({**row, **about, "source_id": str(number)})
    return whole


@pytest.mark.slow
@CALM
@given(rows=PICTURES, disagree=st.sampled_from(["drop", "keep-first"]))
def test_deduping_twice_is_deduping_once(
    tmp_path: Path, rows: list[dict[str, Any]], disagree: str
) -> None:
    stage = Dedupe.model_validate({"disagree": disagree})
    once, _ = run(stage, desk(tmp_path), clean(*consistent(rows)))
    twice, dropped = run(stage, desk(tmp_path), once.select(list(CLEAN.columns)))
    assert dropped.is_empty()
    assert twice.equals(once)


@pytest.mark.slow
@CALM
@given(rows=PICTURES, seed=st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(
    tmp_path: Path, rows: list[dict[str, Any]], seed: Any
) -> None:
    table = clean(*consistent(rows))
    order = list(range(table.height))
    seed.shuffle(order)
    one, other = (run(Dedupe(), desk(tmp_path), each) for each in (table, table[order]))
    assert one[0].equals(other[0])
    assert one[1].equals(other[1])
