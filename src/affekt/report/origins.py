"""Figure 2: pictures left after cleaning and removing copies, by emotion and source."""

import polars as pl

from affekt.census.counts import counts, figure_2
from affekt.census.rows import standing
from affekt.foreign import clean
from affekt.report.colours import looks
from affekt.report.exhibits import Column, Exhibit, Figure, Gap, Row, Table
from affekt.report.inputs import ReportInput
from affekt.report.scene import Box, Item, Paint, Scene, Sign, Stroke, Words, layered, shortened
from affekt.report.text import count, listed, percent

NEEDED = ("collect", "clean", "dedupe")
LEFT, WIDE, BAR, LINE, TOP = 122, 190, 120, 28, 44
MOST = 6  # sources drawn; the table has all


def exhibit(given: ReportInput) -> Exhibit:
    """The figure, or a box that tells which stage is missing."""
    lost = given.lost(*NEEDED)
    gap = Gap("Pictures by emotion and source", lost, given.build_command)
    lead = "Pictures left after cleaning and removing copies, by the emotion they were found for."
    return Exhibit("G2", "Emotions and sources", lead, (gap if lost else figure(given),))


def figure(given: ReportInput) -> Figure:
    """Draw one row an emotion and one column a source, bars on one scale."""
    steps = {step: made for step in NEEDED if (made := given.made(step)) is not None}
    rows = figure_2(counts(standing(steps)), given.taxonomy.names)
    drawn = _most(rows)
    notes = ["Bars: pictures, all on one scale. Percent: of the pictures of that source."]
    if rows["source"].n_unique() > len(drawn):
        notes.append(f"The {MOST} sources with most pictures are drawn; the table has all.")
    return Figure(
        name="g2",
        title="Pictures by emotion and source",
        text=_text(rows),
        scene=_scene(given, rows, drawn),
        table=_table(rows, given.taxonomy.names),
        notes=tuple(notes),
    )


def _most(rows: pl.DataFrame) -> list[str]:
    totals = rows.group_by("source").agg(pl.col("pictures").sum())
    top = totals.sort(-pl.col("pictures"), "source").head(MOST)
    return sorted(top["source"].to_list())


def _text(rows: pl.DataFrame) -> str:
    told = []
    for (source,), mine in sorted(rows.group_by("source"), key=lambda pair: str(pair[0][0])):
        total = int(mine["pictures"].sum())
        ranked = mine.sort(-pl.col("pictures"), "emotion", maintain_order=True)
        most, least = ranked.row(0, named=True), ranked.row(-1, named=True)
        told.append(
            f"{clean(source)} has {total:,}, most of them {clean(most['emotion'])} "
            f"({most['pictures']:,}), fewest {clean(least['emotion'])} ({least['pictures']:,})"
            if total
            else f"{clean(source)} has none"
        )
    return f"Pictures left: {'; '.join(told)}."


def _scene(given: ReportInput, rows: pl.DataFrame, sources: list[str]) -> Scene:
    names, styles = given.taxonomy.names, looks(given.taxonomy.names)
    scale = BAR / max(1, *rows["pictures"].to_list())
    items: list[Item] = []
    for at, emotion in enumerate(names):
        y = TOP + at * LINE
        shown = shortened(clean(emotion), LEFT - 28)
        items += [Sign(10, y + 12, styles[emotion].slot), Words(24, y + 16, shown)]
    for column, source in enumerate(sources):
        x = float(LEFT + column * WIDE)
        mine = rows.filter(pl.col("source") == source)
        items += [
            Words(x, 14, shortened(clean(source), WIDE - 12, 13), size=13, bold=True),
            Words(x, 31, count(int(mine["pictures"].sum())), tone="soft", size=12),
            Stroke(x - 0.5, TOP, x - 0.5, TOP + len(names) * LINE),
        ]
        for at, (_, emotion, n, share) in enumerate(mine.iter_rows()):
            y, says = TOP + at * LINE, f"{clean(source)}: {clean(emotion)}, {n:,}"
            paint = Paint(slot=styles[emotion].slot)
            items.append(Box(x, y + 15, max(n * scale, 0.75), 9, paint, says))
            rate = "" if share is None else f" · {percent(share)}"
            items.append(Words(x + 2, y + 12, f"{count(n)}{rate}", size=11))
    inside = layered(items, Stroke, Sign, Box, Words)
    return Scene(LEFT + len(sources) * WIDE, TOP + len(names) * LINE + 8, inside)


def _table(rows: pl.DataFrame, emotions: tuple[str, ...]) -> Table:
    lines: list[Row] = []
    for (source,), mine in sorted(rows.group_by("source"), key=lambda pair: str(pair[0][0])):
        found = dict(mine.select("emotion", "pictures").iter_rows())
        numbers = [found[emotion] for emotion in emotions]
        lines.append((clean(source), *numbers, sum(numbers)))
    totals = [sum(int(str(line[at])) for line in lines) for at in range(1, len(emotions) + 2)]
    return Table(
        name="g2",
        title="Pictures left by source and emotion",
        columns=(
            Column("source", "text"),
            *(Column(clean(name)) for name in emotions),
            Column("total"),
        ),
        rows=(*lines, ("all", *totals)),
        notes=(f"Whole counts of {listed(list(NEEDED))}; pictures without an emotion left out.",),
        strong=frozenset({len(lines)}),
    )
