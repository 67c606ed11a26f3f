"""The benchmark's cells in reading order, and how they are grouped for tables and figures."""

from collections.abc import Iterator
from typing import NamedTuple

from affekt.report.exhibits import Gap, Remark
from affekt.report.inputs import ReportInput
from affekt.report.scores import THRESHOLD, Cell, cell
from affekt.report.text import clean, listed
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

    @property
    def met(self) -> tuple[int, ...]:
        """Codes of the emotions that occur."""
        first = self.cells[0]
        return tuple(at for at, name in enumerate(first.emotions) if name not in first.absent)

    @property
    def limits(self) -> tuple[str, ...]:
        """Which emotions have no scores of their own, and why."""
        first = self.cells[0]
        absent = listed([clean(name) for name in first.absent])
        untaught = listed(
            [clean(first.emotions[at]) for at in self.met if "never" in first.silence(at)]
        )
        return (
            THRESHOLD,
            *([f"No picture of {absent}."] if absent else []),
            *([f"Never trained, as one fold tests all pictures: {untaught}."] if untaught else []),
        )

    def nothing(self, title: str) -> Remark | None:
        """Give the sentence that stands for scores by emotion when no emotion has any."""
        first = self.cells[0]
        if any(cell.reported for cell in self.contenders):
            return None
        small = [f"{clean(first.emotions[at])} {first.silence(at)}" for at in self.met]
        why = f": {listed(small)}" if small else ": not reported, as no picture was tested"
        return Remark(
            f"{title} on {self.name}", f"No emotion has scores of its own{why}. {THRESHOLD}"
        )


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


def read(given: ReportInput) -> Bench:
    """Score every result; entries stay in the order of the plan, floors come last."""
    panels: dict[tuple[str, str], list[Cell]] = {}
    lost = []
    for result in given.results:
        one = cell(result, given.seed)
        if isinstance(one, Failure):
            lost.append(Lost(result.dataset, result.entry, result.protocol, one))
        else:
            panels.setdefault((one.dataset, one.protocol), []).append(one)
    return Bench(
        tuple(
            Panel(*key, tuple(sorted(cells, key=lambda c: c.is_floor)))
            for key, cells in panels.items()
        ),
        tuple(lost),
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
