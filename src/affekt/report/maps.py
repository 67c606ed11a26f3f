"""Figure 4: maps of pictures by what features see in them, and the filters of the nets behind."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from affekt.foreign import clean
from affekt.report import filters, map_figure, map_numbers
from affekt.report.exhibits import Exhibit, Figure, Gap, Table
from affekt.report.inputs import ReportInput
from affekt.report.map_figure import About
from affekt.report.map_numbers import Draws, Side
from affekt.report.published import Tests
from affekt.report.text import listed, slug
from affekt.store import Failure

if TYPE_CHECKING:
    from affekt.plan import Mapped

UNASKED = (
    "the plan asks for no map: name a data set and one or two entries under [[bench.maps]] first"
)


def exhibit(given: ReportInput, tests: Sequence[Tests] = ()) -> Exhibit:
    """A figure and a table a map, then the filters; a box for each map that is missing.

    Args:
        given: What is shown.
        tests: Of the benchmark; a map's page shows what its entries said.
    """
    return Exhibit(
        "G4",
        "Maps and filters",
        "Pictures that a feature sees alike lie together; whether what lies together shares its "
        "emotion is told in numbers.",
        (*_maps(given, tests), *filters.blocks(given)),
    )


def _maps(given: ReportInput, tests: Sequence[Tests]) -> Iterator[Figure | Table | Gap]:
    if not given.maps:
        yield Gap("Maps of pictures", UNASKED, given.bench_command)
    for number, both in groupby(given.maps, lambda one: one.number):
        yield from _map(given, number, list(both), tests)


def _map(
    given: ReportInput, number: int, both: "list[Mapped]", tests: Sequence[Tests]
) -> Iterator[Figure | Table | Gap]:
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
        about = About(f"g4-{slug(dataset)}-{number}", dataset, tests)
        yield from _drawn(given, about, tuple(sides))


def _drawn(given: ReportInput, about: About, sides: tuple[Side, ...]) -> Iterator[Figure | Table]:
    drawn = Draws.of(sides, given.seed, about.dataset)
    told = [map_numbers.told(one, drawn) for one in map_numbers.measures(sides)]
    yield map_figure.figure(given, about, sides, told)
    names = listed([one.entry for one in sides])
    title = f"Beside the map of {clean(about.dataset)} by {names}"
    yield map_numbers.table(f"{about.name}-numbers", title, drawn, told)
