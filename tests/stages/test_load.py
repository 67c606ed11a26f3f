"""Load: every named picture is a row or dropped with a reason, copies once, none seen twice."""

import hashlib
import io
from pathlib import Path

import polars as pl
import pytest
from PIL import Image

from affekt.errors import AffektError
from affekt.parts import Place
from affekt.pictures.decode import Decoders
from affekt.pictures.shelf import Shelf
from affekt.stage import Desk, Outcome, Progress
from affekt.stages.load import Load, _written
from affekt.store.rows import dropped_rows, in_polars
from affekt.tables import PICTURES
from tests.report.made import painted
from tests.stages.listed import Listed, png, write_list

Row = tuple[str, str, str, str]


class Room:
    """A copy of a data set, a project, and what the stage told while it worked."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.told: list[Progress] = []
        self.shelf = Shelf(root / "pictures")
        (root / "scratch").mkdir()

    def desk(self) -> Desk:
        return Desk(self.shelf, self.root, self.root / "scratch", watch=self.told.append)

    def stage(self, **settings: object) -> Load:
        dataset = Listed(root=Place(written=str(self.root)), **settings)
        return Load(dataset=dataset)

    def load(self, **settings: object) -> Outcome:
        return self.stage(**settings).run(self.desk())

    def lay(self, *rows: Row, files: dict[str, bytes] | None = None) -> None:
        for number, (name, *_) in enumerate(rows):
            (self.root / name).write_bytes((files or {}).get(name, png(number)))
        write_list(self.root, *rows)


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


def kept(outcome: Outcome) -> pl.DataFrame:
    return PICTURES.conform(in_polars(outcome.table), "load")


def dropped(outcome: Outcome) -> list[tuple[str | None, str, str]]:
    rows = dropped_rows(Load(dataset=Listed.example()), outcome.dropped)
    return sorted(rows.iter_rows(), key=str)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("in_memory", [True, False])
def test_a_picture_is_a_row_with_its_label_and_its_bytes_on_the_shelf(
    room: Room, in_memory: bool
) -> None:
    room.lay(("a.png", "awe", "series", "train"), ("b.png", "fear", "", ""))
    outcome = room.load(in_memory=in_memory)
    rows = {row["name"]: row for row in kept(outcome).to_dicts()}
    assert {name: row["emotion"] for name, row in rows.items()} == {"a.png": "awe", "b.png": "fear"}
    assert (rows["a.png"]["group_id"], rows["a.png"]["part"]) == ("series", "train")
    assert (rows["b.png"]["group_id"], rows["b.png"]["part"]) == (sha256(png(1)), None)
    assert [data for _, data in room.shelf.scan(kept(outcome).sort("name"))] == [png(0), png(1)]
    assert dropped(outcome) == []


def test_a_picture_that_cannot_be_used_is_dropped_by_name(room: Room) -> None:
    """B40: zero bytes, text, and a file that is not there."""
    room.lay(
        ("good.png", "awe", "", ""),
        ("empty.png", "awe", "", ""),
        ("text.png", "awe", "", ""),
        ("gone.png", "awe", "", ""),
        files={"empty.png": b"", "text.png": b"no picture at all"},
    )
    (room.root / "gone.png").unlink()
    outcome = room.load()
    assert kept(outcome)["name"].to_list() == ["good.png"]
    found = [
        (image_id, reason, detail.split(":")[0]) for image_id, reason, detail in dropped(outcome)
    ]
    assert sorted(found, key=str) == sorted(
        [
            (None, "missing", "gone.png"),
            (sha256(b""), "empty", "empty.png"),
            (sha256(b"no picture at all"), "not-a-picture", "text.png"),
        ],
        key=str,
    )


def test_a_folder_under_a_picture_name_is_unreadable(room: Room) -> None:
    room.lay(("a.png", "awe", "", ""))
    (room.root / "a.png").unlink()
    (room.root / "a.png").mkdir()
    ((_, reason, detail),) = dropped(room.load())
    assert (reason, detail.startswith("a.png: ")) == ("unreadable", True)


def test_a_file_over_the_limit_is_never_read(room: Room) -> None:
    room.lay(("a.png", "awe", "", ""))
    stage = room.stage()
    small = stage.model_copy(update={"limits": stage.limits.model_copy(update={"max_bytes": 9})})
    ((image_id, reason, _),) = dropped(small.run(room.desk()))
    assert (image_id, reason) == (None, "too-many-bytes")


def test_an_exact_copy_with_the_same_label_is_kept_once(room: Room) -> None:
    room.lay(("a.png", "awe", "", ""), ("b.png", "awe", "", ""), files={"b.png": png(0)})
    outcome = room.load()
    assert kept(outcome)["name"].to_list() == ["a.png"]
    assert dropped(outcome) == [(sha256(png(0)), "exact-copy", "b.png")]


def test_copies_with_different_labels_are_all_dropped(room: Room) -> None:
    room.lay(
        ("a.png", "awe", "", ""),
        ("b.png", "awe", "", ""),
        ("c.png", "fear", "", ""),
        files={"b.png": png(0), "c.png": png(0)},
    )
    outcome = room.load()
    assert kept(outcome).is_empty()
    assert dropped(outcome) == [
        (sha256(png(0)), "copies-disagree", name) for name in ("a.png", "b.png", "c.png")
    ]


def test_copies_in_different_shards_are_found(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("affekt.stages.load.PER_SHARD", 2)
    rows = [(f"{at}.png", "awe", "", "") for at in range(5)]
    room.lay(*rows, files={"4.png": png(0)})
    outcome = room.load()
    assert dropped(outcome) == [(sha256(png(0)), "exact-copy", "4.png")]
    assert [told.done for told in room.told] == [2, 4, 5]
    assert kept(outcome)["shard"].n_unique() == 2


def test_a_killed_load_goes_on_and_gives_the_same_rows(
    room: Room, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("affekt.stages.load.PER_SHARD", 2)
    room.lay(*[(f"{at}.png", "awe", "", "") for at in range(6)])
    (tmp_path / "other").mkdir()
    other = Room(tmp_path / "other")
    other.root = room.root
    whole = Desk(other.shelf, tmp_path, tmp_path / "other" / "scratch")
    expected = kept(other.stage().run(whole))

    def die(told: Progress) -> None:
        if told.done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        room.stage().run(Desk(room.shelf, room.root, room.root / "scratch", watch=die))
    (room.root / "0.png").write_bytes(b"looked at already, so never read again")
    assert kept(room.load()).equals(expected)


def test_the_same_pictures_lie_in_the_same_place_whenever_they_are_loaded(room: Room) -> None:
    room.lay(("a.png", "awe", "", ""), ("b.png", "fear", "", ""))
    first = kept(room.load())
    (room.root / "scratch" / "000000.parquet").unlink()
    (room.root / "a.png").touch()
    assert kept(room.load()).equals(first)


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (("a.png", "joy", "", ""), r"label 'joy'.*mikels8.*amusement"),
        (("a.png", "awe", "", "validation"), r"part 'validation'; train, test and validate"),
    ],
)
def test_a_foreign_label_or_part_stops_with_a_sentence(room: Room, row: Row, sentence: str) -> None:
    room.lay(row)
    with pytest.raises(AffektError, match=sentence):
        room.load()


def test_shares_need_one_value_an_emotion(room: Room) -> None:
    room.lay(("a.png", "awe", "", ""))
    with pytest.raises(AffektError, match="one an emotion is needed, 8"):
        room.load(shares=(0.5, 0.5))


def test_the_notes_tell_how_many_are_published_and_how_many_are_here(room: Room) -> None:
    room.lay(("a.png", "awe", "", ""))
    notes = room.load().notes
    assert (notes["published"], notes["named"], notes["title"]) == (7, 1, "Listed")
    assert notes["difference"] == "this copy names 1 pictures, 7 are published"


def test_an_empty_data_set_is_an_empty_table(room: Room) -> None:
    write_list(room.root)
    assert kept(room.load()).is_empty()


def test_a_changed_copy_is_another_address(room: Room) -> None:
    room.lay(("a.png", "awe", "", ""))
    before = room.stage().witness()
    (room.root / "a.png").write_bytes(png(5))
    assert room.stage().witness() != before


def test_a_picture_that_changes_while_it_is_loaded_stops_the_line(room: Room) -> None:
    """Looked at as one file and put on the shelf as another, it would be called by a wrong name."""
    room.lay(("a.png", "awe", "", ""))
    entry = next(Listed(root=Place(written=str(room.root))).load())
    with pytest.raises(AffektError, match=r"'a\.png' changed while it was read; run again"):
        _written(room.desk(), {sha256(b"what was looked at"): entry})


def test_ratings_go_on_with_the_names_of_their_scales(room: Room) -> None:
    room.lay(("a.png", "awe", "", ""))
    (rated,) = kept(room.load(ratings={"valence": 4.5, "arousal": 2.0}))["ratings"].to_list()
    assert rated == [{"scale": "valence", "mean": 4.5}, {"scale": "arousal", "mean": 2.0}]


def test_a_picture_that_nobody_rated_has_no_ratings(room: Room) -> None:
    room.lay(("a.png", "awe", "", ""))
    assert kept(room.load())["ratings"].to_list() == [None]


def test_a_rating_that_is_no_number_is_told(room: Room) -> None:
    room.lay(("a.png", "awe", "", ""))
    with pytest.raises(AffektError, match=r"'a\.png' has the ratings .* finite numbers"):
        room.load(ratings={"valence": float("nan")})


def test_both_hashes_are_kept_and_a_flat_picture_has_none(room: Room) -> None:
    """K16: what tells a near copy of a training picture."""
    out = io.BytesIO()
    Image.new("RGB", (60, 60), "grey").save(out, "PNG")
    flat = out.getvalue()
    rows = [(name, "awe", "", "") for name in ("painted.png", "flat.png")]
    room.lay(*rows, files={"painted.png": painted("spots"), "flat.png": flat})
    found = {row["name"]: row for row in kept(room.load()).to_dicts()}
    with Decoders(workers=1) as decoders:
        facts = decoders.facts(painted("spots"))
    assert (found["painted.png"]["phash"], found["painted.png"]["dhash"]) == facts[-2:]
    assert (found["flat.png"]["phash"], found["flat.png"]["dhash"]) == (None, None)


def test_sources_are_counted_by_emotion_and_a_copy_once(room: Room) -> None:
    """G22."""
    rows = [(f"{one}.png", "awe" if one < "d" else "fear", "", "") for one in "abcd"]
    room.lay(*rows, files={"b.png": png(0)})
    assert room.load(source="wiki").notes["sources"] == [
        {"source": "wiki", "emotion": "awe", "pictures": 2},
        {"source": "wiki", "emotion": "fear", "pictures": 1},
    ]


def test_a_data_set_that_does_not_say_where_pictures_are_from_has_no_sources(room: Room) -> None:
    """G22."""
    room.lay(("a.png", "awe", "", ""))
    assert "sources" not in room.load().notes
