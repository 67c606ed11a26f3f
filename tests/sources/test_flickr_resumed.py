"""Collecting from Flickr, cut off at any call and gone on with."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from affekt.taxonomy import Emotion, Taxonomy
from tests.servers._flickr_catalogue import Burst
from tests.servers.flickr import KEY, Host, Quirks, with_key
from tests.sources.cut_off import TWO, Trial
from tests.sources.flickr_asked import source_at

SLICED = {"per_page": 10, "split_above": 25}
FEAR = Taxonomy(
    name="fear", emotions=(Emotion(name="fear"), Emotion(name="awe", keywords=("nothing",)))
)


@pytest.fixture(autouse=True)
def key() -> Iterator[None]:
    """The key is set."""
    with with_key():
        yield


def trial(host: Host, taxonomy: Taxonomy = FEAR, **settings: Any) -> Trial:
    source = source_at(host, calls_per_hour=3600, **settings)
    return Trial(host, host.answered, source, taxonomy)


def repeats(calls: list[dict[str, str]]) -> list[dict[str, str]]:
    """Give the searches that were made again; each query asks for the licences anew."""
    searches = [call for call in calls if call["method"].endswith("search")]
    return [call for at, call in enumerate(searches) if call in searches[:at]]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("quirks", "settings"),
    [
        (Quirks(), {"per_page": 10}),
        (Quirks(), SLICED),
        (Quirks(wrong_totals=0.4, totals_change=True), SLICED),
        (Quirks(leaks=True), SLICED),
        (Quirks(repeats=True, wrong_totals=0.9), SLICED),
        (Quirks(stuck=True), SLICED),
        (Quirks(falls=True), SLICED),
        (Quirks(thins=True), SLICED),
    ],
    ids=["one slice", "slices", "wrong", "leaks", "repeats", "stuck", "falls", "thins"],
)
def test_a_run_cut_off_at_any_call_ends_as_an_undisturbed_one(
    tmp_path: Path, quirks: Quirks, settings: dict[str, Any]
) -> None:
    """B11: no page is asked twice and none is left out."""
    host = Host(60, quirks=quirks)
    with host.server:
        whole, others = trial(host, **settings).cut_everywhere(tmp_path)
    assert others == {}
    assert repeats(whole.calls) == []
    assert len(whole.calls) > 8


@pytest.mark.slow
def test_a_run_cut_off_at_any_licence_ends_as_an_undisturbed_one(tmp_path: Path) -> None:
    """B11: where five minutes hold too much, licences are asked for one by one."""
    host = Host(60, bursts=[Burst(0, 60, 20)])
    licences = ("all-rights-reserved", "cc-by-2.0")
    day: dict[str, Any] = {"since": date(2010, 7, 26), "until": date(2010, 7, 26)}
    with host.server:
        ask = trial(host, per_page=10, split_above=25, licences=licences, **day)
        whole, others = ask.cut_everywhere(tmp_path)
    assert others == {}
    assert repeats(whole.calls) == []
    assert {call.get("license") for call in whole.calls} == {None, "0,4", "0", "4"}


@pytest.mark.slow
@pytest.mark.parametrize("call", range(8, 13))
def test_a_run_cut_off_where_a_search_shows_no_more_ends_as_an_undisturbed_one(
    tmp_path: Path, call: int
) -> None:
    """B11: asking goes on behind the last picture shown, with its second asked once more."""
    host = Host(4100, quirks=Quirks(low_totals=2500))
    with host.server:
        ask = trial(host)
        cut, whole = ask.cut(tmp_path / "cut", call), ask.whole(tmp_path / "whole")
    assert cut == whole
    assert (len(whole.found), len(whole.calls)) == (4100, 12)
    assert repeats(whole.calls) == []


@pytest.mark.slow
@pytest.mark.parametrize("call", [1, 5, 9])
def test_a_killed_process_ends_as_an_undisturbed_one(tmp_path: Path, call: int) -> None:
    """B11, B35, D3: what was not on disk is asked again, once; no file holds the key."""
    host = Host(60)
    with host.server:
        ask = trial(host, TWO, **SLICED)
        killed, whole = ask.killed(tmp_path / "killed", call), ask.whole(tmp_path / "whole")
    assert killed.rows == whole.rows
    assert killed.calls == [*whole.calls[:call], *whole.calls[call - 1 :]]
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert KEY.encode() not in written
