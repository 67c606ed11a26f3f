"""Damage of what rests in a project is found file by file, and its remedy heals."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import polars as pl
import pytest

from affekt import doctor
from affekt.journal.pages import Pages
from affekt.store import Product, Store
from tests.servers.pictures import Host, hosting
from tests.stages.online import Given, links, numbered, stage

ROOMS = ("products", "pages", "attempts", "pictures")
WORDS = "are what was written"


class Lying(NamedTuple):
    """A project in which links were fetched and decoded, and the server of them."""

    root: Path
    host: Host
    given: pl.DataFrame

    def build(self) -> Product:
        path = self.root.parent / "found.parquet"
        self.given.write_parquet(path)
        store = Store(self.root)
        with store.writing():
            return store.make(stage(), store.make(Given(path=str(path))))

    def one(self, pattern: str) -> Path:
        (found,) = self.root.glob(pattern)
        return found

    def findings(self) -> dict[str, list[doctor.Finding]]:
        found = doctor.examine(self.root, deep=True)
        return {room: [one for one in found if one.name == room] for room in ROOMS}

    def bad(self) -> list[doctor.Finding]:
        return [one for found in self.findings().values() for one in found if one.state == "bad"]


@pytest.fixture
def lying(tmp_path: Path) -> Iterator[Lying]:
    with hosting() as host:
        made = Lying(tmp_path / "work", host, links(host.base, *numbered(70)))
        made.build()
        pages = Pages(made.root / "journal" / "pages", {"source": "links"})
        pages.append("2", ({"source_id": "a"},))
        pages.append(None, ({"source_id": "b"},))
        yield made


def flip(path: Path, share: float) -> None:
    """Change one bit at some share of a file."""
    data = bytearray(path.read_bytes())
    data[int(len(data) * share)] ^= 1
    path.write_bytes(data)


def test_what_is_whole_is_counted(lying: Lying) -> None:
    found = lying.findings()
    assert [one.text for room in ROOMS for one in found[room]] == [
        f"{count} {WORDS}" for count in (2, 2, 70, 70)
    ]
    assert doctor.exit_code(doctor.examine(lying.root, deep=True)) == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("room", "pattern", "share"),
    [
        ("products", "products/clean-*/table.parquet", 0.3),
        ("products", "products/clean-*/dropped.parquet", 0.3),
        ("products", "products/collect-*/table.parquet", 0.9),
        ("pages", "journal/pages/*.jsonl", 0.7),
        ("attempts", "journal/fetched/*.parquet", 0.2),
        ("attempts", "journal/fetched/*.parquet", 0.999),
        ("pictures", "pictures/*.parquet", 0.5),
        ("pictures", "pictures/*.parquet", 0.999),
    ],
)
def test_one_bit_is_found_and_its_file_named(
    lying: Lying, room: str, pattern: str, share: float
) -> None:
    path = lying.one(pattern)
    flip(path, share)
    (bad,) = lying.bad()
    assert bad.name == room
    assert str(path) in bad.text
    assert bad.remedy
    assert doctor.exit_code(doctor.examine(lying.root, deep=True)) == 1


def test_every_damaged_file_is_named_and_nothing_is_changed(lying: Lying) -> None:
    paths = [lying.one("journal/pages/*.jsonl"), lying.one("pictures/*.parquet")]
    for path in paths:
        flip(path, 0.5)
    before = {path: path.read_bytes() for path in lying.root.rglob("*") if path.is_file()}
    assert all(str(path) in one.text for path, one in zip(paths, lying.bad(), strict=True))
    assert before == {path: path.read_bytes() for path in lying.root.rglob("*") if path.is_file()}


def test_a_picture_with_changed_bytes_is_told_by_its_name(lying: Lying) -> None:
    flip(lying.one("pictures/*.parquet"), 0.5)
    (bad,) = lying.bad()
    assert "1 of 70 pictures are not what was written" in bad.text


def test_a_shard_that_is_gone_is_missed(lying: Lying) -> None:
    lying.one("pictures/*.parquet").unlink()
    (bad,) = lying.bad()
    assert bad.text.endswith("the shard is missing")


def test_a_picture_removed_on_request_is_no_damage(lying: Lying) -> None:
    store = Store(lying.root)
    name = lying.one("pictures/*.parquet").stem
    store.shelf.empty(name, store.shelf.spots(name)["image_id"][:3])
    assert lying.bad() == []
    assert lying.findings()["pictures"][0].text == f"67 {WORDS}"


def test_a_page_torn_by_a_crash_is_no_damage(lying: Lying) -> None:
    path = lying.one("journal/pages/*.jsonl")
    path.write_bytes(path.read_bytes()[:-5])
    assert lying.bad() == []


@pytest.mark.slow
def test_what_the_remedy_says_goes_together_comes_back_whole(lying: Lying) -> None:
    """The pictures of the shard, and no others, are fetched again, and the product is the same."""
    before = lying.build()
    path = lying.one("pictures/*.parquet")
    flip(path, 0.5)
    (bad,) = lying.bad()
    named = bad.remedy.partition("together with ")[2].removesuffix(", and run again").split(", ")
    assert sorted(Path(name).parts[0] for name in named) == ["journal", "products"]
    path.unlink()
    for name in named:
        place = lying.root / name
        shutil.rmtree(place) if place.is_dir() else place.unlink()
    assert lying.build().address == before.address
    assert lying.bad() == []
    assert {lying.host.asked(one) for one in numbered(70)} == {2}
