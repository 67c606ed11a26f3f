"""The list of what was removed on request: what it says, and how it is written."""

from pathlib import Path

import polars as pl
import pytest

from affekt.errors import UsageError
from affekt.forgotten import (
    COLUMNS,
    Entry,
    Forgotten,
    Withdrawal,
    add,
    hidden,
    read,
    withdrawals,
)

PICTURE = Entry("picture", "flickr:1")
OWNER = Entry("owner", "flickr:ann")
IMAGE = Entry("image", "ab" * 32)


def listed(folder: Path, text: str) -> Path:
    path = folder / "forgotten.csv"
    path.write_text(text)
    return path


def test_what_is_written_is_known_and_not_to_be_read(tmp_path: Path) -> None:
    path = tmp_path / "forgotten.csv"
    assert add(path, [PICTURE, OWNER, IMAGE], "2026-01-02", "asked, by mail") == 3
    told = read(path)
    assert [told.has(*one) for one in (PICTURE, OWNER, IMAGE)] == [True] * 3
    assert not told.has("picture", "flickr:2")
    assert not told.has("owner", "flickr:1")
    text = path.read_text()
    assert text.startswith(",".join(COLUMNS) + "\n")
    assert "flickr" not in text
    assert "abab" not in text
    assert text.count('2026-01-02,"asked, by mail"') == 3


def test_what_is_on_the_list_is_not_added_again_and_the_rest_stays_to_the_byte(
    tmp_path: Path,
) -> None:
    before = f"why,value,kind\nme,{PICTURE.value},picture"
    path = listed(tmp_path, before)
    assert add(path, [PICTURE], "2026-01-02", "x") == 0
    assert path.read_text() == before
    assert add(path, [PICTURE, OWNER, OWNER], "2026-01-02", "=x") == 1
    assert path.read_text() == f"{before}\n'=x,{hidden(OWNER.value)},owner\n"
    assert add(path, [OWNER], "2026-01-03", "y") == 0


def test_no_list_says_nothing(tmp_path: Path) -> None:
    for path in (None, tmp_path / "none.csv", listed(tmp_path, "")):
        assert not read(path)
        assert read(path).digest() == ""


def test_the_digest_tells_entries_apart_and_nothing_else(tmp_path: Path) -> None:
    one = Forgotten([PICTURE, OWNER])
    assert one.digest() == Forgotten([OWNER, PICTURE, PICTURE]).digest()
    assert one.digest() != Forgotten([OWNER]).digest()
    assert "flickr" not in repr(one)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("kind,value\npictur,flickr:1\n", "row 1: kind is 'pictur'"),
        ("kind,value\npicture,1\n", "a source, a colon"),
        ("kind,value\nimage,xyz\n", "64 digits"),
        ("kind,value\nowner,sha256:1\n", "behind 'sha256:' 64 digits"),
        ("a,b\n1,2\n", "has the columns"),
        ("kind,value\npicture\n", "is no CSV"),
    ],
)
def test_a_line_that_cannot_be_understood_is_a_sentence(
    tmp_path: Path, text: str, word: str
) -> None:
    with pytest.raises(UsageError, match=word):
        read(listed(tmp_path, text))


def test_rows_are_recognised_by_whatever_they_tell() -> None:
    told = Forgotten([PICTURE, OWNER.hidden(), IMAGE.hidden()])
    found = pl.DataFrame(
        {
            "source": ["flickr", "folder", "flickr", "flickr"],
            "source_id": ["1", "1", "2", "3"],
            "owner": [None, "ann", None, "bob"],
            "owner_id": [None, None, "ann", None],
        }
    )
    assert told.among(found).to_list() == [True, False, True, False]
    copies = pl.DataFrame({"image_id": ["00" * 32, None], "group_id": [IMAGE.value, "11" * 32]})
    assert told.among(copies).to_list() == [True, False]
    assert Forgotten().among(found).to_list() == [False] * 4
    assert told.among(found.clear()).to_list() == []


def test_hits_are_recognised_by_name_and_owner() -> None:
    told = Forgotten([PICTURE.hidden(), OWNER])
    assert told.has_hit("flickr", {"source_id": "1"})
    assert told.has_hit("flickr", {"source_id": "2", "owner": None, "owner_id": "ann"})
    assert not told.has_hit("flickr", {"source_id": "2", "owner": "bob"})
    assert not told.has_hit("folder", {"source_id": "1", "owner": "ann"})


PHASH = "00ff00ff00ff00ff"
WITHDRAWN = Entry("withdrawn", f"{'cd' * 32}/{PHASH}")


def test_what_was_withdrawn_is_kept_out_by_its_bytes_and_its_like(tmp_path: Path) -> None:
    """R33, B68: the list names hash, perceptual hash, day and class of the reason, no picture."""
    path = tmp_path / "forgotten.csv"
    assert add(path, [WITHDRAWN, PICTURE], "2026-01-02", "owner") == 2
    told = read(path)
    assert told.has("image", "cd" * 32)
    assert told.is_near(int(PHASH, 16))
    assert told.is_near(int(PHASH, 16) ^ 0b11111111)
    assert not told.is_near(int(PHASH, 16) ^ 0b111111111)
    assert not told.is_near(None)
    assert withdrawals(path) == [Withdrawal("cd" * 32, PHASH, "2026-01-02", "owner")]
    assert f"withdrawn,{WITHDRAWN.value},2026-01-02,owner" in path.read_text()
    assert add(path, [WITHDRAWN], "2026-01-03", "owner") == 0


def test_near_copies_are_told_of_many_at_once() -> None:
    hashes = pl.Series([int(PHASH, 16), int(PHASH, 16) ^ 1, 0, None, 2**64 - 1], dtype=pl.UInt64)
    told = Forgotten([WITHDRAWN, Entry("withdrawn", "ef" * 32)])
    assert told.near(hashes).to_list() == [True, True, False, False, False]
    assert told.near(hashes).to_list() == [told.is_near(one) for one in hashes]
    assert not Forgotten([PICTURE]).near(hashes).any()


def test_requests_and_withdrawals_can_be_told_apart() -> None:
    told = Forgotten([WITHDRAWN, PICTURE])
    assert told.requests().entries == {PICTURE}
    assert told.withdrawn().entries == {WITHDRAWN}
    assert len({told.digest(), told.requests().digest(), told.withdrawn().digest()}) == 3
    assert Forgotten([PICTURE]).withdrawn().digest() == ""


@pytest.mark.parametrize("value", ["cd" * 31, f"{'cd' * 32}/{PHASH}0", f"{'CD' * 32}/{PHASH}", "x"])
def test_a_withdrawal_that_is_none_is_a_sentence(tmp_path: Path, value: str) -> None:
    with pytest.raises(UsageError, match="a SHA-256, a stroke"):
        read(listed(tmp_path, f"kind,value\nwithdrawn,{value}\n"))
