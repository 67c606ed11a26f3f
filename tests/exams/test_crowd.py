"""What every crowd must do; a newcomer's file is found by its folder.

A crowd that reads a file finds it in the working folder: ``votes.csv``, with five votes on each of
the questions asked.

Golden votes stand in ``tests/golden/crowd_<kind>.json``: see ``tests/golden/write.py``.
"""

import tempfile
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path

import polars as pl
import pytest

from affekt.crowd import Crowd
from affekt.journal.votes import FILE, Votes
from affekt.parts import Part, canonical
from affekt.policies.fixed import Fixed
from affekt.tables import VOTES
from tests.crowd.asked import questions
from tests.exams.every import every
from tests.golden.write import check
from tests.servers import postgres

QUOTA = 5
ASKED = pl.concat([questions("awe", 6), questions("fear", 6, truth="fear")])
crowds = pytest.mark.parametrize("crowd", every("crowd"), ids=lambda crowd: crowd.kind())


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_file(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def server(postgresql: postgres.Server) -> Iterator[str]:
    """The address of one database for all crowds."""
    with postgresql.database() as url:
        yield url


def write_file(folder: Path) -> None:
    """Write what a crowd that reads a file finds."""
    lines = ["image_id,emotion,worker,answer"] + [
        f"{image},{emotion},person {worker},{'yes' if worker % 2 else 'no'}"
        for image, emotion in ASKED.select("image_id", "emotion").iter_rows()
        for worker in range(QUOTA)
    ]
    (folder / "votes.csv").write_text("\n".join(lines))


def golden(part: type[Part]) -> list[list[object]]:
    """Every vote on the questions, in order."""
    assert issubclass(part, Crowd)
    with tempfile.TemporaryDirectory() as place, chdir(place):
        write_file(Path(place))
        votes = asked_once(part, Path(place)).sort(VOTES.key)
    rounded = votes.with_columns(pl.col("seconds").cast(pl.Float64).round(2))
    return [list(row) for row in rounded.iter_rows()]


def asked_once(
    crowd: type[Crowd], folder: Path, times: int = 1, *, server: str | None = None
) -> pl.DataFrame:
    name = f"exam of {crowd.kind()}"
    place = server or folder / FILE
    with Votes(place, name, policy=Fixed(votes=QUOTA), folder=folder) as journal:
        for _ in range(times):
            crowd.example().ask(journal, ASKED)
            crowd.example().answers(journal)
        return journal.votes()


@crowds
def test_asking_twice_asks_once(crowd: type[Crowd], folder: Path) -> None:
    with Votes(folder / FILE, "exam") as journal:
        crowd.example().ask(journal, ASKED)
        crowd.example().ask(journal, ASKED)
        assert sorted(journal.open_questions()["question_id"]) == sorted(ASKED["question_id"])


@crowds
def test_answers_brought_twice_count_once(crowd: type[Crowd], folder: Path) -> None:
    once = asked_once(crowd, folder)
    assert asked_once(crowd, folder, times=2).equals(once)


@crowds
def test_votes_survive_the_end_of_the_process(crowd: type[Crowd], folder: Path) -> None:
    before = asked_once(crowd, folder)
    with Votes(folder / FILE, f"exam of {crowd.kind()}") as journal:
        assert journal.votes().equals(before)


@crowds
def test_votes_follow_the_contract_and_answer_what_was_asked(
    crowd: type[Crowd], folder: Path
) -> None:
    votes = asked_once(crowd, folder)
    assert VOTES.conform(votes, crowd.kind()).height == votes.height
    assert set(votes["question_id"]) <= set(ASKED["question_id"])
    assert not votes["worker"].str.contains("person").any()  # I13: no name leaves the file


@crowds
def test_closing_closes_and_closing_twice_closes_once(crowd: type[Crowd], folder: Path) -> None:
    shut = ASKED.head(5)
    with Votes(folder / FILE, "exam") as journal:
        crowd.example().ask(journal, ASKED)
        crowd.example().close(journal, shut)
        crowd.example().close(journal, shut)
        crowd.example().answers(journal)
        assert journal.open_questions().height == ASKED.height - shut.height
        assert set(journal.votes()["question_id"]).isdisjoint(shut["question_id"])


@crowds
def test_the_same_crowd_gives_the_same_votes_again(crowd: type[Crowd], folder: Path) -> None:
    (folder / "a").mkdir()
    (folder / "b").mkdir()
    first, second = asked_once(crowd, folder / "a"), asked_once(crowd, folder / "b")
    assert first.sort(VOTES.key).equals(second.sort(VOTES.key))


@crowds
def test_votes_on_a_server_are_those_in_a_file(
    crowd: type[Crowd], folder: Path, server: str
) -> None:
    """C22."""
    (folder / "a").mkdir()
    (folder / "b").mkdir()
    on_server = asked_once(crowd, folder / "a", times=2, server=server)
    assert on_server.sort(VOTES.key).equals(asked_once(crowd, folder / "b").sort(VOTES.key))


@crowds
def test_what_it_says_about_itself_can_be_written_down(crowd: type[Crowd], folder: Path) -> None:
    assert canonical(dict(crowd.example().about()))
    with Votes(folder / FILE, "exam") as journal:
        assert crowd.example().advice(journal)


@crowds
def test_no_questions_need_no_answers(crowd: type[Crowd], folder: Path) -> None:
    (folder / "votes.csv").write_text("image_id,emotion,worker,answer\n")
    with Votes(folder / FILE, "exam") as journal:
        crowd.example().ask(journal, ASKED.clear())
        crowd.example().answers(journal)
        assert journal.votes().is_empty()


@crowds
def test_votes_that_move_raise_the_version(crowd: type[Crowd]) -> None:
    """I14."""
    check(crowd, golden(crowd))
