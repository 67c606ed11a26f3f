"""Figure 1: pictures the crowd confirmed and rejected, for every emotion, with their licences."""

from collections.abc import Iterator

from affekt.foreign import clean
from affekt.report import thumbnails
from affekt.report.colours import looks
from affekt.report.exhibits import Column, Exhibit, Figure, Gap, Table
from affekt.report.inputs import ReportInput
from affekt.report.samples import EACH, SIDE, Drawn, Sample, draw
from affekt.report.scene import Item, Scene, Sign, Stroke, Words, shortened
from affekt.report.text import percent
from affekt.report.thumbnails import PITCH

SMALL = 10  # px of the letters below a picture
LEFT, LINE, HEAD = 84, 124, 26  # px: row names, one row, the emotion's name


def exhibit(given: ReportInput) -> Exhibit:
    """The figure, or a box that tells what stands in its way."""
    return Exhibit(
        "G1",
        "Examples",
        "Pictures that were asked about, drawn by rank from those whose licence allows it.",
        (_block(given),),
    )


def _block(given: ReportInput) -> Figure | Gap:
    title, lost = "Example pictures", given.lost("dedupe", "sample", "decide")
    if lost:
        return Gap(title, lost, given.build_command)
    if given.shelf is None:
        return Gap(title, "the report was made without the shelf of pictures", given.report_command)
    drawn = draw(given, given.shelf)
    if not drawn.samples:
        reason = (
            "no picture that was asked about can be shown: "
            f"{drawn.unlicensed:,} have no licence that allows it"
        )
        return Gap(title, f"{reason}, {drawn.broken:,} cannot be read", given.build_command)
    return figure(given, drawn)


def figure(given: ReportInput, drawn: Drawn) -> Figure:
    """Draw two rows an emotion out of one sprite."""
    notes = [
        f"Up to {EACH} a row, the first by rank of seed {given.seed}. "
        "Licences and authors stand in the table.",
        *thumbnails.notes(drawn.samples),
    ]
    if drawn.unlicensed:
        notes.append(
            f"{drawn.unlicensed:,} pictures asked about are left out: their licence does not let "
            "them be shown."
        )
    if drawn.broken:
        notes.append(f"{drawn.broken:,} pictures drawn could not be read any more.")
    return Figure(
        name="g1",
        title="Confirmed and rejected pictures of every emotion",
        text=_text(given, drawn),
        scene=_scene(given, drawn.samples),
        table=_table(drawn.samples),
        notes=tuple(notes),
        sprite=thumbnails.sprite(drawn.samples, PITCH),
        pitch_px=PITCH,
    )


def _rows(
    given: ReportInput, samples: tuple[Sample, ...]
) -> Iterator[tuple[str, bool, list[Sample]]]:
    """Every emotion's two rows, in taxonomy order; an emotion without any example has none."""
    for emotion in given.taxonomy.names:
        rows = {
            felt: [s for s in samples if s.emotion == emotion and s.felt == felt]
            for felt in (True, False)
        }
        if rows[True] or rows[False]:
            yield from ((emotion, felt, row) for felt, row in rows.items())


def _text(given: ReportInput, drawn: Drawn) -> str:
    parts = []
    for emotion in given.taxonomy.names:
        felt = sum(s.felt for s in drawn.samples if s.emotion == emotion)
        all_of = sum(s.emotion == emotion for s in drawn.samples)
        parts.append(f"{emotion} {felt} and {all_of - felt}")
    n = len(drawn.samples)
    share = percent(sum(s.felt for s in drawn.samples) / n, 0)
    each = f"Confirmed and rejected by emotion: {', '.join(parts)}."
    return f"{n} pictures, {share} of them confirmed. {each}"


def _scene(given: ReportInput, samples: tuple[Sample, ...]) -> Scene:
    items: list[Item] = []
    y, styles = 0.0, looks(given.taxonomy.names)
    place = {id(sample): at for at, sample in enumerate(samples)}
    for emotion, felt, row in _rows(given, samples):
        if felt:
            items += [
                Sign(8, y + 14, styles[emotion].slot),
                Words(22, y + 18, clean(emotion), size=13, bold=True),
            ]
            y += HEAD
        items += _line(samples, [place[id(sample)] for sample in row], felt, y)
        y += LINE
    return Scene(LEFT + EACH * PITCH, y, tuple(items))


def _line(samples: tuple[Sample, ...], row: list[int], felt: bool, y: float) -> Iterator[Item]:
    yield Words(22, y + SIDE / 2, "confirmed" if felt else "rejected", tone="soft", size=11)
    if not row:
        yield Words(LEFT, y + SIDE / 2, "none to show", tone="soft", size=11)
    answer = "confirmed" if felt else "rejected"
    for column, at in enumerate(row):
        says = f"{samples[at].emotion}, {answer}: {samples[at].credit}"
        yield thumbnails.tile(samples, at, LEFT + column * PITCH, y, says)
    for column, at in enumerate(row):
        owned = f"{samples[at].licence} {samples[at].owner}"
        word = shortened(owned, PITCH - 12, SMALL)
        yield Words(LEFT + column * PITCH, y + SIDE + 13, word, tone="soft", size=SMALL)
    if not felt:
        yield Stroke(0, y + LINE - 4, LEFT + EACH * PITCH, y + LINE - 4)


def _table(samples: tuple[Sample, ...]) -> Table:
    return Table(
        name="g1",
        title="Example pictures with title, author, licence and source",
        columns=(
            Column("emotion", "text"),
            Column("crowd", "text"),
            Column("title, author, licence, source", "text"),
            Column("page", "text"),
            Column("picture", "text"),
            Column("content warning", "text"),
        ),
        rows=tuple(
            (
                s.emotion,
                "confirmed" if s.felt else "rejected",
                s.credit,
                s.page,
                s.image_id[:16],
                thumbnails.warning(s) or None,
            )
            for s in samples
        ),
        notes=("Picture: first 16 digits of the SHA-256 of its bytes.",),
        across=None if any(map(thumbnails.warning, samples)) else 5,
    )
