"""Removes what was asked for, in an order in which an interruption can be taken up again.

The list comes first, because it alone is needed to go on. The pages come last: they know which
pictures are an owner's.
"""

import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from affekt import durable
from affekt.errors import UsageError
from affekt.forgotten import Entry, Forgotten, add, read, trouble_with
from affekt.parts import did_you_mean
from affekt.plan import Plan
from affekt.plan.shapes import BUILD
from affekt.removal.releases import Holding, holding, originals
from affekt.removal.search import TRACES, Found, Search, names_of
from affekt.sources import labelled
from affekt.store import Product, Store

MADE = ("report", "statistics")  # folders that are made anew by a command
SHORTEST = 4  # letters of a word by which a line of the log is told
BUILT = frozenset(stage.kind() for stage in BUILD.values())


@dataclass(frozen=True)
class Removal:
    """What was removed, or would be.

    Attributes:
        list: The file that keeps it out from now on.
        added: New lines on it.
        pictures: Pictures at their sources that are meant.
        images: Different bytes of theirs.
        shared: Bytes that are another picture's too, and stay.
        hits: Entries taken out of the answers of sources.
        attempts: Rows taken out of the journal of fetched pictures.
        places: Pictures taken from the shelf.
        questions: Questions of the crowd that no longer say which picture they are about.
        products: Products removed; the next build makes them anew.
        folders: Other folders removed.
        releases: Releases that contain it, which are never changed.
        advice: What is left to do, in sentences.
    """

    list: Path
    added: int = 0
    pictures: int = 0
    images: int = 0
    shared: int = 0
    hits: int = 0
    attempts: int = 0
    places: int = 0
    questions: int = 0
    products: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    releases: tuple[str, ...] = ()
    advice: tuple[str, ...] = field(default=())


def forget(
    plan: Plan, store: Store, wanted: Iterable[Entry], *, why: str = "", dry_run: bool = False
) -> Removal:
    """Remove what is wanted and all that is on the list already; ``dry_run`` only tells.

    Raises:
        UsageError: The plan names no list, something wanted cannot be, or there is no reason.
    """
    path, asked = _checked(plan, tuple(wanted), why)
    search = Search(store, labelled(plan.build.collect.sources if plan.build else ()))
    asked = [_whole(one, search) if one.kind == "image" else one for one in asked]
    told = read(path) | asked
    found = search.found(told)
    told |= found.entries()
    releases = holding(store, told, found.words)
    told |= [Entry("image", one) for release in releases for one in release.images]
    added = 0
    if not dry_run:
        today = datetime.now(UTC).date().isoformat()
        added = add(path, told.entries, today, why or "belongs to what stands above")
    database = plan.build.verify.database if plan.build else None
    purge = _Purge(store, search, told, database=database, dry=dry_run)
    return _told(path, found, releases, purge.run(found), added=added, asked=asked)


def _whole(image: Entry, search: Search) -> Entry:
    """Give an image by all its digits; one of a release by those of what it was made from."""
    made_from = originals(search.store, image.value)
    return Entry("image", made_from.pop() if len(made_from) == 1 else search.image(image.value))


def _checked(plan: Plan, wanted: tuple[Entry, ...], why: str) -> tuple[Path, list[Entry]]:
    if plan.forgotten is None:
        raise UsageError(
            f"{plan.path}: names no list of what is removed; write "
            '`forgotten = "forgotten.csv"` at its top, above the first section, and run again'
        )
    if wanted and not why.strip():
        raise UsageError("the reason is missing; give it with --why, without names of persons")
    sources = [*labelled(plan.build.collect.sources)] if plan.build else []
    for one in wanted:
        whole = one._replace(value=one.value.ljust(64, "0")) if one.kind == "image" else one
        if trouble := trouble_with(whole):
            raise UsageError(f"the {one.kind} is {one.value!r}; {trouble}")
        source = one.value.partition(":")[0]
        if one.kind != "image" and source not in sources:
            raise UsageError(
                f"the {one.kind} is {one.value!r}, and {source!r} is no source of the plan; "
                f"{did_you_mean(source, sources)}"
            )
    return plan.forgotten.path, list(wanted)


class _Purge:
    """Removes what is on a list from one project, or only counts it."""

    def __init__(
        self, store: Store, search: Search, told: Forgotten, *, database: str | None, dry: bool
    ) -> None:
        self._store, self._search, self._told, self._dry = store, search, told, dry
        self._database = database

    def run(self, found: Found) -> dict[str, Any]:
        """Remove it everywhere but in releases; give what was removed."""
        if not self._told:
            return {}
        # A database takes half a second to import, and every command imports this room.
        from affekt.journal.blanked import blank
        from affekt.journal.votes import FILE

        votes = self._database or self._store.root / "journal" / FILE
        among = self._told.among
        products = self._products()
        is_met = bool(products or found.pictures or found.images)
        self._clean_logs(found.words)
        return {
            "folders": self._made() if is_met else (),
            "products": self._discarded(products),
            "attempts": self._search.attempts.forget(among, dry=self._dry),
            "questions": blank(votes, among, dry=self._dry),
            "places": self._places(),
            "hits": self._hits(),
        }

    def _products(self) -> list[Product]:
        """Give the products that are about it and all made of them, makers first."""
        standing = {one.address: one for one in self._store.standing()}
        meant = {key for key, one in standing.items() if self._search.traces(one, self._told)}
        order: dict[str, Product] = {}

        def is_meant(address: str) -> bool:
            if address in standing and address not in order:
                one = standing[address]
                makers = [is_meant(maker) for maker in one.manifest["inputs"]]
                if any(makers) or address in meant:
                    order[address] = one
            return address in order

        for address in standing:
            is_meant(address)
        return list(order.values())

    def _discarded(self, products: list[Product]) -> tuple[str, ...]:
        if not self._dry:
            for one in reversed(products):  # what was made of a product goes before it
                self._store.discard(one.folder)
            for folder in self._store.unfinished():
                if self._is_leftover(folder):
                    self._store.discard(folder)
        return tuple(sorted(one.folder.name for one in products))

    def _is_leftover(self, folder: Path) -> bool:
        """Tell whether what was begun may be about it; long work on other data sets stays."""
        stage = folder.name.lstrip(".").rpartition("-")[0]
        if stage in BUILT or not folder.name.startswith("."):
            return True
        return any(_may_hold(path, self._told) for path in sorted(folder.rglob("*.parquet")))

    def _made(self) -> tuple[str, ...]:
        there = tuple(name for name in MADE if (self._store.root / name).is_dir())
        for name in there if not self._dry else ():
            shutil.rmtree(self._store.root / name)
        return there

    def _clean_logs(self, words: frozenset[str]) -> None:
        if self._dry:
            return
        told = [json.dumps(one, ensure_ascii=False)[1:-1] for one in sorted(words)]
        told = [one for one in told if len(one) >= SHORTEST]
        for path in sorted((self._store.root / "logs").glob("*.jsonl*")):
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
            kept = [line for line in lines if not any(word in line for word in told)]
            if len(kept) < len(lines):
                with durable.replaced(path) as beside:
                    beside.write_text("".join(kept), encoding="utf-8")

    def _places(self) -> int:
        shelf, n_gone = self._store.shelf, 0
        for path in () if self._dry else _unfinished_shards(shelf.root):
            path.unlink()
        for name in shelf.names():
            spots = shelf.spots(name)
            gone = spots.filter(self._told.among(spots))["image_id"]
            n_gone += len(gone) if self._dry or gone.is_empty() else shelf.empty(name, gone)
        return n_gone

    def _hits(self) -> int:
        n_gone = 0
        for pages, labels in self._search.pages():
            n_gone += pages.forget(partial(self._is_gone, labels=labels), dry=self._dry)
        return n_gone

    def _is_gone(self, hit: Mapping[str, Any], labels: list[str]) -> bool:
        return any(self._told.has_hit(label, hit) for label in names_of(hit, labels))


def _unfinished_shards(folder: Path) -> list[Path]:
    return sorted([*folder.glob(".*.part"), *folder.glob("draft-*.parquet")])


def _may_hold(path: Path, told: Forgotten) -> bool:
    try:
        wanted = [name for name in TRACES if name in pl.read_parquet_schema(path)]
        return bool(wanted) and bool(told.among(pl.read_parquet(path, columns=wanted)).any())
    except (OSError, pl.exceptions.PolarsError):
        return True


def _told(
    path: Path,
    found: Found,
    releases: list[Holding],
    gone: Mapping[str, Any],
    *,
    added: int,
    asked: list[Entry],
) -> Removal:
    advice = []
    if asked and not (found.pictures or found.images or releases):
        advice.append("nothing of it is in this project; it is kept out from now on")
    if found.shared:
        advice.append(
            f"{len(found.shared):,} of the images are also other pictures' and stay; to remove "
            "them too, give them with --image"
        )
    for name in gone.get("folders", ()):
        word = "stats" if name == "statistics" else name
        advice.append(f"{name}/ goes; `affekt {word}` makes it anew")
    if gone.get("products"):
        advice.append(f"{len(gone['products']):,} products go; `affekt build` makes them anew")
    if any(name.startswith("release-") for name in gone.get("products", ())):
        advice.append("raise release.version: the next release counts other pictures than the last")
    if gone.get("questions"):
        advice.append(
            "votes on it stay in votes.db by the name of their question, which no longer says "
            "which picture it was about"
        )
    advice += [
        f"{release.name}: contains it and is never changed; withdraw it where it was published, "
        "delete its folder, raise release.version and build the next one, then run "
        "`affekt forget` once more"
        for release in releases
    ]
    return Removal(
        list=path,
        added=added,
        pictures=len(found.pictures),
        images=len(found.images),
        shared=len(found.shared),
        releases=tuple(release.name for release in releases),
        advice=tuple(advice),
        **gone,
    )
