"""What was withheld from weak labels, and how near the rest comes to what is tested (K16, G23)."""

from pathlib import Path

import polars as pl
import pytest

from affekt import tables
from affekt.report import weak
from affekt.report.exhibits import Table
from affekt.taxonomy import VALENCE2
from tests.report import made
from tests.report.made import World, failed, sha
from tests.report.scored import YES, column


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def question(name: str) -> dict[str, str]:
    return {"question_id": sha(name)[:32], "image_id": name, "emotion": "awe", "role": "task"}


def lost(key: str, reasons: dict[str, str]) -> pl.DataFrame:
    rows = [{key: name, "reason": reason, "detail": None} for name, reason in reasons.items()]
    return pl.DataFrame(rows, schema={key: pl.String, "reason": pl.String, "detail": pl.String})


def test_submitted_pictures_and_their_near_copies_are_counted_apart(world: World) -> None:
    """Two were submitted, one is of the group of such a one, one was found by its hashes."""
    excluded = dict.fromkeys(("a", "b", "twin"), "excluded")
    noisy = world.product(
        "noisy",
        tables.QUESTIONS,
        [question("c"), question("d"), question("e")],
        lost("image_id", {**excluded, "f": "not-drawn"}),
    )
    asked = world.product("sample", tables.QUESTIONS, [question("a"), question("b")])
    pool = world.product(
        "pool",
        tables.PICTURES,
        [{"image_id": name, "name": name, "emotion": "awe"} for name in ("c", "d")],
        lost("question_id", {sha("e")[:32]: "near-copy"}),
    )
    given = made.whole(world, build={"noisy": noisy, "sample": asked, "pool": pool})
    (found,) = weak.tables(given)
    assert column(found, "pictures") == [2, 1, 1, 2]


def test_the_distance_of_what_is_left_is_measured_once_a_data_set(world: World) -> None:
    places = [("train", 0), ("train", 2**40 - 1), ("test", 0b111), ("test", 2**64 - 1)]
    known = [{"part": part, "phash": bits, "dhash": bits} for part, bits in places]
    said = made.guessed([YES] * 4, VALENCE2, 1, 1)
    result = made.cell(world, [YES] * 4, said, taxonomy=VALENCE2, known=known)
    curve = result._replace(curve="small", trained_on="weak labels")
    lines = (curve, curve._replace(entry="another"), failed()._replace(curve="small"))
    (found,) = weak.tables(made.whole(world, curves=lines))
    assert isinstance(found, Table)
    counted = dict(zip(column(found, "bits"), column(found, "pictures"), strict=True))
    assert counted == {
        "0": 0, "1 to 4": 1, "5 to 8": 0, "9 to 16": 0, "17 to 64": 1, "not known": 0
    }  # fmt: skip
    assert column(found, "share")[1] == 0.5


def test_without_weak_labels_nothing_is_told(world: World) -> None:
    assert list(weak.tables(made.whole(world))) == []
