"""Collecting from Instagram, cut off at any call and gone on with."""

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
from tests.servers.instagram import MANNERS, TOKEN, USER, Graph, Quirks, source_at, with_token
from tests.stages.test_collect import desk_at

TWO = Taxonomy(
    name="two",
    emotions=(Emotion(name="fear", keywords=("fear", "dread")), Emotion(name="awe")),
)
N_CALLS = 2 + 3 * (1 + 2 + 4)  # that an undisturbed run makes


@pytest.fixture(autouse=True)
def token() -> Iterator[None]:
    """Token and account are set."""
    with with_token():
        yield


@pytest.fixture
def graph() -> Iterator[Graph]:
    """A server of lists that take two and four pages."""
    graph = Graph(28)
    with graph.server:
        yield graph


@pytest.fixture
def still() -> Iterator[Graph]:
    """A server whose way on reads the same on every page, as it counts itself."""
    graph = Graph(28, quirks=Quirks(still=True))
    with graph.server:
        yield graph


def collected(graph: Graph, project: Path) -> pl.DataFrame:
    stage = Collect(sources=(source_at(graph),), taxonomy=TWO, fetch=MANNERS)
    table = stage.run(desk_at(project)).table
    assert isinstance(table, pl.DataFrame)
    return FOUND.conform(table, "test").drop("found_at")


def asked_once(graph: Graph) -> bool:
    """Whether every page was asked for once; each query reads the list of hashtags anew."""
    calls = [str(call) for call in graph.answered if not call[0].startswith("me/")]
    return len(set(calls)) == len(calls)


def test_an_undisturbed_run_asks_everything_once(graph: Graph, tmp_path: Path) -> None:
    found = collected(graph, tmp_path)
    assert set(found["emotion"]) == {"fear", "awe"}
    assert len(graph.calls) == N_CALLS
    assert asked_once(graph)


@pytest.mark.parametrize("call", range(1, N_CALLS + 1))
def test_a_run_cut_off_at_any_call_ends_as_an_undisturbed_one(
    graph: Graph, tmp_path: Path, call: int
) -> None:
    """B11: no page is asked twice and none is left out."""
    graph.faults[call] = "404"
    with pytest.raises(SourceError):
        collected(graph, tmp_path / "cut")
    cut = collected(graph, tmp_path / "cut")
    assert len(graph.answered) == N_CALLS
    assert asked_once(graph)
    assert cut.equals(collected(graph, tmp_path / "whole"))


@pytest.mark.parametrize("call", range(1, N_CALLS + 1))
def test_a_server_that_counts_pages_itself_loses_none(
    still: Graph, tmp_path: Path, call: int
) -> None:
    """B11, B32: the list begins anew where its place is uncertain, and nothing comes twice."""
    still.faults[call] = "404"
    with pytest.raises(SourceError):
        collected(still, tmp_path / "cut")
    cut = collected(still, tmp_path / "cut")
    assert N_CALLS <= len(still.answered) <= N_CALLS + 3
    assert cut.equals(collected(still, tmp_path / "whole"))


def test_a_list_may_begin_anew_again_and_again(still: Graph, tmp_path: Path) -> None:
    whole = collected(still, tmp_path / "whole")
    still.calls.clear()
    still.faults = dict.fromkeys((8, 11, 13, 16), "404")
    for _ in range(4):
        with pytest.raises(SourceError):
            collected(still, tmp_path / "cut")
    assert collected(still, tmp_path / "cut").equals(whole)


def test_a_list_that_began_anew_ends_though_the_server_never_ends_it(tmp_path: Path) -> None:
    """B32."""
    graph = Graph(28, quirks=Quirks(still=True, endless=True))
    graph.faults[8] = "404"
    with graph.server:
        with pytest.raises(SourceError):
            collected(graph, tmp_path / "cut")
        cut = collected(graph, tmp_path / "cut")
        assert len(graph.answered) <= N_CALLS + 6 + 3  # a page more of each list; three again
        assert cut.equals(collected(graph, tmp_path / "whole"))


SCRIPT = """
import sys
from pathlib import Path
from affekt.sources.instagram import Instagram
from affekt.stages.collect import Collect
from tests.servers.instagram import MANNERS
from tests.sources.test_instagram_resumed import TWO
from tests.stages.test_collect import desk_at
source = Instagram(base=sys.argv[2], per_page=7)
Collect(sources=(source,), taxonomy=TWO, fetch=MANNERS).run(desk_at(Path(sys.argv[1])))
"""


def killed(graph: Graph, project: Path, call: int) -> None:
    """Run in a process that is killed while the server has a call of it."""
    children: list[subprocess.Popen[bytes]] = []
    n_before = len(graph.calls)
    graph.before = lambda number: (
        os.kill(children[0].pid, signal.SIGKILL) if number == n_before + call else None
    )
    script = [sys.executable, "-c", SCRIPT, str(project), graph.base]
    children.append(subprocess.Popen(script, cwd=Path(__file__).parents[2]))
    assert children[0].wait() == -signal.SIGKILL
    graph.before = lambda _: None


@pytest.mark.slow
@pytest.mark.parametrize("call", [1, 4, 9, N_CALLS])
def test_a_killed_process_ends_as_an_undisturbed_one(
    graph: Graph, tmp_path: Path, call: int
) -> None:
    """B11, D3: what was not on disk is asked again, once; everything else is not."""
    killed(graph, tmp_path / "cut", call)
    cut = collected(graph, tmp_path / "cut")
    assert len(graph.answered) == N_CALLS + 1
    assert cut.equals(collected(graph, tmp_path / "whole"))


@pytest.mark.slow
@pytest.mark.parametrize("call", [7, 13, 22])
def test_a_page_on_its_way_at_the_kill_is_not_lost(still: Graph, tmp_path: Path, call: int) -> None:
    """B11: though the server has counted it as given."""
    killed(still, tmp_path / "cut", call)
    cut = collected(still, tmp_path / "cut")
    assert cut.equals(collected(still, tmp_path / "whole"))


@pytest.mark.slow
def test_token_and_account_are_in_no_file(graph: Graph, tmp_path: Path) -> None:
    """B35."""
    killed(graph, tmp_path, 9)
    collected(graph, tmp_path)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) > 3
    canaries = (TOKEN.encode(), USER.encode())
    assert not [path for path in files if any(one in path.read_bytes() for one in canaries)]
