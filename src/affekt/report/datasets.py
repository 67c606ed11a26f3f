"""Table 1: pictures of each emotion in every labelled set, and what guessing would score."""

from affekt.foreign import clean
from affekt.report.exhibits import Column, Exhibit, Gap, Row, Table
from affekt.report.inputs import ReportInput
from affekt.report.numbers import by_emotion
from affekt.report.text import slug
from affekt.store import Product


def exhibit(given: ReportInput) -> Exhibit:
    """One table a taxonomy; without a benchmark, the labels that the build line decided."""
    sets = _sets(given)
    taxonomies = list(dict.fromkeys(names for _, names, _ in sets))
    unlike = _unlike(given)
    tables = tuple(
        table(
            names,
            [(name, counts) for name, own, counts in sets if own == names],
            tuple(unlike[name] for name, own, _ in sets if own == names and name in unlike),
        )
        for names in taxonomies
    )
    nothing = Gap(
        "Labelled sets", "no data set has been loaded and no label decided", given.bench_command
    )
    return Exhibit(
        "T1",
        "Labelled sets",
        "Pictures of each emotion, and what can be scored without looking at them.",
        tables or (nothing,),
    )


def _sets(given: ReportInput) -> list[tuple[str, tuple[str, ...], dict[str, int]]]:
    found = {
        result.dataset: (result.taxonomy.names, by_emotion(result.pictures.table()))
        for result in given.results
        if isinstance(result.pictures, Product) and not result.trained_on
    }
    decide = given.made("decide")
    if not found and decide:
        found[given.title] = (given.taxonomy.names, by_emotion(decide.table()))
    return [(name, names, counts) for name, (names, counts) in found.items()]


def _unlike(given: ReportInput) -> dict[str, str]:
    """Say what each copy has otherwise than published, by the name of its data set."""
    told = {
        result.dataset: result.pictures.manifest["notes"].get("difference")
        for result in given.results
        if isinstance(result.pictures, Product)
    }
    return {name: f"{clean(name)}: {clean(said, None)}." for name, said in told.items() if said}


def table(
    emotions: tuple[str, ...],
    sets: list[tuple[str, dict[str, int]]],
    remarks: tuple[str, ...] = (),
) -> Table:
    """Give one row a set, and their total when there are several."""
    rows = [_row(name, [counts.get(emotion, 0) for emotion in emotions]) for name, counts in sets]
    several = len(sets) > 1
    if several:
        sums = [sum(counts.get(emotion, 0) for _, counts in sets) for emotion in emotions]
        rows.append(_row("total", sums))
    name = "t1" if len(emotions) == 8 else f"t1-{slug('-'.join(emotions))}"
    return Table(
        name=name,
        title=f"Labelled pictures, {len(emotions)} emotions",
        columns=(
            Column("set", "text"),
            *(Column(clean(emotion)) for emotion in emotions),
            Column("sum"),
            Column("smallest", "count"),
            Column("chance", "percent"),
            Column("majority", "percent"),
        ),
        rows=tuple(rows),
        notes=(
            "Smallest: pictures of the rarest emotion. Chance: 1 / emotions that occur. "
            "Majority: share of the most frequent emotion, what always naming it would score "
            "on the whole set.",
            *remarks,
        ),
        strong=frozenset({len(rows) - 1} if several else ()),
    )


def _row(name: str, counts: list[int]) -> Row:
    total = sum(counts)
    majority = max(counts) / total if total else None
    met = sum(count > 0 for count in counts)
    return (name, *counts, total, min(counts), 1 / met if met else None, majority)
