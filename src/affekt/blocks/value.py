"""What one number of a feature means; imports nothing heavy, for every plan is read with it."""

from typing import NamedTuple


class Value(NamedTuple):
    """What one number of a feature means.

    Attributes:
        name: ``set.block.item``.
        unit: ``share``, ``rad``, ``count``, …; empty for a number without one.
        low: Least value there is.
        high: Greatest value there is; infinite where there is none.
        source: Author, year, section or equation.
    """

    name: str
    unit: str
    low: float
    high: float
    source: str
