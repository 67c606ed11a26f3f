"""Files of equal bytes: all of them, no others, and as little read as possible."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from affekt.errors import UsageError
from affekt.pictures import equal
from affekt.pictures.equal import equal_files

LONG = bytes(equal.BEGINNING)


def write(root: Path, **files: bytes) -> Path:
    for name, data in files.items():
        path = root / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return root


def groups(root: Path) -> list[list[str]]:
    """Give the groups, names below the root."""
    return [[os.path.relpath(name, root) for name in one] for one in equal_files(root).groups]


def test_equal_bytes_are_a_group_wherever_they_lie(tmp_path: Path) -> None:
    write(tmp_path, b=b"same", a__x=b"same", a__y=b"else", c=b"other", d=b"else")
    assert groups(tmp_path) == [["a/x", "b"], ["a/y", "d"]]


def test_files_that_begin_alike_are_read_whole(tmp_path: Path) -> None:
    write(tmp_path, a=LONG + b"1", b=LONG + b"2", c=LONG + b"2", d=LONG)
    assert groups(tmp_path) == [["b", "c"]]


def test_a_file_as_long_as_the_beginning_is_whole(tmp_path: Path) -> None:
    write(tmp_path, a=LONG, b=LONG, c=LONG[:-1] + b"1")
    assert groups(tmp_path) == [["a", "b"]]


def test_a_file_alone_in_its_size_is_never_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    look = equal._beginning

    def noted(path: str) -> bytes:
        opened.append(path)
        return look(path)

    monkeypatch.setattr(equal, "_beginning", noted)
    write(tmp_path, a=b"1", b=b"22", c=b"33")
    assert groups(tmp_path) == []
    assert sorted(Path(path).name for path in opened) == ["b", "c"]


def test_empty_hidden_and_linked_files_are_left_out(tmp_path: Path) -> None:
    """B50."""
    write(tmp_path, a=b"", b=b"", c=b"same")
    write(tmp_path / ".hidden", d=b"same")
    (tmp_path / ".e").write_bytes(b"same")
    (tmp_path / "link").symlink_to("c")
    (tmp_path / "up").symlink_to(tmp_path, target_is_directory=True)
    assert groups(tmp_path) == []


def test_hard_links_are_equal_files(tmp_path: Path) -> None:
    write(tmp_path, a=b"same")
    (tmp_path / "b").hardlink_to(tmp_path / "a")
    assert groups(tmp_path) == [["a", "b"]]


def test_what_vanishes_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """B50: between the look at sizes and the look into files one is removed, another is not."""
    write(tmp_path, a=b"same", b=b"same", c=b"same")
    look = equal._beginning

    def vanishing(path: str) -> bytes:
        (tmp_path / "b").unlink(missing_ok=True)
        return look(path)

    monkeypatch.setattr(equal, "_beginning", vanishing)
    found = equal_files(tmp_path)
    assert found.unreadable == [str(tmp_path / "b")]
    assert groups(tmp_path) == [["a", "c"]]


def test_a_folder_that_cannot_be_listed_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, a=b"same", locked__b=b"same", c=b"same")
    scan = os.scandir

    def refusing(path: str) -> object:
        if path.endswith("locked"):
            raise PermissionError(13, "Permission denied", path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", refusing)
    found = equal_files(tmp_path)
    assert found.unreadable == [str(tmp_path / "locked")]
    assert len(found.groups) == 1


def test_a_folder_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no folder; name one"):
        equal_files(tmp_path / "nothing")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(files=st.dictionaries(st.sampled_from("abcdefghij"), st.binary(min_size=1, max_size=2)))
def test_groups_are_those_of_all_pairs(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes]
) -> None:
    root = write(tmp_path_factory.mktemp("files"), **files)
    same = {name: sorted(one for one in files if files[one] == files[name]) for name in files}
    wanted = sorted({tuple(group) for group in same.values() if len(group) > 1})
    assert groups(root) == [list(group) for group in wanted]
