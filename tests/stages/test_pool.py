"""Pool: weak labels as they were searched, groups whole, every emotion cut by itself."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from affekt.stages.pool import Pool
from affekt.tables import QUESTIONS
from affekt.taxonomy import MIKELS8
from tests.stages.people import checked, desk, images, name

NOBODY = QUESTIONS.empty()  # no picture was submitted to the crowd


def drawn(given: pl.DataFrame) -> pl.DataFrame:
    frame = given.select("image_id", "emotion", "group_id").with_columns(
        question_id=pl.lit("question-") + pl.col("image_id"), role=pl.lit("noisy")
    )
    return QUESTIONS.conform(pl.concat([QUESTIONS.empty(), frame], how="diagonal"), "test")


def laid(emotions: Sequence[str | None], groups: dict[int, int] | None = None) -> pl.DataFrame:
    there = images(emotions, groups)
    return there.with_columns(shard=pl.lit("shard"), row_group=0, row=0, is_generated=False)


def test_every_drawn_picture_is_to_be_learned_from_with_its_weak_label(tmp_path: Path) -> None:
    """G4, G6: and a twentieth of each emotion is there to choose by."""
    given = laid(["awe"] * 40 + ["fear"] * 20)
    stage = Pool(taxonomy=MIKELS8, seed=1)
    table, dropped = checked(stage, stage.run(desk(tmp_path), drawn(given), given, NOBODY), 60)
    assert dropped.is_empty()
    assert dict(table.select("image_id", "emotion").iter_rows()) == dict(
        given.select("image_id", "emotion").iter_rows()
    )
    counts = table.group_by("emotion", "part").len().sort("emotion", "part").rows()
    assert counts == [
        ("awe", "train", 38),
        ("awe", "validate", 2),
        ("fear", "train", 19),
        ("fear", "validate", 1),
    ]


def test_near_copies_stay_together(tmp_path: Path) -> None:
    groups = {at: at - at % 3 for at in range(60)}  # two of one emotion and one of the other
    given = laid(["awe", "fear"] * 30, groups)
    stage = Pool(taxonomy=MIKELS8, seed=1, held_out=0.3)
    table, _ = checked(stage, stage.run(desk(tmp_path), drawn(given), given, NOBODY), 60)
    assert table["part"].n_unique() == 2
    assert table.group_by("group_id").agg(pl.col("part").n_unique())["part"].max() == 1


def test_the_seed_draws_what_to_choose_by(tmp_path: Path) -> None:
    given = laid(["awe"] * 40)
    chosen = []
    for seed in (1, 1, 2):
        made = Pool(taxonomy=MIKELS8, seed=seed).run(desk(tmp_path), drawn(given), given, NOBODY)
        table = made.table
        assert isinstance(table, pl.DataFrame)
        chosen.append(set(table.filter(part="validate")["image_id"]))
    assert chosen[0] == chosen[1] != chosen[2]


def test_a_draw_whose_picture_is_gone_is_told(tmp_path: Path) -> None:
    given = laid(["awe"] * 3)
    stage = Pool(taxonomy=MIKELS8, seed=1)
    fewer = given.filter(pl.col("image_id") != name(1))
    table, dropped = checked(stage, stage.run(desk(tmp_path), drawn(given), fewer, NOBODY), 3)
    assert (table.height, dropped["reason"].to_list()) == (2, ["gone"])


def test_near_copies_of_submitted_pictures_are_withheld_whatever_their_group(
    tmp_path: Path,
) -> None:
    """K16: the noisy pool holds no near copy of a test picture; those found are counted."""
    bits = {name(0): 0b0, name(1): 0b11, name(2): 0b1111_0000_1111, name(3): 0b0, name(4): None}
    hashes = pl.col("image_id").replace_strict(bits, return_dtype=pl.UInt64)
    given = laid(["awe"] * 5).with_columns(phash=hashes, dhash=hashes)
    is_asked = pl.col("image_id") == name(0)
    noisy, asked = drawn(given.filter(~is_asked)), drawn(given.filter(is_asked))
    stage = Pool(taxonomy=MIKELS8, seed=1, near_bits=2)
    table, dropped = checked(stage, stage.run(desk(tmp_path), noisy, given, asked), 4)
    assert set(table["image_id"]) == {name(2), name(4)}
    assert set(dropped.select("question_id", "reason").rows()) == {
        (f"question-{name(1)}", "near-copy"),
        (f"question-{name(3)}", "near-copy"),
    }
