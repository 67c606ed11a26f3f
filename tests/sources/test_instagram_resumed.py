"""Collecting from Instagram, cut off at any call and gone on with."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from affekt.errors import SourceError
from tests.servers.instagram import TOKEN, USER, Graph, Quirks, source_at, with_token
from tests.sources.cut_off import TWO, WORDS, Trial

N_CALLS = 2 + 3 * (1 + 2 + 4)  # that an undisturbed run makes
SECONDS = (4, 6, 11, 13, 19, 21)  # those of them for the second page of a list
OTHERS = sorted({*range(1, N_CALLS + 1)} - {*SECONDS})
N_OF_RECENT = 2 * (2 + 4)  # of two queries with one hashtag and one list each


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


def trial(graph: Graph, fault: str = "lost-404") -> Trial:
    return Trial(graph, graph.answered, source_at(graph), WORDS, fault)


def of_recent(graph: Graph) -> Trial:
    return Trial(graph, graph.answered, source_at(graph, edges=("recent",)), TWO)


def repeats(calls: list[tuple[str, dict[str, str]]]) -> list[str]:
    """Give the list of each page that was given again; each query lists the hashtags anew."""
    pages = [call for call in calls if call[0].endswith("_media")]
    return [path for at, (path, asked) in enumerate(pages) if (path, asked) in pages[:at]]


def test_an_undisturbed_run_asks_everything_once(graph: Graph, tmp_path: Path) -> None:
    whole = trial(graph).whole(tmp_path)
    assert len(graph.calls) == len(whole.calls) == N_CALLS
    assert repeats(whole.calls) == []


@pytest.mark.parametrize("call", OTHERS)
def test_a_run_cut_off_at_a_call_asks_nothing_twice(
    graph: Graph, tmp_path: Path, call: int
) -> None:
    """B11: and leaves nothing out."""
    ask = trial(graph)
    assert ask.cut(tmp_path / "cut", call) == ask.whole(tmp_path / "whole")


@pytest.mark.parametrize("call", SECONDS)
def test_a_run_cut_off_at_the_second_page_of_a_list_asks_for_the_first_one_again(
    graph: Graph, tmp_path: Path, call: int
) -> None:
    """B11: nothing else is asked twice; the first page was on no disk."""
    ask = trial(graph)
    cut, whole = ask.cut(tmp_path / "cut", call), ask.whole(tmp_path / "whole")
    assert cut.rows == whole.rows
    path, asked = whole.calls[call - 2]
    assert "after" not in asked
    assert cut.calls == [*whole.calls[: call - 1], (path, asked), *whole.calls[call - 1 :]]


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["404", "lost-404"])
@pytest.mark.parametrize("call", range(1, N_CALLS + 1))
def test_a_server_that_counts_pages_itself_loses_none(
    still: Graph, tmp_path: Path, call: int, fault: str
) -> None:
    """B11, B32: whether the page on its way was counted or not; and nothing comes twice."""
    ask = trial(still, fault)
    cut = ask.cut(tmp_path / "cut", call)
    assert N_CALLS <= len(cut.calls) <= N_CALLS + 3
    assert cut.rows == ask.whole(tmp_path / "whole").rows


@pytest.mark.slow
@pytest.mark.parametrize("call", range(1, N_CALLS + 1))
def test_an_answer_lost_on_its_way_from_a_server_that_counts_loses_no_page(
    still: Graph, tmp_path: Path, call: int
) -> None:
    """B11, B31: the call is made again at once, and the server gives the page behind."""
    ask = trial(still)
    still.faults = {call: "lost-reset"}
    disturbed = ask.whole(tmp_path / "disturbed")
    assert N_CALLS <= len(disturbed.calls) <= N_CALLS + 4
    assert disturbed.rows == ask.whole(tmp_path / "whole").rows


@pytest.mark.parametrize("call", OTHERS)
def test_an_answer_lost_on_its_way_is_all_that_is_asked_for_again(
    graph: Graph, tmp_path: Path, call: int
) -> None:
    """B31: where the text tells which page is meant."""
    ask = trial(graph)
    graph.faults = {call: "lost-reset"}
    assert ask.whole(tmp_path / "disturbed") == ask.whole(tmp_path / "whole")


def test_a_server_that_counts_and_loses_every_answer_is_left(still: Graph, tmp_path: Path) -> None:
    """B32: the list would begin anew for ever; what came is kept."""
    ask = trial(still)
    still.faults = dict.fromkeys(range(4, 1000, 2), "lost-reset")
    with pytest.raises(SourceError, match=r"#fear, top, page 2: .* 10 times the list was begun"):
        ask.whole(tmp_path / "cut")
    assert len(still.calls) == 2 + 11 * (2 + 2) - 1  # two tries a page, of the first only one
    still.faults = {}
    assert ask.whole(tmp_path / "cut").rows == ask.whole(tmp_path / "whole").rows


def test_a_list_may_begin_anew_again_and_again(still: Graph, tmp_path: Path) -> None:
    ask = trial(still, "404")
    still.faults = dict.fromkeys((8, 12, 15, 19), "404")
    for _ in still.faults:
        with pytest.raises(SourceError):
            ask.whole(tmp_path / "cut")
    assert ask.whole(tmp_path / "cut").rows == ask.whole(tmp_path / "whole").rows


def test_a_list_that_began_anew_ends_though_the_server_never_ends_it(tmp_path: Path) -> None:
    """B32."""
    graph = Graph(28, quirks=Quirks(still=True, endless=True))
    with graph.server:
        ask = trial(graph)
        cut = ask.cut(tmp_path / "cut", 8)
        assert len(cut.calls) <= N_CALLS + 6 + 3  # a page more of each list; three again
        assert cut.rows == ask.whole(tmp_path / "whole").rows


@pytest.mark.slow
@pytest.mark.parametrize("call", range(1, N_OF_RECENT + 1))
def test_a_killed_process_ends_as_an_undisturbed_one(
    graph: Graph, tmp_path: Path, call: int
) -> None:
    """B11, D3: what was not on disk is asked again, once; everything else is not."""
    ask = of_recent(graph)
    killed, whole = ask.killed(tmp_path / "killed", call), ask.whole(tmp_path / "whole")
    assert killed.rows == whole.rows
    n_lost = 1 + (call in (4, 10))  # at the second page of a list, which is kept with the first
    assert killed.calls == [*whole.calls[:call], *whole.calls[call - n_lost :]]


@pytest.mark.slow
@pytest.mark.parametrize("call", range(1, N_OF_RECENT + 1))
def test_a_page_on_its_way_at_the_kill_is_not_lost(still: Graph, tmp_path: Path, call: int) -> None:
    """B11: though the server has counted it as given."""
    ask = of_recent(still)
    assert ask.killed(tmp_path / "killed", call).rows == ask.whole(tmp_path / "whole").rows


@pytest.mark.slow
def test_token_and_account_are_in_no_file(graph: Graph, tmp_path: Path) -> None:
    """B35."""
    of_recent(graph).killed(tmp_path, 7)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) > 3
    canaries = (TOKEN.encode(), USER.encode())
    assert not [path for path in files if any(one in path.read_bytes() for one in canaries)]
