"""Three tiny stages, to try the store without pictures."""

from collections.abc import Mapping
from typing import ClassVar, Literal

import polars as pl

from affekt.errors import NotYet, TableError
from affekt.stage import Desk, Outcome, Stage
from affekt.tables import SPLITS, Pieces, Schema

RUNS: list[str] = []  # what ran, in order; tests clear it


def split_rows(names: list[str]) -> pl.DataFrame:
    return pl.DataFrame({"image_id": names, "group_id": names, "part": ["train"] * len(names)})


class Small(Stage):
    """Named by its class, since all of them share this file."""

    @classmethod
    def kind(cls) -> str:
        return cls.__name__.lower()


class Rows(Small):
    """A door that finds some rows."""

    gives: ClassVar[Schema] = SPLITS
    conserves: ClassVar[bool] = False
    names: tuple[str, ...] = ("a", "b", "c")

    def run(self, desk: Desk) -> Outcome:
        RUNS.append("rows")
        return Outcome(split_rows(list(self.names)))


class Door(Small):
    """A door: its address is the hash of its rows."""

    gives: ClassVar[Schema] = SPLITS
    asks_the_world: ClassVar[bool] = True
    conserves: ClassVar[bool] = False
    edition: int = 1
    names: tuple[str, ...] = ("a", "b")

    def run(self, desk: Desk) -> Outcome:
        RUNS.append("door")
        return Outcome(split_rows(list(self.names)))


class Count(Small):
    """Reads what Rows found piece by piece, twice."""

    gives: ClassVar[Schema] = SPLITS
    conserves: ClassVar[bool] = False
    in_pieces: ClassVar[frozenset[str]] = frozenset({"rows"})

    def run(self, desk: Desk, table: Pieces) -> Outcome:
        once, again = list(table), list(table)
        sizes = [piece.height for piece in once]
        assert sizes == [piece.height for piece in again]
        return Outcome(pl.concat(once), notes={"sizes": sizes})


class Keep(Small):
    """Keeps rows from a letter on; can be told to misbehave."""

    takes: ClassVar[Schema | None] = SPLITS
    gives: ClassVar[Schema] = SPLITS
    reasons: ClassVar[Mapping[str, str]] = {"too-early": "comes before the first letter kept"}
    idle: ClassVar[frozenset[str]] = frozenset({"threads"})
    first: str = "b"
    threads: int = 1
    fault: Literal["", "vanish", "twice", "unexplained", "wait", "crash", "type"] = ""

    def run(self, desk: Desk, table: pl.DataFrame) -> Outcome:
        RUNS.append("keep")
        kept = table.filter(pl.col("image_id") >= self.first)
        dropped = table.filter(pl.col("image_id") < self.first).with_columns(
            reason=pl.lit("too-early")
        )
        match self.fault:
            case "vanish":
                return Outcome(kept)
            case "twice":
                return Outcome(pl.concat([kept, kept]), dropped)
            case "unexplained":
                return Outcome(kept, dropped.with_columns(reason=pl.lit("because")))
            case "wait":
                raise NotYet("keep: 1 of 2 decided; go on later")
            case "crash":
                raise TableError("keep: something of the user's is wrong")
            case "type":
                return Outcome(kept.drop("part"), dropped)
        return Outcome(kept, dropped)


class Publish(Small):
    """Publishes one small file."""

    takes: ClassVar[Schema | None] = SPLITS
    gives: ClassVar[Schema] = SPLITS
    text: str = "hello"

    def run(self, desk: Desk, table: pl.DataFrame) -> Outcome:
        RUNS.append("publish")
        folder = desk.scratch / "files"
        folder.mkdir(exist_ok=True)
        (folder / "README.md").write_text(self.text)
        return Outcome(table, files=folder, publish="toy-1.0.0")


class Own(Small):
    """Keeps one small file besides its table."""

    takes: ClassVar[Schema | None] = SPLITS
    gives: ClassVar[Schema] = SPLITS

    def run(self, desk: Desk, table: pl.DataFrame) -> Outcome:
        folder = desk.scratch / "net"
        (folder / "inner").mkdir(parents=True)
        (folder / "inner" / "weights").write_bytes(b"hello")
        return Outcome(table, keeps=folder)


class Daftly(Small):
    """Works on Daft frames."""

    engine: ClassVar[Literal["polars", "daft"]] = "daft"
    takes: ClassVar[Schema | None] = SPLITS
    gives: ClassVar[Schema] = SPLITS

    def run(self, desk: Desk, table: object) -> Outcome:
        assert type(table).__module__.startswith("daft")
        return Outcome(table)  # type: ignore[arg-type]  # a daft frame, told by the line above
