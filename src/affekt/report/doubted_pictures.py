"""The pictures whose labels are most doubtful, for people to look at."""

from collections.abc import Iterator

import polars as pl

from affekt.foreign import clean
from affekt.report import samples, thumbnails
from affekt.report.bench import Panel
from affekt.report.exhibits import Column, Figure, Table
from affekt.report.inputs import ReportInput
from affekt.report.samples import EACH, SIDE, Sample
from affekt.report.scene import Item, Scene, Tile, Words, layered, shortened
from affekt.report.thumbnails import PITCH
from affekt.store import Product

LINE = 142  # px of one row
SPOT = ("image_id", "shard", "row_group", "row")
CREDIT = ("licence", "title", "owner", "source", "page_url", "url", "tags")


def figure(given: ReportInput, panel: Panel, listed: pl.DataFrame) -> Figure | None:
    """Draw those whose licence is known to allow it; None where there is none.

    Licences are those that this plan's own build found: of other data sets none is known.
    """
    shown = _shown(given, panel, listed)
    if not shown:
        return None
    said = {row["image_id"]: row["suggested"] for row in listed.iter_rows(named=True)}
    name = f"g17-pictures-{panel.slug}"
    return Figure(
        name=name,
        title=f"Pictures whose labels are doubtful on {panel.name}",
        text=_text(shown, said),
        scene=_scene(shown, said),
        table=_table(name, panel, shown, said),
        notes=(
            f"{told(len(shown), listed.height)} Below each: its label, and what is suggested.",
            *thumbnails.notes(shown),
        ),
        sprite=thumbnails.sprite(shown, PITCH),
        pitch_px=PITCH,
    )


def told(shown: int, asked: int) -> str:
    """Say how many of those asked for are shown, and why not all."""
    if shown == asked:
        return f"The {asked} most doubtful."
    return (
        f"{shown} of the {asked} most doubtful; the others have no licence that lets them be shown "
        "or cannot be read."
    )


def _shown(given: ReportInput, panel: Panel, listed: pl.DataFrame) -> tuple[Sample, ...]:
    images, shelf = given.made("dedupe"), given.shelf
    pictures = [
        one.pictures
        for one in given.results
        if one.dataset == panel.dataset and isinstance(one.pictures, Product)
    ]
    if images is None or shelf is None or not pictures:
        return ()
    credits = images.table().select(pl.col("image_id").alias("original"), *CREDIT)
    rows = (
        listed.with_columns(original=pl.coalesce("original_id", "image_id"), felt=pl.lit(True))
        .join(pictures[0].table().select(SPOT), on="image_id", maintain_order="left")
        .join(credits, on="original", maintain_order="left")
    )
    warned = samples.with_warnings(given, rows)
    return samples.pictured(warned.iter_rows(named=True), shelf)


def _scene(shown: tuple[Sample, ...], said: dict[str, str]) -> Scene:
    items = [item for at, one in enumerate(shown) for item in _tile(shown, at, said[one.image_id])]
    down = -(-len(shown) // EACH)
    return Scene(min(len(shown), EACH) * PITCH, down * LINE, layered(items, Tile, Words))


def _tile(shown: tuple[Sample, ...], at: int, other: str) -> Iterator[Item]:
    x, y, sample = at % EACH * PITCH, at // EACH * LINE, shown[at]
    says = f"labelled {sample.emotion}, suggested {clean(other)}: {sample.credit}"
    yield thumbnails.tile(shown, at, x, y, says)
    label, instead = (shortened(clean(word), PITCH - 12, 11) for word in (sample.emotion, other))
    yield Words(x, y + SIDE + 14, label, size=11)
    yield Words(x, y + SIDE + 28, f"→ {instead}", tone="soft", size=11)


def _text(shown: tuple[Sample, ...], said: dict[str, str]) -> str:
    pairs = [f"{one.emotion} taken for {clean(said[one.image_id])}" for one in shown]
    often = sorted(set(pairs), key=lambda pair: (-pairs.count(pair), pair))[:3]
    told = ", ".join(f"{pair} ({pairs.count(pair)})" for pair in often)
    return f"{len(shown)} pictures, the most doubtful label first. Most frequent: {told}."


def _table(name: str, panel: Panel, shown: tuple[Sample, ...], said: dict[str, str]) -> Table:
    return Table(
        name=name,
        title=f"Pictures whose labels are doubtful on {panel.name}",
        columns=(
            Column("label", "text"),
            Column("suggested", "text"),
            Column("title, author, licence, source", "text"),
            Column("page", "text"),
            Column("picture", "text"),
            Column("content warning", "text"),
        ),
        rows=tuple(
            (
                one.emotion,
                clean(said[one.image_id]),
                one.credit,
                one.page,
                one.image_id[:16],
                thumbnails.warning(one) or None,
            )
            for one in shown
        ),
        notes=("Picture: first 16 digits of the SHA-256 of its bytes.",),
        across=None if any(map(thumbnails.warning, shown)) else 5,
    )
