"""What a fitted model answers about the test rows of a fold: checked, and as rows of a table."""

from typing import NamedTuple

import numpy as np
import polars as pl

from affekt.errors import PartError
from affekt.measures import calibration
from affekt.models import Fitted, FittedRatings, Probabilities, Vectors
from affekt.protocols import Fold
from affekt.tables import ESTIMATES, PREDICTIONS

MOST_OFF = 1e-6  # a row of probabilities may miss 1 by this much


class Asked(NamedTuple):
    """Rows of a fold, and the kind of the model that is asked about them."""

    model: str
    fold: Fold
    ids: pl.Series
    vectors: Vectors


def predictions(fitted: Fitted, asked: Asked, emotions: tuple[str, ...]) -> pl.DataFrame:
    """Give one row a picture and emotion.

    Raises:
        PartError: What the model gave are no probabilities, or not one claim an emotion.
    """
    said, claims = fitted.probabilities(asked.vectors), fitted.claims(asked.vectors)
    _check_probabilities(said, asked, len(emotions))
    if claims is not None and (claims.shape != said.shape or claims.dtype != bool):
        raise PartError(
            f"model {asked.model!r} gave claims of shape {claims.shape} and type {claims.dtype}; "
            f"shape {said.shape} and type bool are needed"
        )
    claimed = [None] * said.size if claims is None else claims.ravel().tolist()
    rows = {
        **_keys(asked, "emotion", emotions),
        "probability": said.ravel(),
        "is_claimed": claimed,
    }
    return pl.DataFrame(rows, schema=PREDICTIONS.types())


def estimates(fitted: FittedRatings, asked: Asked, scales: tuple[str, ...]) -> pl.DataFrame:
    """Give one row a picture and scale.

    Raises:
        PartError: What the model gave are not finite numbers, one a picture and scale.
    """
    said = fitted.estimates(asked.vectors)
    wanted = (len(asked.ids), len(scales))
    if said.shape != wanted or not np.isfinite(said).all():
        raise PartError(
            f"model {asked.model!r} gave an array of shape {said.shape}, or values that are not "
            f"finite; shape {wanted} and finite numbers are needed"
        )
    rows = {**_keys(asked, "scale", scales), "estimate": said.ravel()}
    return pl.DataFrame(rows, schema=ESTIMATES.types())


def temperature(
    fitted: Fitted, asked: Asked, codes: calibration.Codes, emotions: tuple[str, ...]
) -> float:
    """Give the temperature that suits the answers best, see `affekt.measures.calibration`.

    Args:
        fitted: What is asked.
        asked: Rows that it neither learned from nor is tested on.
        codes: Of their labels.
        emotions: That are chosen among.

    Raises:
        PartError: What the model gave are no probabilities.
    """
    said = fitted.probabilities(asked.vectors)
    _check_probabilities(said, asked, len(emotions))
    return calibration.temperature(said, codes)


def _keys(asked: Asked, of: str, names: tuple[str, ...]) -> dict[str, object]:
    """Give the columns of the key: every name for every picture."""
    rows = len(asked.ids) * len(names)
    return {
        "repeat": [asked.fold.repeat] * rows,
        "fold": [asked.fold.number] * rows,
        "image_id": asked.ids.gather(np.repeat(np.arange(len(asked.ids)), len(names))),
        of: list(names) * len(asked.ids),
    }


def _check_probabilities(said: Probabilities, asked: Asked, emotions: int) -> None:
    wanted = (len(asked.ids), emotions)
    if said.shape != wanted or not np.isfinite(said).all() or (said < 0).any():
        raise PartError(
            f"model {asked.model!r} gave an array of shape {said.shape}, or values that "
            f"are no probabilities; shape {wanted} and numbers from 0 to 1 are needed"
        )
    if np.abs(said.sum(axis=1) - 1).max(initial=0.0) > MOST_OFF:
        raise PartError(
            f"model {asked.model!r} gave a row of probabilities that sum to "
            f"{said.sum(axis=1).min():g}; 1 is needed; correct the model"
        )
