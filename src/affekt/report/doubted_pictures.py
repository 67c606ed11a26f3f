"""Pictures that are mistaken, or whose labels are doubtful, for people to look at."""

from collections.abc import Iterator
from typing import NamedTuple

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


class Why(NamedTuple):
    """Why pictures are drawn, in words.

    Attributes:
        order: What comes first.
        other: What the emotion beside the label is.
    """

    name: str
    title: str
    order: str
    other: str


DOUBTED = Why("g17-pictures", "Pictures whose labels are doubtful", "most doubtful", "suggested")
MISTAKEN = Why("g17-mistakes", "Pictures mistaken for others", "most confident mistakes", "answer")


def figure(given: ReportInput, panel: Panel, listed: pl.DataFrame, why: Why) -> Figure | None:
    """Draw those whose licence is known to allow it; None where there is none.

    Licences are those that this plan's own build found: of other data sets none is known.
    """
    shown = _shown(given, panel, listed)
    if not shown:
        return None
    said = {row["image_id"]: row["suggested"] for row in listed.iter_rows(named=True)}
    name, title = f"{why.name}-{panel.slug}", f"{why.title} on {panel.name}"
    return Figure(
        name=name,
        title=title,
        text=_text(shown, said, why),
        scene=_scene(shown, said, why),
        table=_table(name, title, shown, said, why),
        notes=(
            f"{told(len(shown), listed.height, why)} Below each: its label → {why.other}.",
            *thumbnails.notes(shown),
        ),
        sprite=thumbnails.sprite(shown, PITCH),
        pitch_px=PITCH,
    )


def told(shown: int, asked: int, why: Why) -> str:
    """Say how many of those asked for are shown, and why not all."""
    if shown == asked:
        return f"The {asked} {why.order}."
    return (
        f"{shown} of the {asked} {why.order}; the others have no licence that lets them be shown "
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


def _scene(shown: tuple[Sample, ...], said: dict[str, str], why: Why) -> Scene:
    items = [
        item for at, one in enumerate(shown) for item in _tile(shown, at, said[one.image_id], why)
    ]
    down = -(-len(shown) // EACH)
    return Scene(min(len(shown), EACH) * PITCH, down * LINE, layered(items, Tile, Words))


def _tile(shown: tuple[Sample, ...], at: int, other: str, why: Why) -> Iterator[Item]:
    x, y, sample = at % EACH * PITCH, at // EACH * LINE, shown[at]
    says = f"labelled {sample.emotion}, {why.other} {clean(other)}: {sample.credit}"
    yield thumbnails.tile(shown, at, x, y, says)
    label, instead = (shortened(clean(word), PITCH - 12, 11) for word in (sample.emotion, other))
    yield Words(x, y + SIDE + 14, label, size=11)
    yield Words(x, y + SIDE + 28, f"→ {instead}", tone="soft", size=11)


def _text(shown: tuple[Sample, ...], said: dict[str, str], why: Why) -> str:
    pairs = [f"{one.emotion} taken for {clean(said[one.image_id])}" for one in shown]
    often = sorted(set(pairs), key=lambda pair: (-pairs.count(pair), pair))[:3]
    told = ", ".join(f"{pair} ({pairs.count(pair)})" for pair in often)
    return f"{len(shown)} pictures, the {why.order} first. Most frequent: {told}."


def _table(
    name: str, title: str, shown: tuple[Sample, ...], said: dict[str, str], why: Why
) -> Table:
    return Table(
        name=name,
        title=title,
        columns=(
            Column("label", "text"),
            Column(why.other, "text"),
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
