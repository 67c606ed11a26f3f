"""No net is tested on what it learned from, nor asked for emotions that it never learned."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from affekt.errors import AffektError
from affekt.protocols import Fold


def check(
    pictures: pl.DataFrame,
    folds: Sequence[Fold],
    studied: Sequence[pl.DataFrame],
    history: Sequence[Mapping[str, Any]],
) -> None:
    """Fail if a fold tests a picture, or a near copy of one, that the net behind it has seen.

    Args:
        pictures: Rows of the folds, with ``image_id`` and ``group_id``.
        folds: Who is tested.
        studied: Pictures the net learned from or was chosen by, and those of every net that it
            began with; none where there is no such net.
        history: Manifests of everything the tables came from.

    Raises:
        AffektError: It tests such a picture.
    """
    if not studied or not folds:
        return
    tested = pictures[np.unique(np.concatenate([fold.test for fold in folds]))]
    seen = tested.filter(is_seen(pl.concat(studied))).height
    if seen:
        learned = [one for one in history if one.get("stage") == "train"]
        raise AffektError(
            f"predict: {seen:,} of {tested.height:,} tested pictures, or near copies of them, are "
            f"among {_those(learned)}; test it on the part 'test' by the protocol 'holdout', or on "
            "another data set"
        )


def is_seen(studied: pl.DataFrame) -> pl.Expr:
    """Tell of each row whether a net has seen it, or a near copy of it."""
    is_near = pl.col("group_id").is_in(studied["group_id"].drop_nulls().implode())
    return pl.col("image_id").is_in(studied["image_id"].implode()) | is_near.fill_null(False)


def _those(learned: Sequence[Mapping[str, Any]]) -> str:
    """Name the pictures that a net has seen, with their number where its product tells."""
    parts = learned[-1]["notes"]["data"]["pictures"] if learned else {}
    uses = {"train": "the net learned from", "validate": "its epoch was chosen by"}
    told = [f"the {parts[part]:,} {use}" for part, use in uses.items() if part in parts]
    return " and ".join(told) or "those the net learned from"


def check_emotions(wanted: tuple[str, ...], history: Sequence[Mapping[str, Any]]) -> None:
    """Fail unless the vectors come from a net that was trained to name these emotions.

    Raises:
        AffektError: There is no such net, or it names others.
    """
    learned = [one for one in history if one.get("stage") == "train"]
    if not learned:
        raise AffektError(
            "predict: the model 'own' passes on what a trained net says, and the entry looks "
            "through none; name one of [[bench.nets]] as `weights` of its feature"
        )
    named = tuple(learned[-1]["notes"]["emotions"])
    if named != wanted:
        raise AffektError(
            f"predict: the net learned to name {', '.join(named)}, and the data set names "
            f"{', '.join(wanted)}; use a classifier on its features instead of the model 'own'"
        )
