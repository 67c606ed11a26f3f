"""The table work of the line as the line does it: the stages, made through the store.

Only two things are stood in for: what sources answered lies ready, and looking at the pictures
tells what lies ready too.
"""

import sys
from pathlib import Path
from typing import Any, ClassVar

import daft
import polars as pl

from affekt.sources import Source
from affekt.sources.flickr import Flickr
from affekt.sources.instagram import Instagram
from affekt.stage import Desk, Outcome, Stage
from affekt.stages._assembled import Finished
from affekt.stages.clean import Clean
from affekt.stages.dedupe import Dedupe
from affekt.stages.sample import Sample
from affekt.store import Product, Store
from affekt.tables import FOUND, Schema
from affekt.taxonomy import MIKELS8

PER_EMOTION = 11_000


class Answered(Stage):
    """What sources answered, from files that lie ready."""

    gives: ClassVar[Schema] = FOUND
    conserves: ClassVar[bool] = False
    folder: str

    @classmethod
    def kind(cls) -> str:
        return "collect"

    def run(self, desk: Desk, *tables: Any, **_: Any) -> Outcome:
        return Outcome(daft.read_parquet(f"{self.folder}/*.parquet"))


class Looked(Clean):
    """Clean whose pictures have been looked at: all it does with tables, and nothing else."""

    folder: str
    looked_at: str = ""

    @classmethod
    def kind(cls) -> str:
        return "clean"

    def _looked_at(self, desk: Desk, told: Any) -> list[Finished]:
        return [
            Finished.of(str(path), pl.read_parquet(path, columns=["source", "source_id"]))
            for path in sorted(Path(self.looked_at).glob("*.parquet"))
        ]


def sources() -> tuple[Source, ...]:
    """Give sources of the names that the rows have."""
    return (Flickr.example(), Instagram.example())


def stages(looked: Path) -> tuple[Looked, Dedupe, Sample]:
    """Give the stages that are measured."""
    return (
        Looked(folder="", sources=sources(), taxonomy=MIKELS8, looked_at=str(looked)),
        Dedupe(max_hamming_bits=0, group_bits=0),
        Sample(taxonomy=MIKELS8, seed=2016, per_emotion=PER_EMOTION),
    )


def prepare(root: Path, pieces: Path) -> Product:
    """Make the product that the measured stages begin with."""
    store = Store(root)
    with store.writing():
        return store.make(Answered(folder=str(pieces)))


def run(root: Path, pieces: Path, looked: Path) -> dict[str, Product]:
    """Run the measured stages."""
    store = Store(root)
    with store.writing():
        found = store.make(Answered(folder=str(pieces)))
        clean, dedupe, sample = stages(looked)
        cleaned = store.make(clean, found)
        unique = store.make(dedupe, cleaned)
        asked = store.make(sample, unique)
    counts = pl.scan_parquet(unique.folder / "table.parquet")
    counts.group_by("emotion", "source").len().sort("emotion", "source").collect().write_csv(
        root / "counts.csv"
    )
    return {"clean": cleaned, "images": unique, "questions": asked}


if __name__ == "__main__":
    run(*map(Path, sys.argv[1:4]))
