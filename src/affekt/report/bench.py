"""The benchmark's cells in reading order, and how they are grouped for tables and figures."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from affekt.foreign import clean
from affekt.report import curve, leaks, tested
from affekt.report.cell import cell_of
from affekt.report.estimates import Rated, rated
from affekt.report.exhibits import Gap
from affekt.report.inputs import ReportInput
from affekt.report.published import Tests
from affekt.report.scores import Cell
from affekt.report.text import slug
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
    def slug(self) -> str:
        """Data set and protocol, as names of files have them."""
        return f"{slug(self.dataset)}-{slug(self.protocol)}"

    @property
    def emotions(self) -> tuple[str, ...]:
        """Of the data set's taxonomy."""
        return self.cells[0].emotions

    @property
    def contenders(self) -> tuple[Cell, ...]:
        """Entries that look at the picture; the floors when there is no other."""
        return tuple(one for one in self.cells if not one.is_floor) or self.cells

    @property
    def floors(self) -> frozenset[int]:
        """Numbers of the cells that are levels to beat."""
        return frozenset(at for at, one in enumerate(self.cells) if one.is_floor)


class Lost(NamedTuple):
    """A cell without predictions, and why."""

    dataset: str
    entry: str
    protocol: str
    failure: Failure


class Bench(NamedTuple):
    """Everything the benchmark gave.

    Attributes:
        tests: What all cells were scored from.
        curves: What learning curves are scored from.
        lost_curves: Those without predictions.
    """

    panels: tuple[Panel, ...]
    lost: tuple[Lost, ...]
    rated: tuple[Rated, ...] = ()
    tests: tuple[Tests, ...] = ()
    curves: tuple[Tests, ...] = ()
    lost_curves: tuple[curve.Lost, ...] = ()


def read(given: ReportInput) -> Bench:
    """Score every result; entries stay in the order of the plan, floors come last."""
    lost: list[Lost] = []
    estimated: list[Rated] = []
    tests: list[Tests] = []
    memory = leaks.Memory()
    for result in given.results:
        one = rated(result, given.seed) if result.is_rating else tested.rows(result, memory)
        if isinstance(one, Failure):
            lost.append(Lost(result.dataset, result.entry, result.protocol, one))
        elif isinstance(one, tuple):
            estimated.extend(one)
        else:
            tests.append(Tests(tested.about(result), one))
    scored, curves = panels(tests, given.seed), curve.read(given.curves)
    return Bench(scored, tuple(lost), tuple(estimated), tuple(tests), *curves)


def panels(tests: Iterable[Tests], seed: int) -> tuple[Panel, ...]:
    """Score tests, and put together what is of one data set and protocol."""
    found: dict[tuple[str, str], list[Cell]] = {}
    for one in tests:
        scored = cell_of(one.about, one.rows, seed)
        found.setdefault((scored.dataset, scored.protocol), []).append(scored)
    return tuple(
        Panel(*key, tuple(sorted(cells, key=lambda one: one.is_floor)))
        for key, cells in found.items()
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
