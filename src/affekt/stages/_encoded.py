"""Vectors as one fold may see them: what a feature learns, it learns from training rows alone.

Raw vectors are long, so they are read piece by piece, once to learn and once to be turned into
values, in every fold.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from affekt.errors import PartError
from affekt.features import Encoder, Feature, Raw, Vector
from affekt.models import Samples
from affekt.protocols import Fold

NOTHING = pl.lit([], dtype=pl.List(pl.Float32))


@dataclass(frozen=True)
class Given:
    """A table of vectors, by image_id, in pieces that can be gone through again and again."""

    pieces: Iterable[pl.DataFrame]

    def whole(self) -> pl.DataFrame:
        """Give the table."""
        return pl.concat(list(self.pieces))

    def unread(self) -> pl.DataFrame:
        """Give the table with empty vectors."""
        return pl.concat(
            [piece.select("image_id").with_columns(vector=NOTHING) for piece in self.pieces]
        )

    def vectors(self, image_ids: pl.Series) -> Iterator[Raw]:
        """Give the vectors of some pictures, which are named in the order of the table."""
        wanted = pl.DataFrame({"image_id": image_ids})
        for piece in self.pieces:
            found = piece.join(wanted, on="image_id", how="semi", maintain_order="left")["vector"]
            for row in range(len(found)):
                yield found[row].to_numpy()


class Inside(NamedTuple):
    """Samples as a fold sees them, and what is told of what was learned for it."""

    samples: Samples
    facts: dict[str, Any]


def given(vectors: pl.DataFrame | Iterable[pl.DataFrame] | None, image_ids: pl.Series) -> Given:
    """Give vectors that came whole, in pieces, or not at all: a model may look at nothing."""
    if vectors is None:
        return Given([pl.DataFrame({"image_id": image_ids}).with_columns(vector=NOTHING)])
    if isinstance(vectors, pl.DataFrame):
        return Given([vectors.sort("image_id")])
    return Given(vectors)


def inside(
    feature: Feature | None, vectors: Given, image_ids: pl.Series, samples: Samples, fold: Fold
) -> Inside:
    """Give the samples with the values of this fold; as they are where nothing is learned.

    Rows that the fold does not name have values of 0.

    Args:
        feature: What learns; None where nothing does.
        vectors: Raw ones, of these pictures and perhaps of others.
        image_ids: Of the samples, in order.
        samples: Their vectors are replaced.
        fold: Says which rows are learned from.
    """
    if feature is None:
        return Inside(samples, {})
    encoder = learned(feature, vectors, image_ids, fold)
    rows = np.unique(np.concatenate([fold.train, fold.test, fold.validate]))
    values = np.zeros((len(image_ids), feature.length), np.float32)
    for row, raw in zip(rows, vectors.vectors(image_ids.gather(rows)), strict=True):
        values[row] = _checked(encoder.encode(raw), feature)
    return Inside(replace(samples, vectors=values), {"feature": dict(encoder.facts)})


def learned(feature: Feature, vectors: Given, image_ids: pl.Series, fold: Fold) -> Encoder:
    """Give what the feature learns from the training rows of a fold; it is shown no others."""
    train = image_ids.gather(np.sort(fold.train))
    return feature.learn(train.to_list(), vectors.vectors(train))


def _checked(values: Vector, feature: Feature) -> Vector:
    if values.shape != (feature.length,) or not np.isfinite(values).all():
        raise PartError(
            f"feature {feature.kind()!r} turned a raw vector into an array of shape "
            f"{values.shape}, or into values that are not finite; it declares {feature.length:,} "
            "values; correct it"
        )
    return values
