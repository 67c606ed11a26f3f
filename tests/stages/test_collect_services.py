"""Two searches of one service: in the tags and in the text of Flickr."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import polars as pl
import pytest

from affekt.fetch.manners import Manners
from affekt.forgotten import Entry, Forgotten
from affekt.removal.search import Search
from affekt.sources import Source, labelled
from affekt.sources.flickr import Flickr
from affekt.stages.clean import Clean
from affekt.stages.collect import Collect
from affekt.store import Product, Store
from affekt.taxonomy import Emotion, Taxonomy
from tests.servers import pictures
from tests.servers.flickr import Host, with_key
from tests.servers.pictures import Host as Files
from tests.sources.flickr_asked import source_at

TWO = Taxonomy(name="two", emotions=(Emotion(name="fear"), Emotion(name="awe")))
MANNERS = Manners(contact="test@example.org", allowed_networks=("127.0.0.0/8",))


class World(NamedTuple):
    """A Flickr and the host of its files."""

    flickr: Host
    files: Files


@pytest.fixture
def world() -> Iterator[World]:
    """A Flickr of sixty photographs an emotion, two of them found for both."""
    with pictures.hosting() as files:
        flickr = Host(60, pictures=files.base)
        with flickr.server, with_key():
            yield World(flickr, files)


def cleaned(store: Store, *sources: Source) -> Product:
    found = store.make(Collect(sources=sources, taxonomy=TWO, fetch=MANNERS))
    stage = Clean(sources=sources, taxonomy=TWO, fetch=MANNERS, min_side_px=32)
    return store.make(stage, found)


@pytest.mark.slow
def test_what_both_find_is_one_picture_fetched_once(tmp_path: Path, world: World) -> None:
    tags, text = source_at(world.flickr), source_at(world.flickr, field="text")
    alone = cleaned(Store(tmp_path / "alone"), tags)
    world.files.server.asked.clear()
    both = cleaned(Store(tmp_path / "both"), tags, text)
    assert set(both.table()["source"]) == {"flickr"}
    assert set(world.files.server.asked.values()) == {1}
    assert both.manifest["reasons"] == alone.manifest["reasons"]
    assert both.manifest["reasons"]["two-queries"] > 0
    columns = ["source", "source_id", "query", "image_id"]
    assert both.table().select(columns).equals(alone.table().select(columns))


def test_what_is_removed_goes_from_the_answers_of_both(tmp_path: Path, world: World) -> None:
    sources = source_at(world.flickr), source_at(world.flickr, field="text")
    store = Store(tmp_path)
    found = store.make(Collect(sources=sources, taxonomy=TWO, fetch=MANNERS))
    name = found.table().filter(pl.col("emotion") == "awe")["source_id"][0]
    search = Search(store, labelled((*sources, Flickr(base="http://127.0.0.1:1/"))))
    told = Forgotten([Entry("picture", f"flickr:{name}")])
    assert search.found(told).pictures == {("flickr", name)}
    assert {tuple(named) for _, named in search.pages()} == {("flickr",)}
