"""What the choices of a plan did is told as the steps noted it (C8–C11, K16)."""

from pathlib import Path

import polars as pl
import pytest

from affekt.census import choices
from affekt.census.write import shown, taken
from affekt.tables import CLEAN, IMAGES
from affekt.taxonomy import MIKELS8
from tests.report import made
from tests.report.made import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_every_way_has_the_numbers_that_clean_noted(world: World) -> None:
    steps = made.build(world)
    noted = steps["clean"].manifest["notes"]["conflicts"]
    told = choices.conflicts(steps)
    assert told.height == 25
    assert told["two_emotions"].to_list() == [sum(one["two_emotions"].values()) for one in noted]
    assert told["two_queries"].to_list() == [one["two_queries"] for one in noted]


def test_one_way_is_the_one_chosen(world: World) -> None:
    told = choices.conflicts(made.build(world)).filter("is_chosen")
    assert told.drop("two_emotions", "two_queries", "is_chosen").rows() == [
        tuple(made.WAYS[2].values())
    ]


def test_looking_nowhere_is_a_choice_whatever_the_flags_say(world: World) -> None:
    recipe = {**made.WAYS[2], "conflicts": "off"}
    clean = world.product("clean", CLEAN, [], recipe=recipe, notes={"conflicts": made.ways()})
    told = choices.conflicts({"clean": clean})
    assert told["is_chosen"].arg_true().to_list() == [0]


def test_near_copies_that_equal_bytes_leave_are_all_but_one_of_a_group(world: World) -> None:
    """K16."""
    told = dict(choices.copies(made.build(world)).rows())
    assert told["near-left-by-exact"] == 14 - 4
    assert (told["exact-copy"], told["chains-cut"], told["chain-pictures"]) == (9, 1, 7)


def test_near_copies_that_were_dropped_would_have_been_left_too(world: World) -> None:
    notes = {**made.COPIES, "copies": {**made.COPIES["copies"], "near-copy": 6}}
    dedupe = world.product("dedupe", IMAGES, [], notes=notes)
    assert dict(choices.copies({"dedupe": dedupe}).rows())["near-left-by-exact"] == 6 + 14 - 4


def test_what_nobody_looked_for_is_not_nought(world: World) -> None:
    dedupe = world.product("dedupe", IMAGES, [], notes={**made.COPIES, "group_bits": 0})
    told = dict(choices.copies({"dedupe": dedupe}).rows())
    assert told["near-left-by-exact"] is None
    assert told["exact-copy"] == 9


def test_steps_that_do_not_stand_give_empty_tables() -> None:
    assert choices.conflicts({}).is_empty()
    assert choices.copies({}).is_empty()


def test_steps_that_noted_nothing_give_empty_tables(world: World) -> None:
    clean, dedupe = world.product("clean", CLEAN, []), world.product("dedupe", IMAGES, [])
    assert choices.conflicts({"clean": clean}).is_empty()
    assert choices.copies({"dedupe": dedupe}).is_empty()


def test_a_terminal_shows_yes_and_no(world: World) -> None:
    ways = shown(taken(made.build(world), MIKELS8))[
        "two emotions, by where and how they are looked for"
    ]
    assert ways.filter(pl.col("is_chosen") == "yes").height == 1
    assert ways.row(0)[1:4] == (None, None, None)
