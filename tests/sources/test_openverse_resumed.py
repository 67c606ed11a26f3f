"""Collecting by Openverse, cut off at any call and gone on with."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.openverse import CLIENT, SECRET, Catalogue, Quirks, source_at, with_client
from tests.sources.cut_off import WORDS, Trial

N_CALLS = 3 * 5  # that an undisturbed run makes


@pytest.fixture(params=["anybody", "a client"], autouse=True)
def client(request: pytest.FixtureRequest) -> Iterator[None]:
    """Asked with and without a client."""
    values = (CLIENT, SECRET) if request.param == "a client" else (None, None)
    with with_client(*values):
        yield


@pytest.fixture
def catalogue() -> Iterator[Catalogue]:
    """A server whose pages overlap."""
    catalogue = Catalogue(50, quirks=Quirks(depth=30, slips=True))
    with catalogue.server:
        yield catalogue


def trial(catalogue: Catalogue, max_records: int = 10_000) -> Trial:
    source = source_at(catalogue, max_records=max_records)
    return Trial(catalogue, catalogue.answered, source, WORDS)


def is_each_call_another(calls: list[dict[str, str]]) -> bool:
    return len({str(sorted(one.items())) for one in calls}) == len(calls)


def test_an_undisturbed_run_asks_everything_once(catalogue: Catalogue, tmp_path: Path) -> None:
    whole = trial(catalogue).whole(tmp_path)
    assert len(whole.calls) == N_CALLS
    assert is_each_call_another(whole.calls)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("quirks", "max_records", "n_calls"),
    [
        (Quirks(), 10_000, 3 * 7),
        (Quirks(depth=30, slips=True), 10_000, 3 * 5),
        (Quirks(stuck=True), 10_000, 3 * 2),
        (Quirks(), 70, 2 * 6),
    ],
    ids=["plain", "overlapping", "stuck", "limited"],
)
def test_a_run_cut_off_at_any_call_ends_as_an_undisturbed_one(
    tmp_path: Path, quirks: Quirks, max_records: int, n_calls: int
) -> None:
    """B11: no page is asked twice and none is left out."""
    catalogue = Catalogue(50, quirks=quirks)
    with catalogue.server:
        whole, others = trial(catalogue, max_records).cut_everywhere(tmp_path)
    assert others == {}
    assert len(whole.calls) == n_calls
    assert is_each_call_another(whole.calls)


@pytest.mark.slow
@pytest.mark.parametrize("call", [1, 7, N_CALLS])
def test_a_killed_process_ends_as_an_undisturbed_one(
    catalogue: Catalogue, tmp_path: Path, call: int
) -> None:
    """B11, B35, D3: what was not on disk is asked again, once; no file holds a secret."""
    ask = trial(catalogue)
    killed, whole = ask.killed(tmp_path / "killed", call), ask.whole(tmp_path / "whole")
    assert killed.rows == whole.rows
    assert killed.calls == [*whole.calls[:call], *whole.calls[call - 1 :]]
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    secrets = [CLIENT, SECRET, *catalogue.tokens]
    assert not [one for one in secrets if one.encode() in written]
