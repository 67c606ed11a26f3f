"""The archive of plain pictures, and every way to spoil it."""

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from affekt.datasets.release import shape
from affekt.datasets.release.archive import EARLIEST, archived, members
from affekt.datasets.release.check import LIMITS, findings
from affekt.pictures.decode import Decoders
from tests.datasets.published import Original, Project, jpeg, painted, png


def plain(number: int) -> bytes:
    file = io.BytesIO()
    painted(number).save(file, "JPEG")
    return file.getvalue()


def name_of(data: bytes) -> str:
    return f"{hashlib.sha256(data).hexdigest()}.jpg"


PICTURES = [(name_of(data), data) for data in sorted((plain(1), plain(2)), key=name_of)]
IDS = [name[:64] for name, _ in PICTURES]


def test_a_release_can_hold_its_pictures_as_plain_files(tmp_path: Path) -> None:
    """R10, R12: the same bytes, stored, by id, without times; and the check reads them."""
    originals = [
        Original(png(1)),
        Original(jpeg(2), part="test"),
        Original(jpeg(3), licence=None, url="https://example.org/3.jpg"),
    ]
    folder = Project(tmp_path, originals).release(images_zip=True).files
    assert folder is not None
    with zipfile.ZipFile(folder / shape.ARCHIVE) as file:
        entries = file.infolist()
        found = {entry.filename: file.read(entry) for entry in entries}
    assert list(found) == sorted(found)
    assert len(found) == 2
    for name, data in found.items():
        assert Path(name).stem == hashlib.sha256(data).hexdigest()
    assert {(entry.compress_type, entry.date_time) for entry in entries} == {(0, EARLIEST)}
    with Decoders(1, LIMITS) as decoders:
        assert findings(folder, decoders) == []
        with zipfile.ZipFile(folder / shape.ARCHIVE, "a") as file:
            file.writestr("images/run.py", "print()")
        codes = {one.code for one in findings(folder, decoders)}
    assert codes == {"changed", "archive"}


def test_the_same_pictures_are_the_same_archive(tmp_path: Path) -> None:
    """R12."""
    for name in ("a.zip", "b.zip"):
        archived(tmp_path / name, PICTURES)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    assert list(members(tmp_path / "a.zip", IDS)) == []


def put(name: str, data: bytes, **changes: object) -> Callable[[zipfile.ZipFile], None]:
    """Give what adds a member with something about it changed."""

    def spoil(file: zipfile.ZipFile) -> None:
        entry = zipfile.ZipInfo(name, EARLIEST)
        entry.external_attr = 0o100644 << 16
        for key, value in changes.items():
            setattr(entry, key, value)
        file.writestr(entry, data)

    return spoil


FIRST, BYTES = PICTURES[0]
MODE = 0o120777 << 16  # a link


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (put("images/../up.jpg", BYTES), "archive"),
        (put("/etc/passwd", BYTES), "archive"),
        (put(f"images/{'0' * 64}.jpg", BYTES), "archive"),
        (put(f"images/{FIRST}", BYTES, external_attr=MODE), "archive"),
        (put(f"images/{FIRST}", BYTES, date_time=(2026, 1, 1, 0, 0, 0)), "archive"),
        (put(f"images/{FIRST}", bytes(300_000), compress_type=8), "archive"),
        (put(f"images/{FIRST}", plain(3)), "wrong-id"),
        (put(f"images/{FIRST[:64]}.png", BYTES), "file-names"),
    ],
)
def test_a_member_that_is_no_picture_of_the_release_is_found(
    spoil: Callable[[zipfile.ZipFile], None], code: str, tmp_path: Path
) -> None:
    """B66, R70: a way out, a link, a bomb, other bytes; nothing is ever written."""
    path = tmp_path / "images.zip"
    with zipfile.ZipFile(path, "w") as file:
        spoil(file)
    assert code in {one.code for one in members(path, [FIRST[:64]])}
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name_and_a_missing_one_are_found(tmp_path: Path) -> None:
    """B66."""
    path = tmp_path / "images.zip"
    archived(path, [PICTURES[0], PICTURES[0]])
    texts = [one.text for one in members(path, IDS)]
    assert len(texts) == 2
    assert "stands twice" in texts[0]
    assert "not here" in texts[1]


def damaged() -> Iterator[bytes]:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("images/x", b"x" * 100)
    yield from (b"", b"PK", file.getvalue()[:80])


@pytest.mark.parametrize("data", list(damaged()))
def test_what_is_no_archive_is_told(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "images.zip"
    path.write_bytes(data)
    assert [one.code for one in members(path, IDS)] == ["unreadable"]


def test_a_comment_is_found(tmp_path: Path) -> None:
    """R30."""
    path = tmp_path / "images.zip"
    archived(path, PICTURES)
    with zipfile.ZipFile(path, "a") as file:
        file.comment = b"taken by Ann"
    assert [one.code for one in members(path, IDS)] == ["metadata"]
