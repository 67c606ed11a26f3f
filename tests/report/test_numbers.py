"""The build line's numbers add up, and what is not of this world is known (G10, T2, P7)."""

from itertools import pairwise
from pathlib import Path

import pytest

from affekt import tables
from affekt.report import numbers
from affekt.store import Failure
from affekt.taxonomy import MIKELS8
from tests.report import made
from tests.report.made import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_kept_and_dropped_are_what_came_in_for_every_emotion(world: World) -> None:
    steps = numbers.funnel(made.whole(world, build=made.build(world)))
    assert [step.stage for step in steps] == [
        "collect",
        "clean",
        "dedupe",
        "sample",
        "decide",
        "release",
    ]
    for step in steps:
        for emotion, n in step.came_in.items():
            lost = sum(counts.get(emotion, 0) for counts in step.dropped.values())
            assert step.kept[emotion] + lost == n


def test_what_one_stage_keeps_is_what_the_next_takes_in(world: World) -> None:
    steps = numbers.funnel(made.whole(world, build=made.build(world)))
    for before, after in pairwise(steps):
        assert {name: n for name, n in before.kept.items() if n} == dict(after.came_in)


def test_kept_rows_are_those_of_the_table(world: World) -> None:
    build = made.build(world)
    steps = {step.stage: step for step in numbers.funnel(made.whole(world, build=build))}
    assert sum(steps["dedupe"].kept.values()) == build["dedupe"].table().height


def test_the_funnel_ends_where_the_line_ends(world: World) -> None:
    build = made.build(world)
    del build["decide"]
    steps = numbers.funnel(made.whole(world, build=build))
    assert [step.stage for step in steps] == ["collect", "clean", "dedupe", "sample"]


def test_unlabelled_pictures_have_a_row_of_their_own(world: World) -> None:
    found = world.product(
        "collect", tables.FOUND, [{"source": "folder", "source_id": "a", "query": ""}]
    )
    steps = numbers.funnel(made.whole(world, build={"collect": found}))
    assert steps[0].kept == {numbers.UNLABELLED: 1}


def test_acceptance_counts_tasks_and_not_gold(world: World) -> None:
    asked = [
        {"question_id": "q1", "image_id": "i1", "emotion": "awe", "role": "task", "group_id": "i1"},
        {"question_id": "q2", "image_id": "i2", "emotion": "awe", "role": "task", "group_id": "i2"},
        {"question_id": "q3", "image_id": "i3", "emotion": "awe", "role": "gold", "group_id": "i3"},
    ]
    kept = [{"image_id": "i1", "question_id": "q1", "emotion": "awe", "votes": 5, "votes_yes": 3}]
    build = {
        "sample": world.product("sample", tables.QUESTIONS, asked),
        "decide": world.product("decide", tables.LABELS, kept),
    }
    found = {one.emotion: one for one in numbers.acceptance(made.whole(world, build=build))}
    assert (found["awe"].asked, found["awe"].kept) == (2, 1)
    assert list(found) == list(MIKELS8.names)


def test_a_failed_stage_is_told_with_its_reason(world: World) -> None:
    build = {"sample": Failure("sample", "only 3 pictures of fear survived", "PlanError")}
    given = made.whole(world, build=build)
    assert (
        given.lost("sample", "decide")
        == "the stage 'sample' failed: only 3 pictures of fear survived"
    )
    assert numbers.acceptance(given) == []


def test_generated_and_simulated_are_seen_where_they_are_and_only_there(world: World) -> None:
    assert numbers.is_generated(made.whole(world, build=made.build(world)))
    assert numbers.is_simulated(made.whole(world, build=made.build(world)))
    people = {
        "verify": world.product("verify", tables.VOTES, [], recipe={"crowd": {"kind": "csvfile"}})
    }
    assert not numbers.is_simulated(made.whole(world, build=people))
    assert not numbers.is_generated(made.whole(world, build=people))
