"""Columns of a map's page as text: numbers of one or a few bytes each, written in base64.

A page of 25,000 pictures would be twice as large with its numbers written out, and be read slowly.
"""

import base64
from typing import Literal, NamedTuple

import numpy as np
from jaxtyping import Float, Int

Kind = Literal["u1", "u2", "u4"]
NOTHING = -1  # stands in a column where there is no value; on the page the largest number
STEPS = 2**16 - 2  # from one edge of a map to the other
ID_DIGITS = 16  # of an image's id, as the table of places tells them


class Places(NamedTuple):
    """Steps from the left and from the top; `NOTHING` for a picture that is not on the map."""

    x: Int[np.ndarray, " picture"]
    y: Int[np.ndarray, " picture"]


def packed(values: Int[np.ndarray, " value"], kind: Kind) -> tuple[Kind, str]:
    """Give the kind and the base64 text of unsigned numbers of one, two or four bytes, low first.

    `NOTHING` is written as the largest number of the kind, which therefore no value may be.

    Raises:
        ValueError: A value is too large for the kind, or less than `NOTHING`.

    >>> packed(np.array([1, -1]), "u2")
    ('u2', 'AQD//w==')
    """
    most = int(np.iinfo(kind).max)
    if values.size and not NOTHING <= values.min() <= values.max() < most:
        raise ValueError(f"{values.min()}–{values.max()} does not fit {kind}: 0–{most - 1}")
    numbers = np.where(values == NOTHING, most, values).astype(f"<{kind}")
    return kind, base64.b64encode(numbers.tobytes()).decode()


def ids(image_ids: list[str]) -> tuple[Kind, str]:
    """Give the first `ID_DIGITS` hexadecimal digits of every id, two a byte."""
    digits = b"".join(bytes.fromhex(one[:ID_DIGITS]) for one in image_ids)
    return "u1", base64.b64encode(digits).decode()


def placed(
    places: Float[np.ndarray, "mapped 2"], rows: Int[np.ndarray, " mapped"], n: int
) -> Places:
    """Fit places into a square, both axes to one scale, y up; all alike: its middle.

    Args:
        places: Of the mapped pictures.
        rows: Number of each of them among all.
        n: How many all are.
    """
    found = np.full((2, n), NOTHING, dtype=np.int64)
    if len(places):
        low, high = places.min(axis=0), places.max(axis=0)
        span = float((high - low).max()) or 1.0
        shares = 0.5 + (places - (low + high) / 2) / span * [1, -1]
        found[:, rows] = np.rint(shares * STEPS).astype(np.int64).T
    return Places(found[0], found[1])


def coded(words: list[str | None]) -> tuple[list[str], Int[np.ndarray, " picture"]]:
    """Give every word once, sorted, and the number of each; `NOTHING` where there is none.

    >>> coded(["b", None, "a", "b"])
    (['a', 'b'], array([ 1, -1,  0,  1]))
    """
    names = sorted({one for one in words if one is not None})
    number = {name: at for at, name in enumerate(names)}
    return names, np.array(
        [NOTHING if one is None else number[one] for one in words], dtype=np.int64
    )
