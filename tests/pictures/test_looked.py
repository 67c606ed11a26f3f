"""Many pictures on the way to a few children, some of which die."""

import os
import signal
import threading
from collections.abc import Iterator
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from affekt.errors import AffektError, PictureError
from affekt.pictures.child import REQUEST, UNLIMITED
from affekt.pictures.decode import AHEAD, Asked, Decoders, Looked
from affekt.pictures.lane import Frame, Lane
from affekt.pictures.limits import Limits
from tests import nasty

BAD = {name: file for name, file in nasty.bad().items() if file.reason != "decode-timeout"}
ODD = nasty.odd()
GOOD = [nasty.jpeg(nasty.painting(seed=seed)) for seed in range(7)]


@pytest.fixture(scope="module")
def decoders() -> Iterator[Decoders]:
    with Decoders(workers=2) as decoders:
        yield decoders


def word(looked: Looked) -> str:
    return looked.trouble.reason if looked.trouble else "fine"


@settings(deadline=None, max_examples=20)
@given(names=st.lists(st.sampled_from([*BAD, "good"]), max_size=30))
def test_each_picture_gets_its_own_answer(decoders: Decoders, names: list[str]) -> None:
    """B40."""
    data = [BAD[name].data if name in BAD else GOOD[at % 7] for at, name in enumerate(names)]
    told = {one.key: word(one) for one in decoders.looked(map(Asked, range(len(data)), data))}
    wanted = [BAD[name].reason if name in BAD else "fine" for name in names]
    assert [told[at] for at in range(len(names))] == wanted


def test_facts_are_those_of_one_picture_alone(decoders: Decoders) -> None:
    alone = [decoders.facts(data) for data in GOOD]
    together = sorted(decoders.looked(map(Asked, range(7), GOOD)))
    assert [one.facts for one in together] == alone
    assert [one.data for one in together] == GOOD


def test_what_was_looked_at_already_comes_back_at_once(decoders: Decoders) -> None:
    known = Looked(9, b"", None)
    assert next(decoders.looked([known])) == known


def test_pictures_are_taken_as_there_is_room(decoders: Decoders) -> None:
    """D8."""
    taken: list[int] = []

    def pictures() -> Iterator[Asked]:
        for at in range(100):
            taken.append(at)
            yield Asked(at, GOOD[0])

    answers = decoders.looked(pictures())
    next(answers)
    assert len(taken) <= 2 * AHEAD + 1
    assert len(list(answers)) == 99


def test_large_pictures_are_not_piled_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """D8."""
    monkeypatch.setattr("affekt.pictures.decode.AHEAD_BYTES", 1)
    with Decoders(workers=1) as decoders:
        taken = list(decoders.looked(Asked(at, GOOD[0]) for at in range(5)))
    assert len(taken) == 5


def test_leaving_in_the_middle_leaves_nothing_behind(decoders: Decoders) -> None:
    answers = decoders.looked(Asked(at, GOOD[at % 7]) for at in range(20))
    next(answers)
    answers.close()  # type: ignore[attr-defined]
    assert decoders.facts(GOOD[3]) == decoders.facts(GOOD[3])
    assert [one.key for one in decoders.looked([Asked(5, GOOD[5])])] == [5]


def test_a_death_costs_the_oldest_picture_and_no_other() -> None:
    """B49."""
    with Decoders(workers=1) as decoders:
        decoders.facts(GOOD[0])

        def pictures() -> Iterator[Asked]:
            for at in range(AHEAD):
                if at == 1:
                    os.kill(decoders.pids()[0], signal.SIGSTOP)
                yield Asked(at, GOOD[at])
            (pid,) = decoders.pids()
            threading.Timer(0.1, os.kill, (pid, signal.SIGKILL)).start()

        told = {one.key: word(one) for one in decoders.looked(pictures())}
    assert sorted(told) == list(range(AHEAD))
    assert sorted(told.values()) == ["decoder-crashed", *["fine"] * (AHEAD - 1)]


def test_five_deaths_in_a_row_stop_the_line() -> None:
    """B49, D5."""
    with Decoders(workers=1, limits=Limits(memory_mb=1)) as decoders:
        killer = threading.Event()

        def kill() -> None:
            while not killer.wait(0.005):
                for pid in decoders.pids():
                    os.kill(pid, signal.SIGKILL)

        thread = threading.Thread(target=kill)
        thread.start()
        try:
            with pytest.raises(AffektError, match="died 5 times in a row"):
                list(decoders.looked(Asked(at, GOOD[0]) for at in range(50)))
        finally:
            killer.set()
            thread.join()


def test_a_child_that_hangs_costs_one_picture_too() -> None:
    """B49: requests behind it go to a new child, also those that did not fit into the pipe."""
    big = nasty.png(nasty.painting(900, 700))
    with Decoders(workers=1, limits=Limits(seconds=0.2)) as decoders:
        decoders.facts(GOOD[0])
        os.kill(decoders.pids()[0], signal.SIGSTOP)
        told = {one.key: word(one) for one in decoders.looked(map(Asked, range(3), [big] * 3))}
    assert told == {0: "decode-timeout", 1: "fine", 2: "fine"}


def test_an_answer_that_is_too_long_is_not_believed() -> None:
    lane = Lane(Limits())
    lane.put(Frame(REQUEST.pack(b"p", UNLIMITED, len(GOOD[0])), GOOD[0], 10))
    try:
        with pytest.raises(PictureError, match="more than was asked for"):
            lane.take()
    finally:
        lane.stop()


@pytest.mark.parametrize("turn", range(1, 9))
def test_a_smaller_copy_is_upright_and_within_the_limit(decoders: Decoders, turn: int) -> None:
    """B46."""
    data = nasty.turned(turn, nasty.painting(300, 200))
    (one,) = decoders.looked([Asked(0, data, 120)])
    alone, facts = decoders.facts(data), one.facts
    assert facts is not None
    assert one.smaller is not None
    with Image.open(BytesIO(one.smaller.data)) as copy:
        assert copy.size == (one.smaller.width_px, one.smaller.height_px)
        assert copy.size == (facts.width_px * 2 // 5, facts.height_px * 2 // 5)
    assert facts._replace(phash=None, dhash=None) == alone._replace(phash=None, dhash=None)
    assert alone.phash is not None
    assert facts.phash is not None
    assert (alone.phash ^ facts.phash).bit_count() <= 4


@pytest.mark.parametrize("name", sorted(set(ODD) - {"one-pixel.png"}))
def test_every_kind_of_picture_has_a_smaller_copy(decoders: Decoders, name: str) -> None:
    """B44, B45, B65."""
    (one,) = decoders.looked([Asked(0, ODD[name].data, 16)])
    assert word(one) == "fine"
    assert one.smaller is not None
    with Image.open(BytesIO(one.smaller.data)) as copy:
        assert (copy.format, copy.mode, max(copy.size)) == ("JPEG", "RGB", 16)
        assert copy.info.keys() <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_a_picture_that_is_no_longer_stays_as_it_came(decoders: Decoders) -> None:
    (one,) = decoders.looked([Asked(0, GOOD[0], 96)])
    assert one.smaller is None
    assert one.facts == decoders.facts(GOOD[0])


def test_what_is_cut_off_has_no_smaller_copy(decoders: Decoders) -> None:
    """B40."""
    (one,) = decoders.looked([Asked(0, GOOD[0][:-60] + b"\xff\xd9", 20)])
    assert word(one) == "truncated"
