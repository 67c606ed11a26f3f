"""Products: addresses, conservation, atomic appearance, doors, publishing."""

import json
import multiprocessing
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from affekt.errors import (
    Damaged,
    DiskTrouble,
    Locked,
    NewerFormat,
    NotYet,
    ReleaseExists,
    TableError,
)
from affekt.store import Failure, Product, Store, digest_of, recipe_of, rows
from affekt.store.preview import Open, Preview
from tests.rights import needs_rights
from tests.store.small import RUNS, Count, Daftly, Door, Keep, Own, Publish, Rows


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    RUNS.clear()
    store = Store(tmp_path / "work")
    with store.writing():
        yield store


def test_a_second_run_computes_nothing(store: Store) -> None:
    first = store.make(Keep(), store.make(Rows()))
    second = store.make(Keep(), store.make(Rows()))
    assert (first.address, RUNS) == (second.address, ["rows", "keep"])


def test_a_changed_setting_recomputes_only_what_follows(store: Store) -> None:
    store.make(Keep(), store.make(Rows()))
    store.make(Keep(first="c"), store.make(Rows()))
    assert RUNS == ["rows", "keep", "keep"]


def test_changing_a_setting_back_finds_the_old_product(store: Store) -> None:
    first = store.make(Keep(), store.make(Rows()))
    store.make(Keep(first="c"), store.make(Rows()))
    assert store.make(Keep(), store.make(Rows())).address == first.address
    assert RUNS == ["rows", "keep", "keep"]


def test_an_idle_setting_leaves_the_address_alone(store: Store) -> None:
    one = store.make(Keep(threads=1), store.make(Rows()))
    assert store.make(Keep(threads=8), store.make(Rows())).address == one.address


def test_kept_and_dropped_are_what_came_in(store: Store) -> None:
    """D4."""
    kept = store.make(Keep(), store.make(Rows()))
    assert kept.table()["image_id"].to_list() == ["b", "c"]
    assert kept.dropped().rows() == [("a", "too-early", None)]
    assert [kept.manifest[name] for name in ("came_in", "kept", "dropped")] == [3, 2, 1]
    assert kept.manifest["reasons"] == {"too-early": 1}


@pytest.mark.parametrize("fault", ["vanish", "twice", "unexplained", "type"])
def test_a_stage_that_loses_or_invents_rows_stores_nothing(store: Store, fault: str) -> None:
    rows = store.make(Rows())
    with pytest.raises(TableError, match="keep"):
        store.make(Keep(fault=fault), rows)
    assert len(list(store.root.glob("products/*/manifest.json"))) == 1


def test_a_door_has_the_hash_of_its_rows_in_its_address(store: Store) -> None:
    one = store.make(Door())
    other = store.make(Door(edition=2, names=("a", "z")))
    assert one.address != other.address
    assert one.manifest["rows_sha256"] != other.manifest["rows_sha256"]


def test_a_door_is_not_opened_twice(store: Store) -> None:
    assert store.make(Door()).address == store.make(Door()).address
    assert RUNS == ["door"]


def test_a_stage_may_work_on_daft_frames(store: Store) -> None:
    assert store.make(Daftly(), store.make(Rows())).table()["image_id"].to_list() == ["a", "b", "c"]


def test_waiting_is_remembered_and_leaves_no_product(store: Store) -> None:
    rows = store.make(Rows())
    with pytest.raises(NotYet):
        store.make(Keep(fault="wait"), rows)
    step = Preview(store).make(Keep(fault="wait"), rows)
    assert isinstance(step, Open)
    assert (step.state, step.text) == ("waiting", "keep: 1 of 2 decided; go on later")


def test_an_attempt_gives_the_reason_and_spreads_it(store: Store) -> None:
    """B72."""
    failure = store.attempt(Keep(fault="crash"), store.make(Rows()))
    after = store.attempt(Keep(), failure)
    assert isinstance(failure, Failure)
    assert isinstance(after, Failure)
    assert after.reason == "keep: something of the user's is wrong" or "wrong" in after.reason


def test_a_preview_makes_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path / "work")
    step = Preview(store).make(Keep(), Preview(store).make(Rows()))
    assert isinstance(step, Open)
    assert not (tmp_path / "work").exists()


def test_published_files_appear_whole_and_are_made_again_when_deleted(store: Store) -> None:
    rows = store.make(Rows())
    made = store.make(Publish(), rows)
    readme = store.root / made.manifest["published"] / "README.md"
    assert readme.read_text() == "hello"
    readme.unlink()
    readme.parent.rmdir()
    store.make(Publish(), rows)
    assert readme.read_text() == "hello"


def test_a_published_version_is_never_changed(store: Store) -> None:
    """B62."""
    rows = store.make(Rows())
    store.make(Publish(), rows)
    with pytest.raises(ReleaseExists, match=r"toy-1.0.0"):
        store.make(Publish(text="other"), rows)
    assert (store.releases / "toy-1.0.0" / "README.md").read_text() == "hello"


def test_a_second_writer_is_told_who_holds_the_project(store: Store) -> None:
    """B13."""
    with pytest.raises(Locked, match=f"process {os.getpid()}"), Store(store.root).writing():
        pass


def test_the_lock_of_a_dead_process_is_taken_over(tmp_path: Path) -> None:
    """B13."""
    root = tmp_path / "work"
    process = multiprocessing.get_context("spawn").Process(target=hold_and_wait, args=(root,))
    process.start()
    while not (root / "held").exists():
        process.join(0.01)
    with pytest.raises(Locked), Store(root).writing():
        pass
    os.kill(process.pid or 0, signal.SIGKILL)
    process.join()
    with Store(root).writing():
        assert json.loads((root / "lock").read_text())["pid"] == os.getpid()


def hold_and_wait(root: Path) -> None:
    with Store(root).writing():
        (root / "held").touch()
        signal.pause()


def test_a_project_of_a_newer_version_is_refused_untouched(tmp_path: Path) -> None:
    """B17."""
    (tmp_path / "project.json").write_text('{"format": 99}')
    with pytest.raises(NewerFormat, match="99"), Store(tmp_path).writing():
        pass
    assert (tmp_path / "project.json").read_text() == '{"format": 99}'


def test_a_product_of_a_newer_version_is_refused(store: Store) -> None:
    """B17."""
    rows = store.make(Rows())
    manifest = rows.folder / "manifest.json"
    manifest.write_text(json.dumps({**rows.manifest, "format": 99}))
    with pytest.raises(NewerFormat, match="99"):
        store.make(Rows())


def test_a_broken_manifest_is_named(store: Store) -> None:
    """B19."""
    rows = store.make(Rows())
    (rows.folder / "manifest.json").write_text("{")
    with pytest.raises(Damaged, match=r"manifest\.json"):
        store.make(Rows())


def test_a_broken_table_is_named(store: Store) -> None:
    """B19."""
    rows = store.make(Rows())
    (rows.folder / "table.parquet").write_bytes(b"PAR1 no more")
    with pytest.raises(Damaged, match=r"table\.parquet"):
        store.make(Keep(), rows)


@pytest.mark.parametrize("key", ["published", "table_sha256", "inputs", "address"])
def test_a_manifest_without_a_key_is_named(store: Store, key: str) -> None:
    """B19."""
    rows = store.make(Rows())
    less = {name: value for name, value in rows.manifest.items() if name != key}
    (rows.folder / "manifest.json").write_text(json.dumps(less))
    with pytest.raises(Damaged, match=key):
        store.make(Rows())


@pytest.mark.parametrize("reader", [Keep, Daftly])
def test_a_flipped_bit_in_a_table_is_found_before_it_is_used(
    store: Store, reader: type[Keep | Daftly]
) -> None:
    """B19: Parquet itself does not notice every one."""
    rows = store.make(Rows())
    path = rows.folder / "table.parquet"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(Damaged, match="checksum; delete the folder"):
        store.make(reader(), rows)
    with pytest.raises(Damaged, match="checksum"):
        rows.table()


def test_what_a_product_holds_besides_its_tables_is_looked_at_before_it_is_used(
    store: Store,
) -> None:
    """B19."""
    made = store.make(Own(), store.make(Rows()))
    path = made.file("inner/weights")
    assert (made.own, path.read_bytes()) == (("inner/weights",), b"hello")
    path.write_bytes(b"hullo")
    with pytest.raises(Damaged, match=r"weights: is not what was written, .*; delete the folder"):
        made.file("inner/weights")
    path.unlink()
    with pytest.raises(Damaged, match=r"weights: cannot be read \(No such file"):
        made.file("inner/weights")
    with pytest.raises(KeyError):
        made.file("another")


def test_a_newer_project_is_known_without_writing(tmp_path: Path) -> None:
    """B17."""
    (tmp_path / "project.json").write_text('{"format": "two"}')
    with pytest.raises(NewerFormat, match="two"):
        Store(tmp_path).check_format()


def test_what_failed_is_shown_where_it_is_missed(store: Store) -> None:
    """B72: the cell behind a failed step tells that step's reason."""
    rows = store.make(Rows())
    store.attempt(Keep(fault="crash"), rows)
    preview = Preview(store)
    after = preview.attempt(Daftly(), preview.attempt(Keep(fault="crash"), rows))
    assert isinstance(after, Open)
    assert (after.state, after.text) == ("failed", "keep: something of the user's is wrong")


def test_a_note_cut_off_while_written_leaves_nothing_in_the_product(store: Store) -> None:
    """B11: what a killed run left beside a file is taken by the next, whatever its process."""
    hidden = store.root / "products" / f".rows-{digest_of(recipe_of(Rows()))[:16]}"
    hidden.mkdir(parents=True)
    (hidden / ".manifest.json.part").write_text("{")
    made = store.make(Rows())
    assert sorted(path.name for path in made.folder.iterdir()) == [
        "dropped.parquet",
        "manifest.json",
        "table.parquet",
    ]


@needs_rights
def test_a_read_only_project_is_refused_before_any_work(tmp_path: Path) -> None:
    """B09."""
    tmp_path.chmod(0o500)
    with pytest.raises(DiskTrouble, match="writable"), Store(tmp_path / "work").writing():
        pass


def test_a_stage_learns_what_made_its_tables(store: Store) -> None:
    class Curious(Keep):
        def run(self, desk, table):  # type: ignore[no-untyped-def]
            told.extend(manifest["stage"] for manifest in desk.history)
            return super().run(desk, table)

    told: list[str] = []
    store.make(Curious(first="c"), store.make(Keep(), store.make(Rows())))
    assert len(told) == 2


def test_equal_rows_are_equal_bytes_whatever_their_order(tmp_path: Path) -> None:
    """D3."""
    files = []
    for name, order in (("one", ("a", "b", "c")), ("two", ("c", "a", "b"))):
        store = Store(tmp_path / name)
        with store.writing():
            made: Product = store.make(Rows(names=order))
        files.append((made.folder / "table.parquet").read_bytes())
    assert files[0] == files[1]


@pytest.mark.parametrize(
    ("names", "sizes"), [(("a", "b", "c"), [2, 1]), ((), [0])], ids=["rows", "none"]
)
def test_a_stage_may_read_a_table_piece_by_piece(
    store: Store, monkeypatch: pytest.MonkeyPatch, names: tuple[str, ...], sizes: list[int]
) -> None:
    monkeypatch.setattr(rows, "ROW_GROUP", 2)
    counted = store.make(Count(), store.make(Rows(names=names)))
    assert counted.manifest["notes"]["sizes"] == sizes
    assert counted.table()["image_id"].to_list() == list(names)
