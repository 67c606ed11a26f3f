"""The benchmark's cells in reading order, and how they are grouped for tables and figures."""

from collections.abc import Iterator
from typing import NamedTuple

from affekt.foreign import clean
from affekt.report.estimates import Rated, rated
from affekt.report.exhibits import Gap
from affekt.report.inputs import ReportInput
from affekt.report.scores import Cell, cell
from affekt.store import Failure


class Panel(NamedTuple):
    """All entries on one data set under one protocol: what one figure shows."""

    dataset: str
    protocol: str
    cells: tuple[Cell, ...]

    @property
    def name(self) -> str:
        """Data set and protocol, as titles have them."""
        return f"{clean(self.dataset)}, {clean(self.protocol)}"

    @property
    def emotions(self) -> tuple[str, ...]:
        """Of the data set's taxonomy."""
        return self.cells[0].emotions

    @property
    def contenders(self) -> tuple[Cell, ...]:
        """Entries that look at the picture; the floors when there is no other."""
        return tuple(one for one in self.cells if not one.is_floor) or self.cells


class Lost(NamedTuple):
    """A cell without predictions, and why."""

    dataset: str
    entry: str
    protocol: str
    failure: Failure


class Bench(NamedTuple):
    """Everything the benchmark gave."""

    panels: tuple[Panel, ...]
    lost: tuple[Lost, ...]
    rated: tuple[Rated, ...] = ()


def read(given: ReportInput) -> Bench:
    """Score every result; entries stay in the order of the plan, floors come last."""
    panels: dict[tuple[str, str], list[Cell]] = {}
    lost: list[Lost] = []
    estimated: list[Rated] = []
    for result in given.results:
        one = rated(result, given.seed) if result.is_rating else cell(result, given.seed)
        if isinstance(one, Failure):
            lost.append(Lost(result.dataset, result.entry, result.protocol, one))
        elif isinstance(one, Cell):
            panels.setdefault((one.dataset, one.protocol), []).append(one)
        else:
            estimated.extend(one)
    return Bench(
        tuple(
            Panel(*key, tuple(sorted(cells, key=lambda c: c.is_floor)))
            for key, cells in panels.items()
        ),
        tuple(lost),
        tuple(estimated),
    )


def gaps(given: ReportInput, bench: Bench, what: str) -> Iterator[Gap]:
    """Give one box when there is no score at all; a failed cell is told once, by Table 3."""
    if not bench.panels:
        reason = (
            "every cell of the benchmark failed"
            if bench.lost
            else "no benchmark has been run on this plan"
        )
        yield Gap(what, reason, given.bench_command)
