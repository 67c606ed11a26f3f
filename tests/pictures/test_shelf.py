"""The shelf gives back what was put there, whole or not at all, and notices damage."""

import hashlib
import random
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest

from affekt.errors import Damaged
from affekt.pictures import shelf as room
from affekt.pictures.shelf import Shelf, Spot


def pictures(count: int, size: int = 20) -> dict[str, bytes]:
    """Give pieces of bytes under their names."""
    datas = [(number + 1).to_bytes(4, "big") * size for number in range(count)]
    return {hashlib.sha256(data).hexdigest(): data for data in datas}


def filled(root: Path, things: dict[str, bytes], name: str = "shard-1") -> Shelf:
    shelf = Shelf(root)
    with shelf.writer(name) as writer:
        for image_id, data in things.items():
            writer.add(image_id, data)
    return shelf


def test_every_picture_comes_back_by_its_place(tmp_path: Path) -> None:
    things = pictures(150)
    shelf = filled(tmp_path, things)
    read = {
        image_id: shelf.read(shard, group, row, image_id)
        for image_id, shard, group, row in shelf.spots("shard-1").iter_rows()
    }
    assert read == things


def test_a_scan_keeps_the_order_asked_for(tmp_path: Path) -> None:
    things = pictures(150)
    shelf = filled(tmp_path, things)
    spots = shelf.spots("shard-1").sample(fraction=1, shuffle=True, seed=1)
    assert list(shelf.scan(spots)) == [(name, things[name]) for name in spots["image_id"]]


def test_places_are_groups_of_64_in_order(tmp_path: Path) -> None:
    shelf = filled(tmp_path, pictures(130))
    spots = shelf.spots("shard-1")
    assert spots.row(0)[1:] == ("shard-1", 0, 0)
    assert spots.row(64)[1:] == ("shard-1", 1, 0)
    assert spots.row(129)[1:] == ("shard-1", 2, 1)


def test_the_image_column_rests_as_it_is(tmp_path: Path) -> None:
    filled(tmp_path, pictures(10))
    column = pq.ParquetFile(tmp_path / "shard-1.parquet").metadata.row_group(0).column(1)
    assert column.compression == "UNCOMPRESSED"
    assert not column.is_stats_set
    assert "PLAIN" in column.encodings
    assert not any("DICTIONARY" in word for word in column.encodings)


def test_a_group_is_closed_before_it_grows_too_big(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "GROUP_BYTES", 200)
    shelf = filled(tmp_path, pictures(6))  # 80 bytes each
    assert shelf.spots("shard-1")["row_group"].to_list() == [0, 0, 1, 1, 2, 2]


def test_the_same_picture_twice_lies_there_once(tmp_path: Path) -> None:
    shelf, ((name, data),) = Shelf(tmp_path), pictures(1).items()
    with shelf.writer("a") as writer:
        assert writer.add(name, data) == writer.add(name, data) == Spot("a", 0, 0)
    assert shelf.spots("a").height == 1


def test_a_shard_holds_a_thousand_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "PER_SHARD", 3)
    with pytest.raises(ValueError, match="full"):
        filled(tmp_path, pictures(4))


def test_a_wrong_name_for_bytes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="is not the SHA-256"):
        filled(tmp_path, {"0" * 64: b"x"})


def test_an_aborted_shard_leaves_nothing(tmp_path: Path) -> None:
    """B11, D2."""
    things = {**pictures(70), "0" * 64: b"a wrong name, behind a finished group"}
    with pytest.raises(ValueError, match="is not the SHA-256"):
        filled(tmp_path, things)
    assert list(tmp_path.iterdir()) == []


def test_a_shard_without_pictures_does_not_exist(tmp_path: Path) -> None:
    assert not filled(tmp_path, {}).has("shard-1")


def test_the_same_pictures_are_the_same_file(tmp_path: Path) -> None:
    for name in ("one", "two"):
        filled(tmp_path / name, pictures(100))
    one, two = ((tmp_path / name / "shard-1.parquet").read_bytes() for name in ("one", "two"))
    assert one == two


def test_a_draft_gets_its_name_once(tmp_path: Path) -> None:
    shelf = filled(tmp_path, pictures(3), "draft")
    shelf.rename("draft", "final")
    filled(tmp_path, pictures(3), "draft")
    shelf.rename("draft", "final")
    assert [path.name for path in tmp_path.iterdir()] == ["final.parquet"]
    assert shelf.spots("final")["shard"].unique().to_list() == ["final"]


def test_a_flipped_bit_is_noticed(tmp_path: Path) -> None:
    """B64 in the small."""
    things = pictures(3)
    shelf = filled(tmp_path, things)
    path = tmp_path / "shard-1.parquet"
    name, data = next(iter(things.items()))
    content = bytearray(path.read_bytes())
    content[content.index(data)] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(Damaged, match="is not the picture"):
        shelf.read("shard-1", 0, 0, name)


@pytest.mark.parametrize("content", [None, b"", b"PAR1 rubbish PAR1"])
def test_a_missing_or_broken_shard_is_a_sentence(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "a.parquet").write_bytes(content)
    with pytest.raises(Damaged, match="missing or broken"):
        Shelf(tmp_path).read("a", 0, 0, "0" * 64)


def test_a_place_that_is_not_there_is_damage(tmp_path: Path) -> None:
    shelf = filled(tmp_path, pictures(3))
    for group, row in ((0, 3), (1, 0)):
        with pytest.raises(Damaged):
            shelf.read("shard-1", group, row, "0" * 64)


@pytest.mark.parametrize("name", ["../a", "a/b", "", ".hidden", "/etc/passwd", "a\\b", "A"])
def test_a_name_never_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    """B57."""
    with pytest.raises(ValueError, match="no name of a shard"):
        Shelf(tmp_path).has(name)


def test_more_shards_than_may_be_open_can_be_read(tmp_path: Path) -> None:
    """B80: few files are open at a time."""
    things = pictures(40)
    shelf = Shelf(tmp_path)
    for number, (name, data) in enumerate(things.items()):
        with shelf.writer(f"shard-{number}") as writer:
            writer.add(name, data)
    spots = pl.concat([shelf.spots(f"shard-{number}") for number in range(40)])
    order = list(range(40))
    random.Random(1).shuffle(order)
    assert dict(shelf.scan(spots[order])) == things
    assert len(shelf._open) <= 8


def test_an_emptied_place_gives_no_bytes_and_all_others_stay_where_they_were(
    tmp_path: Path,
) -> None:
    things = pictures(150)
    shelf = filled(tmp_path, things)
    before = shelf.spots("shard-1")
    gone = before["image_id"][70]
    assert shelf.read("shard-1", 1, 6, gone) == things[gone]
    assert shelf.empty("shard-1", {gone, "0" * 64}) == 1
    assert shelf.spots("shard-1").equals(before.filter(pl.col("image_id") != gone))
    assert dict(shelf.scan(shelf.spots("shard-1"))) == {
        name: data for name, data in things.items() if name != gone
    }
    with pytest.raises(Damaged, match="was removed on request"):
        shelf.read("shard-1", 1, 6, gone)
    (file,) = tmp_path.iterdir()
    assert things[gone] not in file.read_bytes()
    assert gone.encode() not in file.read_bytes()
    assert shelf.empty("shard-1", {gone}) == 0


def test_a_shard_with_empty_places_is_replaced_by_a_whole_one_of_its_name(tmp_path: Path) -> None:
    things = pictures(3)
    shelf = filled(tmp_path, things)
    shelf.empty("shard-1", [next(iter(things))])
    filled(tmp_path, things, "draft-1")
    shelf.rename("draft-1", "shard-1")
    assert dict(shelf.scan(shelf.spots("shard-1"))) == things
    assert shelf.names() == ["shard-1"]
