"""What the page of a map shows, as plain values; `affekt.report.map_walk` gathers them."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from affekt.report.colours import Look
from affekt.report.inputs import Banner


class Shown(NamedTuple):
    """One side of the map: its entry, and the line beside it."""

    entry: str
    beside: str


@dataclass(frozen=True)
class Walk:
    """What the page of one map shows.

    Attributes:
        name: Base of its file name, that of the figure.
        emotions: Name and count, in taxonomy order.
        looks: Of `emotions`, then right, wrong and not tested.
        told: What the script reads, fit for JSON.
    """

    name: str
    title: str
    text: str
    notes: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    banners: tuple[Banner, ...]
    shown: tuple[Shown, ...]
    emotions: tuple[tuple[str, int], ...]
    looks: tuple[Look, ...]
    told: dict[str, Any]
    version: str

    @property
    def answers(self) -> list[str]:
        """Names of the predictions that the page tells."""
        return [one["name"] for one in self.told["answers"]]

    @property
    def has_pictures(self) -> bool:
        """Whether it shows any picture."""
        return bool(self.told["sheets"])
