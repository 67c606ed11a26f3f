"""The shape of every arrow: a stage takes tables and a desk, and gives both halves back."""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Literal, NamedTuple

from affekt.files import Files
from affekt.parts import Part
from affekt.pictures.shelf import Shelf
from affekt.tables import Schema, Table

Engine = Literal["polars", "daft"]


class Progress(NamedTuple):
    """How far a stage has come.

    Attributes:
        tallies: Counts of what was met so far, by what they count, such as ``reasons``: reason →
            pictures.
    """

    stage: str
    done: int
    total: int | None
    failures: int = 0
    tallies: Mapping[str, Mapping[str, int]] = {}


@dataclass(frozen=True)
class Desk:
    """All that a stage may touch besides its tables."""

    shelf: Shelf
    journal: Path  # folder of the append-only logs
    scratch: Path  # folder of this stage at these settings; kept until the product stands
    history: tuple[Mapping[str, Any], ...] = ()  # manifests of everything the tables came from
    watch: Callable[[Progress], None] = field(default=lambda _: None)
    again: frozenset[str] | None = None  # reasons to try again, by hand; None: those that may pass
    releases: Path | None = None  # folder of what is published already

    @property
    def files(self) -> Files:
        """Where a finished file of the project is published."""
        return self.shelf.files


@dataclass(frozen=True)
class Outcome:
    """What a stage made.

    Attributes:
        table: The rows that go on, under the stage's `gives` schema.
        dropped: The rows that do not: the key of the first table, ``reason``, and optionally
            ``detail``.
        files: A folder below the desk's scratch to be published, or None.
        publish: Name of that folder among the releases.
        keeps: A folder below the desk's scratch whose files become the product's own, or None.
        notes: Facts about the run for the manifest; JSON values, nothing that differs between two
            runs.
    """

    table: Table
    dropped: Table | None = None
    files: Path | None = None
    publish: str = ""
    keeps: Path | None = None
    notes: Mapping[str, Any] = field(default_factory=dict)


class Stage(Part):
    """A verb of the line; its fields are its settings.

    To add one, write ``stages/<verb>.py`` with one class that sets `gives` and writes `run`.
    """

    family = "stages"
    gives: ClassVar[Schema]  # schema of the table it makes, see `makes`
    takes: ClassVar[Schema | None] = None  # schema of its first table
    engine: ClassVar[Engine] = "polars"  # which engine opens its tables
    in_pieces: ClassVar[frozenset[str]] = frozenset()  # stages whose tables it reads as `Pieces`
    asks_the_world: ClassVar[bool] = False  # a door: its address is the hash of its rows
    is_confined: ClassVar[bool] = False  # its shelf hands out the pictures of its first table alone
    conserves: ClassVar[bool] = True  # kept + dropped = rows of the first table
    reasons: ClassVar[Mapping[str, str]] = {}  # drop reason → what it means, in one sentence

    @abstractmethod
    def run(self, desk: Desk, *tables: Any, **_: Any) -> Outcome:
        """Do the work; everything long goes to ``desk.scratch`` so that it can be resumed."""

    def makes(self) -> Schema:
        """Give the schema of the table it makes; `gives`, unless a part of it decides."""
        return self.gives

    def explained(self) -> Mapping[str, str]:
        """Give every reason this stage can drop a row for, its parts' own included, explained."""
        return self.reasons

    def witness(self) -> str:
        """Digest of the files outside the project that the stage reads, or ``""``.

        It joins the address, so that a changed outside is never answered by a stale product.
        """
        return ""
