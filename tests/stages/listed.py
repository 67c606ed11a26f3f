"""A data set that a test writes down in a moment."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from affekt.datasets import Dataset, Facts, Labelled
from affekt.errors import AffektError
from affekt.taxonomy import MIKELS8, Taxonomy


class Listed(Dataset):
    """Pictures and labels as ``list.csv`` says: name, emotion, group, part."""

    facts = Facts(title="Listed", citation="nobody", licence="none", images=7)
    in_memory: bool = False
    shares: tuple[float, ...] | None = None
    ratings: dict[str, float] | None = None
    source: str | None = None

    @property
    def taxonomy(self) -> Taxonomy:
        return MIKELS8

    def load(self) -> Iterator[Labelled]:
        if not (self.root.path / "list.csv").is_file():
            raise AffektError("no list")
        with (self.root.path / "list.csv").open(encoding="utf-8") as file:
            for name, emotion, group, part in csv.reader(file):
                path = self.root.path / name
                read = path.read_bytes() if self.in_memory else path
                where = group or None, part or None
                known = Labelled(name, read, emotion, *where, self.shares, ratings=self.ratings)
                yield known._replace(source=self.source)


def write_list(root: Path, *rows: tuple[str, str, str, str]) -> None:
    """Write what the data set holds."""
    with (root / "list.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)


def png(number: int) -> bytes:
    """Give a small picture of its own for each number."""
    pixels = np.random.default_rng(number).integers(0, 256, (20, 24, 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()
