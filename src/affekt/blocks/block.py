"""A block: a few named values, what each means, and the function of a picture that gives them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from affekt.blocks.value import Value as Value
from affekt.blocks.view import View

Values = Float[np.ndarray, " value"]


class Item(NamedTuple):
    """One value of a block: its last name, its unit and its range."""

    name: str
    unit: str = ""
    low: float = 0.0
    high: float = inf


@dataclass(frozen=True)
class Block:
    """One row of a paper's table.

    Attributes:
        name: The word of that row, as a plan names it.
        items: What it gives, in order.
        source: Author, year, section or equation.
        of: Gives the values (float64, finite, as many as items) of a picture.
    """

    name: str
    items: tuple[Item, ...]
    source: str
    of: Callable[[View], Values]


def described(kind: str, blocks: Sequence[Block]) -> tuple[Value, ...]:
    """Give what each value of a set means, in the order of its vector."""
    return tuple(
        Value(f"{kind}.{block.name}.{item.name}", item.unit, item.low, item.high, block.source)
        for block in blocks
        for item in block.items
    )


def extracted(view: View, blocks: Sequence[Block]) -> Values:
    """Give the values of all blocks of one picture, one after the other."""
    return np.concatenate([block.of(view) for block in blocks])
