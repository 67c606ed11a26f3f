"""What a page is made of: exhibits, and in them tables, figures, and boxes for what is missing."""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from jaxtyping import UInt8

from affekt.measures.intervals import Interval
from affekt.report.scene import Scene
from affekt.report.text import Value, show

if TYPE_CHECKING:
    from affekt.report.map_shown import Walk

Kind = Literal["text", "count", "percent", "points", "score", "number", "chance"]
Row = tuple[Value, ...]
MOST_MERGED = 2  # columns; more blanks would leave a reader to look up what a row is about


class Column(NamedTuple):
    """Name of a column, how its numbers are written, and a shorter head beside a neighbour."""

    name: str
    kind: Kind = "count"
    short: str = ""

    @property
    def head(self) -> str:
        """What stands above the column."""
        return self.short or self.name


class Merged(NamedTuple):
    """A cell as the page shows it: its text, the rows it spans, whether it heads them."""

    text: str
    rows: int
    is_head: bool


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

    @property
    def looks(self) -> str:
        """Give a word for each column that is text or second, counted from the right, from 1."""
        found = []
        for at, column in enumerate(reversed(self.heads), 1):
            if column.kind == "text" or column.short:
                found.append(f"{'t' if column.kind == 'text' else 's'}{at}")
        return " ".join(reversed(found))

    def merged(self) -> list[list[Merged]]:
        """Give the cells that are shown.

        A text in the first `MOST_MERGED` columns that equals the one above it, and so do all left
        of it, is said once: such cells are left out of the rows below the first, as long as these
        are rows of the same kind.
        """
        cells, n_texts = self.cells(), 0
        while n_texts < min(MOST_MERGED, len(self.heads) - 1) and self._is_text(n_texts):
            n_texts += 1
        spans = [[1] * len(row) for row in cells]
        for below in range(len(cells) - 1, 0, -1):
            for column in range(n_texts if self._kind(below) == self._kind(below - 1) else 0):
                if cells[below][column] != cells[below - 1][column]:
                    break
                spans[below - 1][column] += spans[below][column]
                spans[below][column] = 0
        return [
            [
                Merged(_closed(text, values[at]), span, at == 0)
                for at, (text, span) in enumerate(zip(row, of_row, strict=True))
                if span
            ]
            for row, of_row, values in zip(cells, spans, self.rows, strict=False)
        ]

    def _is_text(self, column: int) -> bool:
        return self.columns[column].kind == "text"

    def _kind(self, row: int) -> tuple[bool, bool]:
        return (row in self.strong, row in self.apart)

    def cells(self) -> list[list[str]]:
        """Give every cell that is shown, as the page shows it."""
        return [
            [show(value, column.kind) for value, column in zip(row, self.heads, strict=False)]
            for row in self.rows[: self.shown]
        ]


def _closed(text: str, value: Value) -> str:
    """Set the dash of an interval close, as a page has hundreds."""
    return text.replace(" – ", "–") if isinstance(value, Interval) else text


class Shade(NamedTuple):
    """A cell of a grid: its step of the heat scale, what stands in it, and small below that."""

    step: int
    large: str
    small: str = ""


class GridRow(NamedTuple):
    """Name of a row, as many cells as the grid has columns, and what they are out of, if one n."""

    name: str
    cells: tuple[Shade, ...]
    n: str = ""


class Grid(NamedTuple):
    """A shaded table: drawing and numbers in one.

    Attributes:
        between: Words between the names of a row and of a column, which make a claim of them.
        is_close: Its cells are small, to hold a large number only.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[GridRow, ...]
    between: str
    is_close: bool = False

    @property
    def has_counts(self) -> bool:
        """Whether the cells of a row are out of one number."""
        return any(row.n for row in self.rows)


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
        pitch_px: From one to the next; 0 where they touch.
        is_exact: Every pixel of the sprite counts, and stays a square however large it is drawn.
        pins: What is told of each point of the maps in it.
        walk: The page beside the report on which its maps can be walked in.
        grids: What the page shows in place of the scene, which then is for paper alone.
        is_told: The grids hold every number of the table, so that the page need not repeat it.
    """

    name: str
    title: str
    text: str
    scene: Scene
    table: Table
    notes: tuple[str, ...] = ()
    sprite: UInt8[np.ndarray, "row column 4"] | None = None
    cell_px: int = 96
    pitch_px: int = 0
    is_exact: bool = False
    pins: tuple[Pin, ...] = ()
    walk: "Walk | None" = None
    grids: tuple[Grid, ...] = ()
    is_told: bool = False

    @property
    def step_px(self) -> int:
        """From the left of one picture in the sprite to the left of the next."""
        return self.pitch_px or self.cell_px


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

    def terse(self) -> "Exhibit":
        """Give it with each note said once, where it first stands."""
        said: set[str] = set()
        return replace(self, blocks=tuple(_terse(block, said) for block in self.blocks))


AS_ABOVE = "Other notes as above."


def _terse(block: Table | Figure | Gap, said: set[str]) -> Table | Figure | Gap:
    if isinstance(block, Gap):
        return block
    kept = tuple(note for note in block.notes if note not in said)
    said.update(kept)
    notes = kept if kept == block.notes else (*kept, AS_ABOVE)
    if isinstance(block, Table):
        return replace(block, notes=notes)
    own = tuple(note for note in block.table.notes if note not in said)
    said.update(own)
    if own != block.table.notes and AS_ABOVE not in notes:
        notes = (*notes, AS_ABOVE)
    return replace(block, notes=notes, table=replace(block.table, notes=own))
