"""What Flickr's failures do: heal, end with a sentence, and never show the key."""

import logging
import traceback
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from affekt.errors import AffektError, MissingSecret, SourceError
from affekt.pictures.shelf import Shelf
from affekt.stage import Desk
from affekt.stages.collect import Collect
from affekt.taxonomy import Emotion, Taxonomy
from tests.servers.flickr import BODIES, KEY, Host, polite, with_key
from tests.sources.flickr_asked import FEAR, names, pages_of, source_at

TWO = Taxonomy(name="two", emotions=(Emotion(name="fear"), Emotion(name="awe")))
PASSING = [
    "fail-0", "fail-10", "fail-105", "fail-106", "fail-201", "fail-95", "408", "425", "429", "500",
    "502", "503", "reset", "short", *BODIES,
]  # fmt: skip
FINAL_CODES = [*range(1, 6), 11, 12, 17, 18, *range(96, 100), 111, 112, 114, 115, 116]


@pytest.fixture
def host() -> Iterator[Host]:
    """A Flickr of 40 photographs for every word."""
    host = Host(40)
    with host.server:
        yield host


@pytest.mark.parametrize("fault", PASSING)
def test_what_passes_is_asked_again(host: Host, tmp_path: Path, fault: str) -> None:
    """B23, B25, B31: and the answer is that of an undisturbed run."""
    whole = pages_of(host, tmp_path, per_page=15)
    n_calls = len(host.calls)
    host.faults = {n_calls + 1: fault, n_calls + 3: fault, n_calls + 4: fault}
    assert pages_of(host, tmp_path, per_page=15) == whole
    assert len(host.calls) == 2 * n_calls + 3


@pytest.mark.slow
def test_a_server_that_says_nothing_is_asked_again(host: Host, tmp_path: Path) -> None:
    """D9."""
    host.faults = {2: "stall"}
    fetcher = polite(tmp_path, answer_seconds=0.5, total_seconds=2.0)
    with with_key():
        pages = list(source_at(host).pages(FEAR, None, fetcher))
    assert len(names(pages)) == 40
    assert len(host.calls) == 3


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("html", "another format: 'Sorry A panda is on it'"),
        ("empty", "another format: without a word"),
        ("bare", "without photos and their number"),
        ("fail-105", "it said 'Service currently unavailable' \\(code 105\\)"),
        ("503", "it answered 503: '503 asked with api_key=\\*\\*\\*'"),
    ],
)
def test_what_never_heals_ends_with_the_servers_own_words(
    host: Host, tmp_path: Path, fault: str, words: str
) -> None:
    """B31."""
    host.faults = dict.fromkeys(range(2, 20), fault)
    with pytest.raises(SourceError, match=words) as told:
        pages_of(host, tmp_path)
    assert told.value.exit_code == 1
    assert len(host.calls) == 1 + polite(tmp_path).manners.tries


@pytest.mark.parametrize("code", FINAL_CODES)
def test_what_is_final_is_asked_once(host: Host, tmp_path: Path, code: int) -> None:
    host.faults = {2: f"fail-{code}"}
    with pytest.raises(SourceError, match=rf"refuses the search: .* \(code {code}\)"):
        pages_of(host, tmp_path)
    assert len(host.calls) == 2


@pytest.mark.parametrize("status", ["400", "403", "404"])
def test_a_status_that_does_not_heal_is_told_and_asked_once(
    host: Host, tmp_path: Path, status: str
) -> None:
    host.faults = {2: status}
    with pytest.raises(SourceError, match=rf"answered {status} \('{status} asked.*check `base`"):
        pages_of(host, tmp_path)
    assert len(host.calls) == 2


def test_a_key_that_is_not_accepted_stops_the_run(host: Host, tmp_path: Path) -> None:
    """Exit code 5: the machine is not ready, and the sentence says which variable to mend."""
    with (
        with_key("a-key-of-somebody-else"),
        pytest.raises(MissingSecret, match="does not accept the key in FLICKR_KEY: 'Inv") as told,
    ):
        list(source_at(host).pages(FEAR, None, polite(tmp_path)))
    assert told.value.exit_code == 5
    assert "somebody" not in str(told.value)
    assert len(host.calls) == 1


def test_what_had_come_before_a_failure_is_not_asked_again(host: Host, tmp_path: Path) -> None:
    """B31: the journal is unharmed; the next run asks for the rest."""
    tries = polite(tmp_path).manners.tries
    host.faults = dict.fromkeys(range(6, 6 + tries), "html")
    with with_key(), pytest.raises(SourceError):
        collected(host, tmp_path)
    with with_key():
        assert collected(host, tmp_path) == 80
    assert sorted(host.searches.values()) == [1, 1, 1, 1, 1, 1 + tries]


@pytest.mark.parametrize("fault", [*PASSING, "403", "fail-18", "fail-100", "echo-18", "echo-100"])
def test_the_key_is_in_no_file_no_log_and_no_error(
    host: Host, tmp_path: Path, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    """B35: whatever fails in whatever way, and although servers repeat what they were asked."""
    caplog.set_level(logging.DEBUG)
    host.faults = dict.fromkeys(range(4, 30), fault)
    with with_key(), pytest.raises(AffektError) as told:
        collected(host, tmp_path)
    shown = "".join(traceback.format_exception(told.value)) + repr(told.value) + caplog.text
    assert KEY not in shown
    assert files_with_the_key(tmp_path) == []


def collected(host: Host, folder: Path) -> int:
    """Collect into a project, and give how many records there are."""
    desk = Desk(Shelf(folder / "pictures"), folder / "journal", folder / "scratch")
    stage = Collect(
        sources=(source_at(host, per_page=15),), taxonomy=TWO, fetch=polite(folder).manners
    )
    table = stage.run(desk).table
    assert isinstance(table, pl.DataFrame)
    table.write_parquet(folder / "found.parquet")
    return table.height


def files_with_the_key(folder: Path) -> list[Path]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files, "a run leaves at least its journal"
    return [path for path in files if KEY.encode() in path.read_bytes()]
