"""Collecting by Openverse, cut off at any call and gone on with."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from affekt.errors import SourceError
from affekt.stages.collect import Collect
from affekt.tables import FOUND
from affekt.taxonomy import Emotion, Taxonomy
from tests.servers.openverse import (
    CLIENT,
    MANNERS,
    SECRET,
    Catalogue,
    Quirks,
    source_at,
    with_client,
)
from tests.stages.test_collect import desk_at

TWO = Taxonomy(
    name="two",
    emotions=(Emotion(name="fear", keywords=("fear", "dread")), Emotion(name="awe")),
)
N_CALLS = 3 * 5  # that an undisturbed run makes


@pytest.fixture(params=["anybody", "a client"])
def catalogue(request: pytest.FixtureRequest) -> Iterator[Catalogue]:
    """A server whose pages overlap, asked with and without a client."""
    catalogue = Catalogue(50, quirks=Quirks(depth=30, slips=True))
    values = (CLIENT, SECRET) if request.param == "a client" else (None, None)
    with catalogue.server, with_client(*values):
        yield catalogue


def collected(catalogue: Catalogue, project: Path) -> pl.DataFrame:
    stage = Collect(sources=(source_at(catalogue),), taxonomy=TWO, fetch=MANNERS)
    table = stage.run(desk_at(project)).table
    assert isinstance(table, pl.DataFrame)
    return FOUND.conform(table, "test").drop("found_at")


def asked_once(catalogue: Catalogue) -> bool:
    return len({str(sorted(one.items())) for one in catalogue.answered}) == len(catalogue.answered)


def test_an_undisturbed_run_asks_everything_once(catalogue: Catalogue, tmp_path: Path) -> None:
    found = collected(catalogue, tmp_path)
    assert set(found["query"]) == {"fear dread", "awe"}
    assert len(catalogue.answered) == N_CALLS
    assert asked_once(catalogue)


@pytest.mark.parametrize("call", range(1, N_CALLS + 1))
def test_a_run_cut_off_at_any_call_ends_as_an_undisturbed_one(
    catalogue: Catalogue, tmp_path: Path, call: int
) -> None:
    """B11: no page is asked twice and none is left out."""
    catalogue.faults[call] = "404"
    with pytest.raises(SourceError):
        collected(catalogue, tmp_path / "cut")
    cut = collected(catalogue, tmp_path / "cut")
    assert len(catalogue.answered) == N_CALLS
    assert asked_once(catalogue)
    assert cut.equals(collected(catalogue, tmp_path / "whole"))


SCRIPT = """
import sys
from pathlib import Path
from affekt.sources.openverse import Openverse
from affekt.stages.collect import Collect
from tests.servers.openverse import MANNERS
from tests.sources.test_openverse_resumed import TWO
from tests.stages.test_collect import desk_at
source = Openverse(base=sys.argv[2], per_page=7, calls_per_minute=1000)
Collect(sources=(source,), taxonomy=TWO, fetch=MANNERS).run(desk_at(Path(sys.argv[1])))
"""


@pytest.mark.slow
@pytest.mark.parametrize("call", [1, 7, N_CALLS])
def test_a_killed_process_ends_as_an_undisturbed_one(
    catalogue: Catalogue, tmp_path: Path, call: int
) -> None:
    """B11, B35, D3: what was not on disk is asked again, once; no file holds a secret."""
    children: list[subprocess.Popen[bytes]] = []
    catalogue.before = lambda number: (
        os.kill(children[0].pid, signal.SIGKILL) if number == call else None
    )
    script = [sys.executable, "-c", SCRIPT, str(tmp_path / "cut"), catalogue.base]
    children.append(subprocess.Popen(script, cwd=Path(__file__).parents[2]))
    assert children[0].wait() == -signal.SIGKILL
    catalogue.before = lambda _: None
    cut = collected(catalogue, tmp_path / "cut")
    assert len(catalogue.answered) == N_CALLS + 1
    assert cut.equals(collected(catalogue, tmp_path / "whole"))
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    secrets = [CLIENT, SECRET, *catalogue.tokens]
    assert not [one for one in secrets if one.encode() in written]
