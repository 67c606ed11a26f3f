"""Asking the crowd with the votes in a PostgreSQL database: as with a file in the project."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from affekt.crowd.csvfile import Csvfile
from affekt.crowd.simulated import Simulated
from affekt.errors import NotYet
from affekt.journal.votes import FILE
from affekt.parts import Place
from affekt.policies.curtailed import Curtailed
from affekt.stages.verify import Verify
from affekt.store.rows import in_polars
from affekt.taxonomy import MIKELS8
from tests.crowd.asked import questions
from tests.servers import postgres
from tests.stages.people import desk

ASKED = pl.concat([questions("awe", 8), questions("fear", 4)])


@pytest.fixture(scope="module")
def url(postgresql: postgres.Server) -> Iterator[str]:
    """One database for all these tests, each of which asks in a way of its own."""
    with postgresql.database() as made:
        yield made


def simulated(database: str | None, seed: int) -> Verify:
    crowd = Simulated(seed=seed, taxonomy=MIKELS8, candidates=200)
    return Verify(crowd=crowd, until=Curtailed(), database=database)


def from_file(database: str, folder: Path, votes: int) -> Verify:
    """Give a stage whose file holds the first so many of the 60 votes."""
    lines = [
        f"{image},{emotion},person {worker},yes"
        for image, emotion in ASKED.select("image_id", "emotion").iter_rows()
        for worker in range(5)
    ]
    path = folder / "votes.csv"
    path.write_text("\n".join(["image_id,emotion,worker,answer", *lines[:votes]]))
    crowd = Csvfile(seed=1, path=Place(written=str(path)))
    return Verify(crowd=crowd, until=Curtailed(), database=database)


def voted(stage: Verify, folder: Path, asked: pl.DataFrame = ASKED) -> pl.DataFrame:
    return in_polars(stage.run(desk(folder), asked).table)


def test_the_votes_are_those_that_a_file_gives(url: str, tmp_path: Path) -> None:
    """C22."""
    on_server = simulated(url, 1).run(desk(tmp_path), ASKED)
    in_file = simulated(None, 1).run(desk(tmp_path), ASKED)
    assert in_polars(on_server.table).equals(in_polars(in_file.table))
    assert on_server.notes == in_file.notes


def test_the_database_is_no_other_way_of_asking(url: str) -> None:
    assert simulated(url, 1).campaign() == simulated(None, 1).campaign()


def test_running_again_asks_nobody_and_leaves_no_file(url: str, tmp_path: Path) -> None:
    first = voted(simulated(url, 2), tmp_path)
    assert voted(simulated(url, 2), tmp_path).equals(first)
    assert not (desk(tmp_path).journal / FILE).exists()


def test_a_longer_sample_keeps_the_votes_that_are_there(url: str, tmp_path: Path) -> None:
    part = voted(simulated(url, 3), tmp_path, ASKED.head(5))
    whole = voted(simulated(url, 3), tmp_path)
    assert part.join(whole, on=part.columns, how="anti").is_empty()


def test_the_line_waits_and_goes_on_when_the_file_is_complete(url: str, tmp_path: Path) -> None:
    with pytest.raises(NotYet, match="questions have enough votes"):
        from_file(url, tmp_path, votes=23).run(desk(tmp_path), ASKED)
    assert voted(from_file(url, tmp_path, votes=60), tmp_path).height == 5 * ASKED.height


def test_other_settings_vote_anew_beside_the_first(url: str, tmp_path: Path) -> None:
    first = voted(simulated(url, 4), tmp_path)
    assert not voted(simulated(url, 5), tmp_path).equals(first)
    assert voted(simulated(url, 4), tmp_path).equals(first)
