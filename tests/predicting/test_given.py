"""Which pictures are meant: files, folders, lists, values."""

import io
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from affekt.errors import PictureError, UsageError
from affekt.predicting.folder import opened
from affekt.predicting.given import LONGEST_PATH, Given, files, listed, pictures
from affekt.predicting.work import Workers
from tests import nasty
from tests.predicting.conftest import Made


def reason(one: Given) -> str | None:
    """Give why a picture cannot be read, None if it can."""
    try:
        one.read()
    except PictureError as trouble:
        return trouble.reason
    return None


def test_files_come_in_the_order_of_naming_and_those_of_a_folder_by_name(tmp_path: Path) -> None:
    """S3"""
    (tmp_path / "b" / "inner").mkdir(parents=True)
    for name in ("b/2.png", "b/1.png", "b/inner/3.txt", "b/.hidden", "a.png"):
        (tmp_path / name).write_bytes(b"x")
    named = [tmp_path / one for one in ("b", "a.png", "none.png")]
    found = {os.path.relpath(one.name, tmp_path): reason(one) for one in files(named)}
    wanted = ["b/1.png", "b/2.png", "b/inner/3.txt", "a.png", "none.png"]
    assert list(found) == wanted
    assert list(found.values()) == [None] * 4 + ["unreadable"]


def test_odd_names_are_kept_and_nothing_outside_a_folder_is_read(tmp_path: Path) -> None:
    """B50"""
    root = nasty.folder(tmp_path / "odd")
    (root / os.fsdecode(b"\xff.png")).write_bytes(nasty.png())
    found = {Path(one.name).name: reason(one) for one in files([root])}
    assert set(nasty.NAMES) <= {name for name, why in found.items() if why is None}
    assert (found["link.png"], found["linked"]) == ("link", "link")
    assert found["\\udcff.png"] is None  # as where it is named itself


def test_what_is_named_itself_may_be_a_link_but_no_pipe(tmp_path: Path) -> None:
    (tmp_path / "one.png").write_bytes(b"x")
    (tmp_path / "link.png").symlink_to("one.png")
    (tmp_path / "ring.png").symlink_to("ring.png")
    os.mkfifo(tmp_path / "pipe.png")
    names = ("link.png", "ring.png", "pipe.png", "zero\0.png", "x" * 300)
    found = [reason(one) for one in files(tmp_path / name for name in names)]
    assert found == [None, "unreadable", "not-a-file", "unreadable", "unreadable"]


def test_what_is_told_of_a_picture_can_be_written(made: Made, tmp_path: Path) -> None:
    """B50: neither name nor detail breaks a file in UTF-8."""
    ring = tmp_path / os.fsdecode(b"\xff\x1b.png")
    ring.symlink_to(ring.name)
    with Workers(opened(made.folder), jobs=1) as workers:
        (answer,) = workers.answers(files([ring]))
    assert answer.reason == "unreadable"
    assert answer.name.encode().endswith(b"\\udcff\x1b.png")
    assert answer.detail
    assert answer.detail.encode()  # or it could not be written
    assert "\x1b" not in answer.detail


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        (b"", []),
        (b"a.png\n\nb c.png\r\n'd'.png", ["a.png", "b c.png", "'d'.png"]),
        (b"a\nb.png\0c.png\0", ["a\nb.png", "c.png"]),
        (b"a.png\r\0b.png\r\0", ["a.png\r", "b.png\r"]),
        ("für.png\n".encode(), ["für.png"]),
        (b"\xff.png\n", ["\udcff.png"]),
    ],
    ids=["empty", "lines", "zero bytes", "returns", "UTF-8", "no UTF-8"],
)
def test_a_list_is_one_path_a_line_or_ended_by_zero_bytes(text: bytes, paths: list[str]) -> None:
    """S3"""
    assert list(listed(io.BytesIO(text))) == paths


def test_a_list_is_read_as_it_comes() -> None:
    """S7: a list of any length takes no more memory."""
    line = b"x" * 99 + b"\n"
    file = io.BytesIO(line * 10_000)
    assert next(listed(file)) == "x" * 99
    assert file.tell() < 2**17


class Slowly(io.BytesIO):
    """A pipe whose writer hands over three bytes at a time."""

    def read1(self, size: int | None = -1, /) -> bytes:
        return super().read1(3)


def test_how_a_list_is_ended_is_known_by_its_first_end_however_late_it_comes() -> None:
    file = Slowly(b"long name.png\0other.png\0")
    assert list(listed(file)) == ["long name.png", "other.png"]


def test_a_list_without_line_ends_is_refused() -> None:
    with pytest.raises(UsageError, match="give one path a line"):
        list(listed(io.BytesIO(b"x" * (LONGEST_PATH * 2 + 1))))


@pytest.mark.parametrize(
    "one", ["a.png", b"x", Path("a.png"), Image.new("L", (1, 1)), np.zeros((2, 2, 3), np.uint8)],
    ids=["text", "bytes", "path", "picture", "array"],
)  # fmt: skip
def test_one_picture_is_no_list(one: object) -> None:
    """S5"""
    with pytest.raises(UsageError, match="put a single picture into a list"):
        list(pictures(one))  # type: ignore[arg-type]  # that is the mistake


def test_a_stack_of_arrays_is_a_list_of_them() -> None:
    stack = np.zeros((4, 2, 3, 3), np.uint8)
    assert [reason(one) for one in pictures(stack)] == [None] * 4


@pytest.mark.parametrize("shape", [(2, 3), (2, 3, 3), (2, 3, 4)])
def test_an_array_is_a_picture_of_its_size(shape: tuple[int, ...]) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, shape, np.uint8)
    (one,) = pictures([pixels[:, ::-1]])
    found = one.read()
    assert isinstance(found, Image.Image)
    np.testing.assert_array_equal(np.asarray(found), pixels[:, ::-1])


@pytest.mark.parametrize("shape", [(0, 3, 3), (3,), (2, 3, 2), (2, 3, 1), (1, 2, 3, 3)])
def test_an_array_of_another_shape_is_none(shape: tuple[int, ...]) -> None:
    (one,) = pictures([np.zeros(shape, np.uint8)])
    assert reason(one) == "not-a-picture"
