"""The funnel: pictures every stage took in, kept and dropped, by emotion and with reasons."""

from collections.abc import Iterator

from affekt.foreign import clean
from affekt.report.colours import looks
from affekt.report.exhibits import Column, Exhibit, Figure, Gap, Row, Table
from affekt.report.inputs import ReportInput
from affekt.report.numbers import CAME_FROM, UNLABELLED, Counts, Step, funnel
from affekt.report.scene import Box, Item, Paint, Scene, Sign, Stroke, Words, layered, shortened
from affekt.report.text import count, listed

NOUNS = {
    "collect": "found",
    "clean": "clean",
    "dedupe": "unique",
    "sample": "asked",
    "decide": "labelled",
    "release": "released",
}
LEFT, WIDE, BAR, LINE, TOP = 122, 146, 124, 28, 44


def exhibit(given: ReportInput) -> Exhibit:
    """The figure as far as the line has come, and a box for the stages that do not stand."""
    steps = funnel(given)
    blocks: list[Figure | Gap] = [figure(given, steps)] if steps else []
    stages = ("collect", *CAME_FROM)
    if len(steps) < len(stages):
        reason = given.lost(*stages[len(steps) :])
        blocks.append(
            Gap(f"The funnel from {stages[len(steps)]!r} on", reason, given.build_command)
        )
    lead = "What every stage took in, kept and dropped. Kept and dropped add up to what came in."
    return Exhibit("G10", "From found to released", lead, tuple(blocks))


def figure(given: ReportInput, steps: list[Step]) -> Figure:
    """Draw one row an emotion and one column a stage, bars on one scale."""
    rows = _rows(given, steps)
    notes = ["Bars: rows kept, all on one scale. A picture found twice is two rows until dedupe."]
    noisy = given.made("noisy")
    if noisy and noisy.manifest["kept"]:
        notes.append(
            f"A further {noisy.manifest['kept']:,} pictures were drawn to train on weak labels, "
            "none of them asked about."
        )
    released = given.made("release")
    linked = released.manifest["notes"].get("linked", 0) if released else 0
    if linked:
        notes.append(f"Of the released pictures {linked:,} are linked, not shipped.")
    return Figure(
        name="g10",
        title="Pictures kept at each stage",
        text=_text(steps),
        scene=_scene(given, steps, rows),
        table=_table(steps, rows),
        notes=tuple(notes),
    )


def _rows(given: ReportInput, steps: list[Step]) -> tuple[str, ...]:
    seen = {name for step in steps for name in (*step.came_in, *step.kept)}
    others = sorted(seen - set(given.taxonomy.names) - {UNLABELLED})
    return (*given.taxonomy.names, *others, *((UNLABELLED,) if UNLABELLED in seen else ()))


def _text(steps: list[Step]) -> str:
    parts = []
    for step in steps:
        came_in, kept = sum(step.came_in.values()), sum(step.kept.values())
        reasons = {reason: sum(counts.values()) for reason, counts in step.dropped.items()}
        most = sorted(reasons, key=lambda reason: (-reasons[reason], reason))[:2]
        why = listed([f"{clean(reason)} ({reasons[reason]:,})" for reason in most])
        part = f"{step.stage} kept {kept:,} of {came_in:,}"
        parts.append(f"{part}, mostly dropping for {why}" if why else part)
    return f"From first to last stage: {'; '.join(parts)}."


def _scene(given: ReportInput, steps: list[Step], rows: tuple[str, ...]) -> Scene:
    styles, most = (
        looks(given.taxonomy.names),
        max([n for s in steps for n in s.kept.values()] or [1]),
    )
    items: list[Item] = []
    for column, step in enumerate(steps):
        items += _column_head(step, LEFT + column * WIDE, len(rows))
    for at, emotion in enumerate(rows):
        y = TOP + at * LINE
        slot = styles[emotion].slot if emotion in styles else -1
        items += [Sign(10, y + 12, slot), Words(24, y + 16, shortened(clean(emotion), LEFT - 28))]
        for column, step in enumerate(steps):
            items += _cell(step, emotion, LEFT + column * WIDE, y, BAR / max(most, 1), slot)
    inside = layered(items, Stroke, Sign, Box, Words)
    return Scene(LEFT + len(steps) * WIDE, TOP + len(rows) * LINE + 8, inside)


def _column_head(step: Step, x: float, rows: int) -> Iterator[Item]:
    yield Words(x, 14, NOUNS[step.stage], size=13, bold=True)
    yield Words(x, 31, count(sum(step.kept.values())), tone="soft", size=12)
    yield Stroke(x - 0.5, TOP, x - 0.5, TOP + rows * LINE)


def _cell(step: Step, emotion: str, x: float, y: float, scale: float, slot: int) -> Iterator[Item]:
    n, came_in = step.kept.get(emotion, 0), step.came_in.get(emotion, 0)
    says = f"{clean(emotion)}: {NOUNS[step.stage]}, {n:,} of {came_in:,} kept"
    yield Box(x, y + 15, max(n * scale, 0.75), 9, Paint(slot=slot), says)
    yield Words(x + 2, y + 12, count(n), size=11)


def _table(steps: list[Step], rows: tuple[str, ...]) -> Table:
    lines: list[Row] = []
    strong = set()
    for step in steps:
        lines.append(_line(step.stage, "came in", step.came_in, rows))
        lines += [
            _line(step.stage, f"− {clean(reason)}", counts, rows)
            for reason, counts in step.dropped.items()
        ]
        strong.add(len(lines))
        lines.append(_line(step.stage, "kept", step.kept, rows))
    return Table(
        name="g10",
        title="What every stage took in, dropped and kept",
        columns=(
            Column("stage", "text"),
            Column("rows", "text"),
            *(Column(clean(name)) for name in rows),
            Column("total"),
        ),
        rows=tuple(lines),
        notes=("Whole counts, no sampling. The command affekt why tells the fate of one picture.",),
        strong=frozenset(strong),
    )


def _line(stage: str, what: str, counts: Counts, rows: tuple[str, ...]) -> Row:
    return (stage, what, *(counts.get(name, 0) for name in rows), sum(counts.values()))
