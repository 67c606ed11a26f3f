"""What a page is made of: exhibits, and in them tables, figures, and boxes for what is missing."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from jaxtyping import UInt8

from affekt.report.scene import Scene
from affekt.report.text import Value, show

if TYPE_CHECKING:
    from affekt.report.map_walk import Walk

Kind = Literal["text", "count", "percent", "points", "score", "chance"]
Row = tuple[Value, ...]


class Column(NamedTuple):
    """Name of a column, how its numbers are written, and a shorter head beside a neighbour."""

    name: str
    kind: Kind = "count"
    short: str = ""

    @property
    def head(self) -> str:
        """What stands above the column."""
        return self.short or self.name


@dataclass(frozen=True)
class Table:
    """Raw values; the page, the CSV and the LaTeX each write them their own way.

    Attributes:
        name: Base of its file names.
        strong: Rows that sum up the others.
        apart: Rows of another kind, such as levels to beat.
        notes: What a reader must know to read the numbers: n, unit, method.
        shown: Rows on the page and in LaTeX, the first ones; the CSV has all. None for all.
        across: Columns there, the first ones. None for all.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    strong: frozenset[int] = frozenset()
    apart: frozenset[int] = frozenset()
    shown: int | None = None
    across: int | None = None

    @property
    def heads(self) -> tuple[Column, ...]:
        """Columns on the page and in LaTeX."""
        return self.columns[: self.across]

    @property
    def left_out(self) -> str:
        """Say how many rows only the CSV has; ``""`` when all are shown."""
        if self.shown is None or len(self.rows) <= self.shown:
            return ""
        return f"The first {self.shown:,} of {len(self.rows):,} rows; the CSV has all."

    def manner(self, at: int) -> str:
        """Give the words that describe a row: strong or apart, and whether it is their first."""
        for name, rows in (("strong", self.strong), ("apart", self.apart)):
            if at in rows:
                return name if not at or at - 1 in rows else f"{name} first"
        return ""

    def cells(self) -> list[list[str]]:
        """Give every cell that is shown, as the page shows it."""
        return [
            [show(value, column.kind) for value, column in zip(row, self.heads, strict=False)]
            for row in self.rows[: self.shown]
        ]


class Pin(NamedTuple):
    """What is told of a point of a map, and the cell of the sprite that shows it; -1 for none."""

    says: str
    cell: int = -1


@dataclass(frozen=True)
class Figure:
    """One drawing, what it says in words, and its numbers.

    Attributes:
        text: One paragraph made from the numbers, for those who do not see the drawing.
        sprite: All pictures of the drawing in one, or None.
        cell_px: Side of one of them.
        is_exact: Every pixel of the sprite counts, and stays a square however large it is drawn.
        pins: What is told of each point of the maps in it.
        walk: The page beside the report on which its maps can be walked in.
    """

    name: str
    title: str
    text: str
    scene: Scene
    table: Table
    notes: tuple[str, ...] = ()
    sprite: UInt8[np.ndarray, "row column 4"] | None = None
    cell_px: int = 96
    is_exact: bool = False
    pins: tuple[Pin, ...] = ()
    walk: "Walk | None" = None


class Gap(NamedTuple):
    """What is missing, why, and the command that makes it."""

    title: str
    reason: str
    command: str


@dataclass(frozen=True)
class Exhibit:
    """One numbered figure or table of the specification, for every data set there is."""

    id: str
    title: str
    lead: str
    blocks: tuple[Table | Figure | Gap, ...] = field(default=())
