"""Few pictures in memory, several on the way, all in order (S7, D8)."""

from collections.abc import Iterator
from threading import Event

import pytest
from PIL import Image

import affekt
from affekt.errors import PictureError, UsageError
from affekt.predicting.folder import opened
from affekt.predicting.given import Given
from affekt.predicting.work import Workers
from tests import nasty, patience
from tests.predicting.conftest import Made


def painted() -> Image.Image:
    return nasty.painting()


def refused() -> bytes:
    raise PictureError("unreadable", "gone")


def test_the_next_picture_is_read_while_the_first_is_on_its_way(made: Made) -> None:
    """S7: even where one net runs at a time."""
    begun = Event()

    def first() -> Image.Image:
        assert begun.wait(patience.SECONDS)
        return painted()

    def second() -> Image.Image:
        begun.set()
        return painted()

    given = iter([Given("first", first), Given("second", second)])
    with Workers(opened(made.folder), jobs=1, batch=1) as workers:
        assert [one.name for one in workers.answers(given)] == ["first", "second"]
    assert workers.tally.predicted == 2
    assert workers.tally.decoding > 0
    assert workers.tally.net > 0


def test_pictures_are_taken_only_when_there_is_room_for_them(made: Made) -> None:
    """S7, D8: memory does not grow with their number."""
    taken = 0

    def endless() -> Iterator[Given]:
        nonlocal taken
        while True:
            taken += 1
            yield Given(str(taken), refused)

    with Workers(opened(made.folder), jobs=1, batch=2) as workers:
        answers = workers.answers(endless())
        assert [next(answers).name for _ in range(100)] == [str(n) for n in range(1, 101)]
    assert taken <= 100 + 2 * 7
    assert workers.tally.reasons == {"unreadable": 100}


def test_who_leaves_waits_for_no_more_than_the_picture_in_work(made: Made) -> None:
    """C10"""
    too_late: list[str] = []
    with Workers(opened(made.folder), jobs=1, batch=2) as workers:

        def slow() -> Image.Image:
            assert workers._is_over.wait(patience.SECONDS)
            return painted()

        def late() -> Image.Image:
            too_late.append("read")
            return painted()

        reads = [painted, painted, slow, late]
        answers = workers.answers(Given(str(n), read) for n, read in enumerate(reads))
        assert next(answers).name == "0"
    assert not too_late
    assert workers.tally.pictures == 1


@pytest.mark.parametrize(("jobs", "batch"), [(0, 1), (1, 0), (-1, 8)])
def test_no_work_at_all_is_refused(jobs: int, batch: int, made: Made) -> None:
    with pytest.raises(UsageError, match="both must be 1 or more"):
        Workers(opened(made.folder), jobs, batch)


def test_no_net_at_once_is_refused_and_not_taken_for_the_usual_number(made: Made) -> None:
    with pytest.raises(UsageError, match="jobs=0"):
        affekt.load(made.folder).predict([painted()], jobs=0)
