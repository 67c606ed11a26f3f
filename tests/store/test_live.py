"""What a process that looks at a project is told of a step that another process works on."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

from affekt.fetch.news import WAITING
from affekt.stage import Desk, Outcome, Progress, Stage
from affekt.store import Store, recipe_of
from affekt.store.preview import Open, Preview
from affekt.tables import FOUND, Schema

SEEN: list[Open] = []


class Long(Stage):
    """Tells how far it is, and lets another store look at that before it goes on."""

    gives: ClassVar[Schema] = FOUND
    conserves: ClassVar[bool] = False
    root: str
    fails: bool = False

    def run(self, desk: Desk, *tables: Any, **_: Any) -> Outcome:
        tally: Mapping[str, Mapping[str, int]] = {"reasons": {"gone": 7, "dns": 1}}
        desk.watch(Progress("long", 1200, 5000, 8, tally))
        desk.watch(Progress("long", 1201, 5000, 8, tally))
        looked = Preview(Store(Path(self.root))).make(self)
        assert isinstance(looked, Open)
        SEEN.append(looked)
        if self.fails:
            raise KeyboardInterrupt
        return Outcome(FOUND.empty())


class Waiting(Long):
    """Waits for somebody just after it has told how far it is."""

    def run(self, desk: Desk, *tables: Any, **_: Any) -> Outcome:
        watch = desk.watch
        watch(Progress("long", 1, None))
        watch(Progress("long", 1, None, 0, {WAITING: {"flickr": 3600}}))
        return super().run(replace(desk, watch=lambda _: None))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    SEEN.clear()
    return Store(tmp_path)


def test_another_process_sees_at_once_that_a_step_waits(store: Store) -> None:
    with store.writing():
        store.make(Waiting(root=str(store.root)))
    (seen,) = SEEN
    assert dict(seen.tallies) == {WAITING: {"flickr": 3600}}


def test_another_process_sees_how_far_a_step_is(store: Store) -> None:
    with store.writing():
        store.make(Long(root=str(store.root)))
    (seen,) = SEEN
    assert (seen.state, dict(seen.tallies)) == ("begun", {"reasons": {"gone": 7, "dns": 1}})
    assert seen.text.startswith("1,200 of 5,000, 8 failed, as of 20")


def test_what_was_interrupted_still_tells_how_far_it_came(store: Store) -> None:
    stage = Long(root=str(store.root), fails=True)
    with store.writing(), pytest.raises(KeyboardInterrupt):
        store.make(stage)
    assert store.state(stage, recipe_of(stage))["text"].startswith("1,200 of 5,000")


def test_a_product_that_stands_keeps_no_note_of_how_far_it_was(store: Store) -> None:
    with store.writing():
        made = store.make(Long(root=str(store.root)))
    assert sorted(path.name for path in made.folder.iterdir()) == [
        "dropped.parquet",
        "manifest.json",
        "table.parquet",
    ]


def test_one_who_asked_is_told_every_time(tmp_path: Path) -> None:
    told: list[Progress] = []
    store = Store(tmp_path, watch=told.append)
    with store.writing():
        store.make(Long(root=str(tmp_path)))
    assert [one.done for one in told] == [1200, 1201]
