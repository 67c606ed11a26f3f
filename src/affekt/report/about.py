"""The head of the page, and from which plan, seeds, products and machine it was made."""

from affekt.foreign import clean
from affekt.report import chosen
from affekt.report.bench import Bench
from affekt.report.exhibits import Column, Exhibit, Row, Table
from affekt.report.inputs import ReportInput
from affekt.report.text import listed
from affekt.store import Failure, Product

SHORT = 16  # digits of a hash that a person compares


def lead(given: ReportInput, bench: Bench) -> str:
    """Say in a sentence or two what was done."""
    told = [
        f"{made.manifest['kept']:,} {noun}"
        for stage, noun in (
            ("collect", "pictures found"),
            ("dedupe", "distinct"),
            ("sample", "put to the crowd"),
            ("decide", "labelled"),
        )
        if (made := given.made(stage))
    ]
    built = f"{listed(told)}. " if told else ""
    return f"{built}{_benched(bench)}"


def _benched(bench: Bench) -> str:
    if not bench.panels:
        return "No benchmark yet."
    # Where one data set was trained on and another tested, the panel is named after both.
    sets = len({one.cells[0].remarks.trained_on or one.dataset for one in bench.panels})
    names = {cell.entry for panel in bench.panels for cell in panel.contenders}
    entries = len(names | {one.entry for one in bench.rated})
    tested = max(cell.n for panel in bench.panels for cell in panel.cells)
    failed = f"; {_many(len(bench.lost), 'cell', 'cells')} failed" if bench.lost else ""
    return (
        f"Benchmark of {_many(entries, 'entry', 'entries')} "
        f"on {_many(sets, 'data set', 'data sets')}, "
        f"up to {tested:,} pictures tested{failed}."
    )


def _many(n: int, one: str, several: str) -> str:
    return f"{n} {one if n == 1 else several}"


def facts(given: ReportInput) -> tuple[tuple[str, str], ...]:
    """Name the plan, the seed, the emotions, the versions and the machine."""
    versions = ", ".join(
        f"{clean(name)} {clean(number)}" for name, number in given.versions.items()
    )
    machine = ", ".join(f"{clean(name)}: {clean(what)}" for name, what in given.hardware.items())
    return (
        ("Plan", f"{clean(given.plan_name)}, SHA-256 {given.plan_sha256[:SHORT]}"),
        ("Seed", str(given.seed)),
        ("Emotions", f"{given.taxonomy.name}: {', '.join(given.taxonomy.names)}"),
        ("Versions", versions or "unknown"),
        ("Machine", machine or "not told"),
    )


def exhibit(given: ReportInput) -> Exhibit:
    """List every product behind the page, with the address and the hash of its rows."""
    rows: list[Row] = [_row("build", stage, made) for stage, made in given.build.items()]
    seen: set[str] = set()
    for result in (*given.results, *given.curves):
        cell = f"{result.dataset}, {result.entry}, {result.protocol}"
        made_of = [(result.dataset, result.pictures), (cell, result.predictions)]
        if isinstance(result.vectors, Product):
            made_of.insert(1, (f"{result.dataset}, {result.entry}", result.vectors))
        for where, made in made_of:
            key = made.address if isinstance(made, Product) else where
            if key not in seen:
                rows.append(_row(where, made.stage, made))
            seen.add(key)
    table = Table(
        name="products",
        title="Products behind this page",
        columns=(
            Column("of", "text"),
            Column("stage", "text"),
            Column("rows"),
            Column("address", "text"),
            Column("SHA-256 of the rows", "text"),
        ),
        rows=tuple(rows),
        notes=(
            f"First {SHORT} digits. An address is computed from the settings of a stage and the "
            "addresses of what it took; two pages with equal addresses show the same numbers.",
        ),
    )
    models = chosen.table(given)
    return Exhibit(
        "A",
        "What this page was made of",
        "Every number above follows from these tables.",
        (table, models) if models else (table,),
    )


def _row(where: str, stage: str, made: Product | Failure) -> Row:
    if isinstance(made, Failure):
        return (clean(where), stage, None, None, f"not made: {clean(made.reason)}")
    manifest = made.manifest
    digest = str(manifest.get("table_sha256", ""))[:SHORT]
    return (clean(where), stage, int(manifest["kept"]), made.address[:SHORT], digest)
