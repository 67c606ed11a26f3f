"""Figure 4: maps of pictures by what features see in them, and the filters of the nets behind."""

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from affekt.foreign import clean
from affekt.report import filters, map_figure, map_numbers
from affekt.report.exhibits import Exhibit, Figure, Gap, Table
from affekt.report.inputs import ReportInput
from affekt.report.map_numbers import Draws, Side
from affekt.report.text import listed, slug
from affekt.store import Failure

if TYPE_CHECKING:
    from affekt.plan import Mapped

UNASKED = (
    "the plan asks for no map: name a data set and one or two entries under [[bench.maps]] first"
)


def exhibit(given: ReportInput) -> Exhibit:
    """A figure and a table a map, then the filters; a box for each map that is missing."""
    return Exhibit(
        "G4",
        "Maps and filters",
        "Pictures that a feature sees alike lie together; whether what lies together shares its "
        "emotion is told in numbers.",
        (*_maps(given), *filters.blocks(given)),
    )


def _maps(given: ReportInput) -> Iterator[Figure | Table | Gap]:
    if not given.maps:
        yield Gap("Maps of pictures", UNASKED, given.bench_command)
    for number, both in groupby(given.maps, lambda one: one.number):
        yield from _map(given, number, list(both))


def _map(given: ReportInput, number: int, both: "list[Mapped]") -> Iterator[Figure | Table | Gap]:
    dataset = both[0].dataset
    sides: list[Side] = []
    for one in both:
        if isinstance(one.pictures, Failure) or isinstance(one.mapped, Failure):
            lost = one.mapped if isinstance(one.mapped, Failure) else one.pictures
            assert isinstance(lost, Failure)
            title = f"Map of {clean(dataset)} by {clean(one.entry)}"
            yield Gap(title, clean(lost.reason, 400), given.bench_command)
        elif one.mapped.manifest["kept"]:
            sides.append(map_numbers.side(one, one.pictures, one.mapped))
        else:
            title = f"Map of {clean(dataset)} by {clean(one.entry)}"
            yield Gap(title, "there is no picture to show", given.bench_command)
    if sides:
        yield from _drawn(given, f"g4-{slug(dataset)}-{number}", dataset, tuple(sides))


def _drawn(
    given: ReportInput, name: str, dataset: str, sides: tuple[Side, ...]
) -> Iterator[Figure | Table]:
    drawn = Draws.of(sides, given.seed, dataset)
    told = [map_numbers.told(one, drawn) for one in map_numbers.measures(sides)]
    yield map_figure.figure(given, name, dataset, sides, told)
    title = f"Beside the map of {clean(dataset)} by {listed([one.entry for one in sides])}"
    yield map_numbers.table(f"{name}-numbers", title, drawn, told)
