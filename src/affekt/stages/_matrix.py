"""Vectors of a table as one array, and the feature they come from."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl
from jaxtyping import Float

from affekt.errors import PartError


def matrix(seen: pl.DataFrame, feature: str) -> Float[np.ndarray, "image feature"]:
    """Give the vectors as one array.

    Raises:
        PartError: They differ in length, or one is not finite.
    """
    lengths = sorted(seen["vector"].list.len().unique())
    if len(lengths) > 1:
        raise PartError(f"feature {feature!r} gave vectors of lengths {lengths}; one is needed")
    flat = seen["vector"].explode(empty_as_null=False).cast(pl.Float32)
    whole = flat.to_numpy().reshape(seen.height, lengths[0] if lengths else 0)
    broken = np.flatnonzero(~np.isfinite(whole).all(axis=1))
    if broken.size:
        first = seen.row(int(broken[0]), named=True)
        raise PartError(
            f"feature {feature!r} gave a value that is not finite for {broken.size} pictures, "
            f"first {first['name']!r} ({first['image_id']}); correct it and raise its version"
        )
    return whole


def feature_of(history: tuple[Mapping[str, Any], ...]) -> str:
    """Kind of the feature the vectors come from, as the manifests tell."""
    kinds = [
        str(manifest["recipe"]["feature"]["kind"])
        for manifest in history
        if manifest.get("stage") == "extract"
    ]
    return kinds[-1] if kinds else "given"
