"""The log of pictures asked for: the latest attempt wins, and no overwritten byte is believed."""

import pickle
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from affekt.errors import Damaged, NewerFormat
from affekt.journal.fetched import COLUMNS, LINK, MARK, Attempts


def attempts(*rows: dict[str, Any]) -> pl.DataFrame:
    """Give attempts; what a row leaves open is null."""
    absent = {"source": "flickr", "round": 1, "fetched_at": "2026-01-02T03:04:05+00:00"}
    whole = [{**dict.fromkeys(COLUMNS), **absent, **row} for row in rows]
    named = [{**row, "url": row["url"] or f"http://a/{row['source_id']}"} for row in whole]
    return pl.DataFrame(named, schema=COLUMNS, orient="row")


def links(*names: str) -> pl.DataFrame:
    return attempts(*({"source_id": name} for name in names)).select(LINK)


def told(folder: Path, *names: str) -> dict[str, str | None]:
    rows = Attempts(folder).latest(links(*names))
    return dict(rows.select("source_id", "reason").iter_rows())


def test_nothing_was_ever_asked_for(tmp_path: Path) -> None:
    assert Attempts(tmp_path / "none").latest(links("a")).is_empty()
    assert Attempts(tmp_path / "none").table(["url"]).is_empty()


def test_an_attempt_is_found_by_its_link_with_all_that_is_known(tmp_path: Path) -> None:
    rows = attempts({"source_id": "a", "reason": "gone", "status": 404}, {"source_id": "b"})
    Attempts(tmp_path).append(rows)
    assert Attempts(tmp_path).latest(links("b", "c", "a")).sort("source_id").equals(rows)


def test_the_latest_attempt_wins_wherever_it_lies(tmp_path: Path) -> None:
    log = Attempts(tmp_path)
    log.append(attempts({"source_id": "a", "round": 2, "reason": "busy"}, {"source_id": "b"}))
    log.append(attempts({"source_id": "a", "round": 1, "reason": "dns"}))
    assert told(tmp_path, "a", "b") == {"a": "busy", "b": None}


def test_of_two_attempts_of_one_round_the_later_wins(tmp_path: Path) -> None:
    log = Attempts(tmp_path)
    early, late = "2026-01-02T03:04:05+00:00", "2026-01-02T04:04:05+01:00"
    log.append(attempts({"source_id": "a", "fetched_at": early, "reason": "dns"}))
    log.append(attempts({"source_id": "a", "fetched_at": early.replace("05+", "06+")}))
    log.append(attempts({"source_id": "a", "fetched_at": late, "reason": "dns"}))
    assert told(tmp_path, "a") == {"a": None}


def test_another_address_of_the_same_picture_is_another_link(tmp_path: Path) -> None:
    Attempts(tmp_path).append(attempts({"source_id": "a", "url": "http://elsewhere/a"}))
    assert told(tmp_path, "a") == {}


def test_links_of_one_hash_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("affekt.journal.fetched._hashed", lambda: pl.lit(7, pl.UInt64))
    Attempts(tmp_path).append(attempts({"source_id": "a"}))
    assert told(tmp_path, "b") == {}


def test_a_table_holds_the_latest_of_every_link(tmp_path: Path) -> None:
    log = Attempts(tmp_path)
    log.append(attempts({"source_id": "a", "reason": "dns"}, {"source_id": "b"}))
    log.append(attempts({"source_id": "a", "round": 2}))
    table = Attempts(tmp_path).table(["source_id", "round"])
    assert table.sort("source_id").rows() == [("a", 2), ("b", 1)]


def test_it_may_be_sent_elsewhere(tmp_path: Path) -> None:
    log = Attempts(tmp_path)
    log.latest(links("a"))
    sent = pickle.loads(pickle.dumps(log))
    sent.append(attempts({"source_id": "a"}))
    assert told(tmp_path, "a") == {"a": None}


@pytest.mark.slow
@settings(deadline=None, max_examples=25)
@given(st.lists(st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 5)), min_size=1)))
def test_any_order_of_appends_gives_the_same_answer(
    tmp_path_factory: pytest.TempPathFactory, shards: list[list[tuple[str, int]]]
) -> None:
    found = []
    for order in (shards, shards[::-1]):
        folder = tmp_path_factory.mktemp("log")
        for shard in order:
            rows = ({"source_id": name, "round": at, "attempts": at} for name, at in shard)
            Attempts(folder).append(attempts(*rows))
        found.append(Attempts(folder).table(["source_id", "attempts"]).sort("source_id"))
    assert found[0].equals(found[1])
    wanted = [(name, at) for shard in shards for name, at in shard]
    assert dict(found[0].iter_rows()) == {name: max(at for one, at in wanted if one == name)
                                          for name, _ in wanted}  # fmt: skip


def shard(folder: Path) -> Path:
    (path,) = folder.glob("*.parquet")
    return path


def test_an_overwritten_byte_is_found(tmp_path: Path) -> None:
    """B19."""
    Attempts(tmp_path).append(attempts(*({"source_id": f"{at:04d}"} for at in range(500))))
    data = bytearray(shard(tmp_path).read_bytes())
    data[len(data) // 10] ^= 0xFF
    shard(tmp_path).write_bytes(data)
    with pytest.raises(Damaged, match="is not what was written"):
        told(tmp_path, "0001")


def test_half_a_shard_is_found(tmp_path: Path) -> None:
    """B19."""
    Attempts(tmp_path).append(attempts({"source_id": "a"}))
    shard(tmp_path).write_bytes(shard(tmp_path).read_bytes()[:-9])
    with pytest.raises(Damaged, match="put the file back"):
        told(tmp_path, "a")


def test_a_newer_shard_is_not_read(tmp_path: Path) -> None:
    """D6, B17."""
    Attempts(tmp_path).append(attempts({"source_id": "a"}))
    table = pq.read_table(shard(tmp_path))
    newer = table.replace_schema_metadata({**(table.schema.metadata or {}), MARK: b"2"})
    pq.write_table(newer, shard(tmp_path), write_page_checksum=True)
    with pytest.raises(NewerFormat, match="format 2"):
        told(tmp_path, "a")


def test_the_same_attempts_are_one_shard(tmp_path: Path) -> None:
    rows = attempts({"source_id": "a"})
    Attempts(tmp_path).append(rows)
    Attempts(tmp_path).append(rows)
    assert Attempts(tmp_path).table(["source_id"]).height == 1
