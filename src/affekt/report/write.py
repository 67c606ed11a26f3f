"""The report as files: one page, every figure as PDF and SVG, every table as CSV and LaTeX."""

from collections.abc import Callable, Iterable
from pathlib import Path

from affekt.errors import UsageError
from affekt.foreign import clean
from affekt.parts import did_you_mean
from affekt.report import (
    about,
    acceptance,
    accuracy,
    agreed,
    banners,
    bench,
    choices,
    classes,
    confusion,
    curves,
    datasets,
    differences,
    doubtful,
    examples,
    explained,
    funnel,
    latex,
    leaked,
    map_page,
    maps,
    origins,
    overall,
    paper,
    published,
    rates,
    ratings,
    reliability,
    selective,
    sheet,
    shortcuts,
    transferred,
    valence,
    voted,
    votes,
    weak,
    workers,
)
from affekt.report.bench import Bench
from affekt.report.exhibits import Exhibit, Figure, Table
from affekt.report.inputs import ReportInput
from affekt.report.page import Page, rendered

MAKERS: dict[str, Callable[[ReportInput, Bench], Exhibit]] = {
    "T1": lambda given, _: datasets.exhibit(given),
    "G10": lambda given, _: funnel.exhibit(given),
    "G2": lambda given, _: origins.exhibit(given),
    "C": lambda given, _: choices.exhibit(given),
    "T2": lambda given, _: acceptance.exhibit(given),
    "G11": lambda given, _: votes.exhibit(given),
    "G12": lambda given, _: agreed.exhibit(given),
    "G20": lambda given, _: agreed.human(given),
    "G13": lambda given, _: workers.exhibit(given),
    "G1": lambda given, _: examples.exhibit(given),
    "T3": accuracy.exhibit,
    "T4": overall.exhibit,
    "G21": valence.exhibit,
    "G16": differences.exhibit,
    "G24": curves.exhibit,
    "G18": transferred.exhibit,
    "R": ratings.exhibit,
    "G5-7": rates.exhibit,
    "G15": classes.exhibit,
    "G3": confusion.exhibit,
    "G4": lambda given, bench: maps.exhibit(given, bench.tests),
    "G14": reliability.exhibit,
    "G25": selective.exhibit,
    "G26": voted.exhibit,
    "G22": shortcuts.exhibit,
    "G23": lambda given, bench: leaked.exhibit(given, bench, tuple(weak.tables(given))),
    "G17": doubtful.exhibit,
    "G19": lambda given, _: explained.exhibit(given),
    "A": lambda given, _: about.exhibit(given),
}
SCORES = (
    "T3",
    "T4",
    "G21",
    "G16",
    "G24",
    "G18",
    "G5-7",
    "G15",
    "G3",
    "G14",
    "G25",
    "G26",
    "G23",
    "G17",
)
ALIASES = {"G5": "G5-7", "G6": "G5-7", "G7": "G5-7"}


def write(sources: ReportInput, folder: Path, only: str | None = None) -> Path:
    """Write the report and give its page.

    Args:
        sources: What is shown.
        folder: Gets ``report.html``, ``figures/``, ``tables/`` and, where there are any, ``maps/``
            and ``predictions.parquet``; made when it is missing. Each file is replaced whole.
        only: Id of one exhibit, such as ``T3``; the page is then called ``report-t3.html``. The
            page of all leaves out what has nothing to show.

    Raises:
        UsageError: There is no such exhibit.
    """
    ids = [_known(only)] if only is not None else list(MAKERS)
    scored = bench.read(sources)
    tests = (*scored.tests, *scored.curves)
    if tests and only is None:
        published.write(tests, sources, folder / published.NAME)
    return _written(sources, scored, folder, ids, only)


def rescored(path: Path, folder: Path, only: str | None = None) -> Path:
    """Score published predictions anew and give the page, as `write` does, of scores alone.

    Raises:
        UsageError: The file holds no predictions, or there is no such exhibit of scores.
        NewerFormat: A newer affekt wrote it.
    """
    note, tests = published.read(path)
    sources = ReportInput(
        title=note.title,
        plan_name=note.plan,
        plan_sha256=note.plan_sha256,
        taxonomy=published.taxonomy(tests),
        seed=note.seed,
        banners=note.banners,
    )
    cells = [one for one in tests if not one.curve]
    curved = tuple(one for one in tests if one.curve)
    scored = Bench(bench.panels(cells, sources.seed), (), curves=curved)
    ids = [_known(only, SCORES)] if only is not None else list(SCORES)
    return _written(sources, scored, folder, ids, only)


def _written(
    sources: ReportInput, scored: Bench, folder: Path, ids: list[str], only: str | None
) -> Path:
    made = [MAKERS[name](sources, scored) for name in ids]
    exhibits = tuple(one for one in made if one.blocks or only is not None)
    page = folder / ("report.html" if only is None else f"report-{ids[0].lower()}.html")
    for exhibit in exhibits:
        for block in exhibit.blocks:
            _write_block(block, folder)
            if isinstance(block, Figure) and block.walk:
                text = map_page.rendered(block.walk, page.name)
                _write(folder / "maps" / f"{block.name}.html", text.encode())
    _write(page, rendered(_page(sources, scored, exhibits)).encode())
    return page


def _known(word: str, ids: Iterable[str] = MAKERS) -> str:
    name = word.strip().upper()
    name = ALIASES.get(name, name)
    if name not in ids:
        raise UsageError(f"there is no exhibit {word!r}; {did_you_mean(name, list(ids))}")
    return name


def _page(sources: ReportInput, scored: Bench, exhibits: tuple[Exhibit, ...]) -> Page:
    return Page(
        title=clean(sources.title) or "untitled",
        lead=about.lead(sources, scored),
        plan=clean(sources.plan_name),
        version=clean(sources.versions.get("affekt", "")),
        banners=banners.banners(sources),
        facts=about.facts(sources),
        exhibits=exhibits,
    )


def _write_block(block: object, folder: Path) -> None:
    if isinstance(block, Figure):
        _write(folder / "figures" / f"{block.name}.pdf", paper.drawn(block, "pdf"))
        _write(folder / "figures" / f"{block.name}.svg", paper.drawn(block, "svg"))
        _write_block(block.table, folder)
    if isinstance(block, Table):
        _write(folder / "tables" / f"{block.name}.csv", sheet.table(block).encode())
        _write(folder / "tables" / f"{block.name}.tex", latex.table(block).encode())


def _write(path: Path, data: bytes) -> None:
    """Write beside, then rename."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.part")
    beside.write_bytes(data)
    beside.replace(path)
