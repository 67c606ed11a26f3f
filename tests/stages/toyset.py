"""A small data set with parts: pictures whose redness is what they make people feel."""

import io
from collections.abc import Iterator

import numpy as np
from PIL import Image

from affekt.datasets import Dataset, Facts, Labelled
from affekt.taxonomy import VALENCE2, Taxonomy

PARTS = ("train", "train", "train", "validate", "test")


class Toy(Dataset):
    """Red pictures are positive, blue ones negative; every fifth pair is tested."""

    facts = Facts(title="Toy", citation="nobody", licence="cc0")
    rows: int = 20

    @property
    def taxonomy(self) -> Taxonomy:
        return VALENCE2

    def load(self) -> Iterator[Labelled]:
        for row in range(self.rows):
            emotion = VALENCE2.names[row % 2]
            yield Labelled(
                f"{row:03d}", painted(row), emotion, part=PARTS[row // 2 % 5], shares=(0.75, 0.25)
            )

    def witness(self) -> str:
        return str(self.rows)


def painted(row: int) -> bytes:
    """Give a noisy JPEG of 60 × 50 pixels, red or blue by turns."""
    pixels = np.random.default_rng(row).integers(0, 100, (50, 60, 3), dtype=np.uint8)
    pixels[:, :, 2 * (row % 2)] += 120
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG")
    return file.getvalue()
