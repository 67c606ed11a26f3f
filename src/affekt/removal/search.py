"""Looks through a project for everything that is known of what was removed on request."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import polars as pl

from affekt.errors import UsageError
from affekt.forgotten import Entry, Forgotten
from affekt.journal.fetched import Attempts
from affekt.journal.pages import Pages, every
from affekt.parts import canonical
from affekt.sources import Source
from affekt.store import Product, Store

PICTURE = ["source", "source_id"]
BYTES = ("image_id", "content")
SIGHTS = (*PICTURE, "owner", "owner_id", *BYTES, "reason")
TRACES = (*SIGHTS, "original_id", "group_id")  # what tells that a table is about it
LINKS = ("url", "page_url", "final_url")
WORDS = ("source_id", "title", "owner", "owner_id", "owner_url", *LINKS, *BYTES)
DIGITS = 6  # of an image, at least


class Found(NamedTuple):
    """What is known of it.

    Attributes:
        pictures: Source and name there.
        images: SHA-256 of bytes that are of these pictures alone.
        shared: SHA-256 of bytes that are another picture's too, and stay.
        words: Names, titles, owners, links and hashes, by which it can be told.
    """

    pictures: frozenset[tuple[str, str]]
    images: frozenset[str]
    shared: frozenset[str]
    words: frozenset[str]

    def entries(self) -> list[Entry]:
        """Give the pictures and images as they stand on the list."""
        named = [Entry("picture", f"{source}:{name}") for source, name in sorted(self.pictures)]
        return named + [Entry("image", one) for one in sorted(self.images)]


class Search:
    """Looks through the products, the pages and the attempts of one project.

    Args:
        store: Its products.
        sources: The sources of the plan by their names in the tables.
    """

    def __init__(self, store: Store, sources: Mapping[str, Source]) -> None:
        self.store = store
        self.attempts = Attempts(store.root / "journal" / "fetched", store.files)
        self._sources = sources

    def found(self, told: Forgotten) -> Found:
        """Give all that is known of what is on a list."""
        pictures = {named for named, _ in self._hits(told)}
        pairs = [pl.DataFrame(schema=dict.fromkeys((*PICTURE, "image"), pl.String))]
        for rows in self._frames(SIGHTS):
            pictures |= set(rows.filter(_is_meant(rows, told)).select(PICTURE).iter_rows())
            named = [name for name in BYTES if name in rows.columns]
            pairs += [rows.select(*PICTURE, image=one).drop_nulls().unique() for one in named]
        images, shared = _images(pl.concat(pairs).unique(), pictures)
        found = Found(frozenset(pictures), images, shared, frozenset())
        return found._replace(words=frozenset(self._words(told | found.entries())))

    def pages(self) -> Iterator[tuple[Pages, list[str]]]:
        """Give the answers to every query, and the names that their source may have in tables."""
        for pages in every(self.store.root / "journal" / "pages", self.store.files):
            yield pages, self._labels(pages.asked["asked"]["source"])

    def image(self, digits: str) -> str:
        """Give the one image whose SHA-256 begins with these digits.

        Raises:
            UsageError: There is none, or there are several.
        """
        if len(digits) == 64:
            return digits
        known: set[str] = set()
        for rows in self._frames(SIGHTS):
            for name in [name for name in BYTES if name in rows.columns]:
                known |= set(rows.filter(pl.col(name).str.starts_with(digits))[name])
        for name in self.store.shelf.names():
            ids = self.store.shelf.spots(name)["image_id"]
            known |= set(ids.filter(ids.str.starts_with(digits)))
        if len(digits) < DIGITS or len(known) != 1:
            raise UsageError(
                f"the image {digits!r} fits {len(known)} of this project; give {DIGITS} or more "
                "digits of one, all 64 of one that is not here"
            )
        return known.pop()

    def traces(self, product: Product, told: Forgotten) -> bool:
        """Tell whether a product has a row about something on a list."""
        return any(told.among(rows).any() for rows in _tables(product, TRACES))

    def _frames(self, columns: tuple[str, ...]) -> Iterator[pl.DataFrame]:
        """Give some columns of every table that tells of pictures at their sources."""
        for product in self.store.standing():
            for rows in _tables(product, columns):
                if set(PICTURE) <= set(rows.columns):
                    yield rows
        yield from self.attempts.each([*PICTURE, *BYTES, "reason", "url", "final_url"])

    def _words(self, told: Forgotten) -> set[str]:
        words = {word for _, hit in self._hits(told) for word in _told(hit)}
        for rows in self._frames(WORDS):
            for row in rows.filter(told.among(rows)).iter_rows(named=True):
                words |= _told(row)
        return words

    def _hits(self, told: Forgotten) -> Iterator[tuple[tuple[str, str], Mapping[str, Any]]]:
        """Give source, name and hit of everything in the pages that is on a list."""
        for pages, labels in self.pages():
            for page in pages.stored():
                refused = ({"source_id": name} for name, _, _ in page.refused)
                for hit in (*page.hits, *refused):
                    for label in names_of(hit, labels):
                        if told.has_hit(label, hit):
                            yield (label, str(hit["source_id"])), hit

    def _labels(self, asked: Mapping[str, Any]) -> list[str]:
        """Give the names of a source; of one that is no longer in the plan, those of its kind."""
        known = {label: one.identity() for label, one in self._sources.items()}
        exact = [label for label, one in known.items() if canonical(one) == canonical(asked)]
        kind = str(asked["kind"])
        if not exact and "base" in asked:  # sources of one service share a name
            exact = [
                label
                for label, one in known.items()
                if (one["kind"], one.get("base")) == (kind, asked["base"])
            ]
        return exact or [label for label, one in known.items() if one["kind"] == kind] or [kind]


def names_of(hit: Mapping[str, Any], labels: list[str]) -> list[str]:
    """Give the names in tables that the source of a hit may have."""
    return [str(hit["source"])] if hit.get("source") else labels


def _tables(product: Product, columns: tuple[str, ...]) -> Iterator[pl.DataFrame]:
    for name in ("table", "dropped"):
        path = product.whole(name)
        there = pl.read_parquet_schema(path)
        wanted = [one for one in columns if one in there]
        if wanted:
            yield pl.read_parquet(path, columns=wanted)


def _is_meant(rows: pl.DataFrame, told: Forgotten) -> pl.Series:
    """Tell whose rows are on the list, or were kept out because their bytes are."""
    meant = told.among(rows)
    if "reason" in rows.columns and told:
        meant |= (rows["reason"] == "forgotten").fill_null(False)
    return meant


def _images(
    pairs: pl.DataFrame, pictures: set[tuple[str, str]]
) -> tuple[frozenset[str], frozenset[str]]:
    """Give the bytes of these pictures: those of no other, and those shared with others."""
    named = pl.DataFrame(sorted(pictures), schema=dict.fromkeys(PICTURE, pl.String), orient="row")
    mine = set(pairs.join(named, on=PICTURE, how="semi")["image"])
    others = set(pairs.join(named, on=PICTURE, how="anti")["image"])
    return frozenset(mine - others), frozenset(mine & others)


def _told(row: Mapping[str, Any]) -> set[str]:
    return {row[name] for name in WORDS if isinstance(row.get(name), str) and row[name]}
