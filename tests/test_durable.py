"""A file is written whole or not at all, and is on the disk when the block ends."""

import contextlib
import os
from pathlib import Path

import pytest

from affekt import durable


def test_a_file_is_replaced_when_the_block_ends_and_not_before(tmp_path: Path) -> None:
    path = tmp_path / "one.txt"
    path.write_text("old")
    with durable.replaced(path) as beside:
        beside.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_block_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "one.txt"
    path.write_text("old")
    with contextlib.suppress(ZeroDivisionError), durable.replaced(path) as beside:
        beside.write_text("half")
        raise ZeroDivisionError
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_killed_run_left_beside_is_not_appended_to(tmp_path: Path) -> None:
    path = tmp_path / "one.txt"
    (tmp_path / ".one.txt.part").write_text("left by a killed run")
    with durable.replaced(path) as beside, beside.open("a") as file:
        file.write("new")
    assert path.read_text() == "new"


def test_content_and_name_are_forced_to_the_disk_in_that_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D1."""
    told: list[str] = []
    force = os.fsync

    def spied(handle: int) -> None:
        told.append(Path(f"/proc/self/fd/{handle}").readlink().name)
        force(handle)

    monkeypatch.setattr(os, "fsync", spied)
    with durable.replaced(tmp_path / "one.txt") as beside:
        beside.write_text("new")
    assert told == [".one.txt.part", tmp_path.name]


def test_what_is_not_there_cannot_be_settled(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        durable.settle(tmp_path / "nothing")


def test_a_new_folder_is_whole_or_absent(tmp_path: Path) -> None:
    (tmp_path / ".new.part").mkdir()
    (tmp_path / ".new.part" / "left by a kill").touch()
    with (
        contextlib.suppress(ZeroDivisionError),
        durable.new_folder(tmp_path / "new") as hidden,
    ):
        (hidden / "file").write_text(str(1 / 0))
    assert list(tmp_path.iterdir()) == []
    with durable.new_folder(tmp_path / "new") as hidden:
        (hidden / "inner").mkdir()
        (hidden / "inner" / "file").write_text("whole")
        assert not (tmp_path / "new").exists()
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["file", "inner", "new"]
