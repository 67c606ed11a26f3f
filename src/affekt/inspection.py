"""Holds everything that rests in a project against its checksums, and changes nothing.

Products first, then the journal, then the shelf: both tell which shards are meant to be there, and
so what has to go together where one of these cannot be restored. One row group of pictures, one
file of attempts, one page of a source is in memory at a time.
"""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pyarrow.parquet as pq

from affekt.errors import AffektError, Damaged
from affekt.journal import pages
from affekt.journal.fetched import Attempts
from affekt.pictures.shelf import Shelf
from affekt.store import product

MOST_NAMED = 5  # files in one remedy


class Damage(NamedTuple):
    """One file that is not what was written, or is missing."""

    text: str
    remedy: str


class Inspection:
    """One look at a project.

    Attributes:
        counts: What was whole, by room.
    """

    def __init__(self, project: Path) -> None:
        self._project = project
        self._named = defaultdict[str, set[Path]](set)  # shard → products and files that name it
        self.counts = dict.fromkeys(("products", "pages", "attempts", "pictures"), 0)

    def products(self) -> Iterator[Damage]:
        """Look at the tables and files of every product that stands."""
        for manifest in sorted(self._project.glob("products/[!.]*/manifest.json")):
            try:
                made = product.read(manifest.parent)
                tables = [made.whole("table"), made.whole("dropped")]
                for name in made.own:
                    made.file(name)
            except AffektError as trouble:
                yield _damage(trouble)
                continue
            self.counts["products"] += 1
            self._note_shards(tables[0], manifest.parent)

    def pages(self) -> Iterator[Damage]:
        """Look at the answers of sources."""
        for path in sorted((self._project / "journal" / "pages").glob("*.jsonl")):
            try:
                self.counts["pages"] += pages.counted(path)
            except AffektError as trouble:
                yield _damage(trouble)

    def attempts(self) -> Iterator[Damage]:
        """Look at the attempts at fetching."""
        attempts = Attempts(self._project / "journal" / "fetched")
        for path in attempts.paths():
            try:
                rows = attempts.read(path)
            except AffektError as trouble:
                yield _damage(trouble)
                continue
            self.counts["attempts"] += rows.height
            for shard in rows["shard"].drop_nulls().unique():
                self._named[shard].add(path)

    def pictures(self) -> Iterator[Damage]:
        """Look at every picture on the shelf, and for shards that are named and not there."""
        shelf = Shelf(self._project / "pictures")
        names = shelf.names()
        for name in names:
            try:
                n_right, wrong = shelf.verify(name)
            except Damaged as trouble:
                yield Damage(_split(trouble)[0], self._remedy(name))
                continue
            self.counts["pictures"] += n_right
            if wrong:
                text = f"{shelf.path(name)}: {len(wrong):,} of {n_right + len(wrong):,} pictures"
                told = f"{text} are not what was written, the first {wrong[0][:12]!r}"
                yield Damage(told, self._remedy(name))
        for name in sorted(self._named.keys() - names):
            yield Damage(f"{shelf.path(name)}: the shard is missing", self._remedy(name))

    def _note_shards(self, table: Path, folder: Path) -> None:
        with pq.ParquetFile(table) as file:
            if "shard" not in file.schema_arrow.names:
                return
            for batch in file.iter_batches(columns=["shard"]):
                for shard in batch.column(0).unique().drop_null().to_pylist():
                    self._named[shard].add(folder)

    def _remedy(self, shard: str) -> str:
        """Name what has to go together, so that the pictures are fetched and looked at again."""
        named = [str(path.relative_to(self._project)) for path in sorted(self._named[shard])]
        more = f" and {len(named) - MOST_NAMED:,} more" if len(named) > MOST_NAMED else ""
        also = f", together with {', '.join(named[:MOST_NAMED])}{more}," if named else ""
        again = " and run again" if named else ""
        return f"put the file back from a copy, or delete it{also}{again}"


def _damage(trouble: AffektError) -> Damage:
    return Damage(*_split(trouble))


def _split(trouble: AffektError) -> tuple[str, str]:
    """Give what is wrong and what to do about it, which stand behind each other in a sentence."""
    text, _, remedy = str(trouble).rpartition("; ")
    return text or str(trouble), remedy if text else ""
