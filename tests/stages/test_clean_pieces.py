"""The parts of cleaning: windows, waiting bytes, rows given up, and what is put together."""

import pickle
from pathlib import Path
from typing import Any

import daft
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from affekt.forgotten import Entry, Forgotten
from affekt.retry import anew
from affekt.stages import _piece, _windows
from affekt.stages._assembled import Assembly, Finished, placeholders_in
from affekt.stages._look import LOOKED, Look
from affekt.stages._piece import Spool
from affekt.stages._windows import Window, windows_of
from affekt.store import Store
from tests.servers.pictures import hosting
from tests.stages.cleaned import found, reasons, run
from tests.stages.online import Given, desk, links, numbered, stage

NAMES = st.tuples(st.sampled_from(["flickr", "folder"]), st.sampled_from("abcdefghij"))


def frame(names: list[tuple[str, str]]) -> daft.DataFrame:
    rows = [
        {"source": source, "source_id": name, "query": str(at)}
        for at, (source, name) in enumerate(names)
    ]
    return daft.from_arrow(found(*rows).to_arrow())


@settings(deadline=None, max_examples=25)
@given(names=st.lists(NAMES, max_size=60))
def test_windows_hold_every_row_once_and_pictures_whole(names: list[tuple[str, str]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_windows, "ROWS", 6)
        patch.setattr(_windows, "EVERY", 2)
        table = frame(names)
        windows = windows_of(table)
    parts = [window.of(table) for window in windows]
    assert sum(part.height for part in parts) == len(names)
    held = [set(part.select("source", "source_id").unique().rows()) for part in parts]
    assert sum(map(len, held)) == len(set(names))
    told = [[window.meets(name, name) for window in windows].index(True) for name in names]
    assert all(name in held[at] for name, at in zip(names, told, strict=True))


def test_a_range_meets_the_windows_it_reaches_into() -> None:
    window = Window(("b", "3"), ("c", "1"))
    assert window.meets(("a", "9"), ("b", "3"))
    assert window.meets(("b", "9"), ("d", "0"))
    assert not window.meets(("a", "9"), ("b", "2"))
    assert not window.meets(("c", "1"), ("d", "0"))


def test_bytes_beyond_a_limit_wait_in_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D8."""
    monkeypatch.setattr(_piece, "IN_MEMORY", 10)
    spool = Spool(tmp_path / "scratch")
    given = {("a", at): bytes([at]) * (at + 1) for at in range(9)}
    for name, data in given.items():
        spool.put(name, data)
    assert sum(map(len, spool._kept.values())) <= 10
    assert {name: spool.take(name) for name in reversed(given)} == given
    assert spool.take(("a", 3)) is None
    spool.put(("b", 0), b"0123456789")
    assert ("b", 0) in spool._kept
    (file,) = spool._files.values()
    spool.let_go("a")
    assert file.closed
    spool.close()
    assert list((tmp_path / "scratch").iterdir()) == []


def test_a_crawl_is_the_same_when_bytes_wait_in_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D3."""
    with hosting() as host:
        hits = links(host.base, *numbered(9))
        (tmp_path / "calm").mkdir()
        calm, _ = run(stage(), desk(tmp_path / "calm"), hits)
        monkeypatch.setattr(_piece, "IN_MEMORY", 4_000)
        kept, _ = run(stage(), desk(tmp_path), hits)
    assert kept.equals(calm)


def test_a_row_that_affekt_fails_on_is_dropped_as_its_own_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D5."""
    whole = Look._trouble

    def failing(self: Look, seen: Any) -> Any:
        if seen.row["source_id"] == "/ok/0003.jpg":
            raise ZeroDivisionError("of the test")
        return whole(self, seen)

    monkeypatch.setattr(Look, "_trouble", failing)
    with hosting() as host:
        kept, dropped = run(stage(), desk(tmp_path), links(host.base, *numbered(5)))
    assert reasons(dropped) == {"/ok/0003.jpg": "internal-error"}
    assert "of the test" in dropped["detail"].item()
    assert kept.height == 4


def test_the_work_may_be_sent_to_another_process(tmp_path: Path) -> None:
    place = desk(tmp_path)
    work = Look(place, stage()._setup(place, 1))
    work.note = print
    sent = pickle.loads(pickle.dumps(work))
    assert sent.note is None
    assert sent.path("a") == work.path("a")


def looked(folder: Path, *rows: dict[str, Any]) -> Finished:
    """Write the file of a chunk."""
    absent = {"source": "links", "query": "", "host": "a", "image_id": "x"}
    table = pl.DataFrame(
        [{**dict.fromkeys(LOOKED), **absent, **row} for row in rows], schema=LOOKED, orient="row"
    ).sort("source", "source_id")
    path = folder / f"{rows[0]['source_id']}.parquet"
    table.write_parquet(path)
    return Finished.of(str(path), table)


def test_one_content_under_many_links_counts_by_server(tmp_path: Path) -> None:
    """B34: over all chunks, and only pictures of the web have a server."""
    one = looked(tmp_path, *({"source_id": f"a{at:03d}", "content": "1"} for at in range(30)))
    two = looked(tmp_path, *({"source_id": f"b{at:03d}", "content": "1"} for at in range(20)))
    assert placeholders_in([one, two]) == frozenset()
    last = looked(tmp_path, {"source_id": "c", "content": "1"})
    other = looked(tmp_path, {"source_id": "d", "content": "1", "host": "b"})
    here = looked(tmp_path, *({"source_id": f"e{at:03d}", "content": "2", "host": None}
                              for at in range(99)))  # fmt: skip
    assert placeholders_in([one, two, other, here]) == frozenset()
    assert placeholders_in([one, two, last]) == {"1"}


def test_what_the_way_out_calls_a_placeholder_is_one_everywhere(tmp_path: Path) -> None:
    """B34."""
    rows = ({"source_id": "a", "content": "1"}, {"source_id": "b", "content": "2"},
            {"source_id": "c", "content": "1", "reason": "placeholder"})  # fmt: skip
    finished = [looked(tmp_path, *rows)]
    table = frame([("links", name) for name in "abc"])
    whole = Assembly(
        found=daft.from_arrow(table.to_arrow()),
        windows=[Window()],
        refused=[],
        finished=finished,
        forgotten=Forgotten(),
        placeholders=placeholders_in(finished),
    )
    dropped = pl.concat(list(whole.dropped()))
    assert dict(dropped.select("source_id", "reason").rows()) == dict.fromkeys("ac", "placeholder")


def test_what_was_forgotten_since_it_was_looked_at_is_not_kept(tmp_path: Path) -> None:
    finished = [looked(tmp_path, {"source_id": "a", "content": "1"}, {"source_id": "b"})]
    entries = Forgotten([Entry("picture", "links:a")])
    whole = Assembly(frame([]), [Window()], [], finished, entries, frozenset())
    dropped = pl.concat(list(whole.dropped()))
    assert dict(dropped.select("source_id", "reason").rows()) == {"a": "forgotten"}


def test_made_again_by_hand_the_store_lets_final_links_be_asked_again(tmp_path: Path) -> None:
    """What `--retry-final` does."""
    with hosting() as host:
        given = links(host.base, "/missing/a.jpg", "/ok/b.jpg")
        (tmp_path / "found").mkdir()
        given.write_parquet(tmp_path / "found" / "table.parquet")
        asked = []
        for final in (False, True, False):
            store = Store(tmp_path / "project", again=anew(frozenset(), final=final))
            with store.writing():
                collected = store.make(Given(path=str(tmp_path / "found" / "table.parquet")))
                store.make(stage(), collected)
            asked.append((host.asked("/missing/a.jpg"), host.asked("/ok/b.jpg")))
    assert asked == [(1, 1), (2, 1), (2, 1)]
