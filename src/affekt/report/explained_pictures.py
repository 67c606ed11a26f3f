"""Pictures with a translucent map of what speaks for the answer, and the same shuffled beside."""

import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from jaxtyping import Bool, Float
from PIL import Image

from affekt.foreign import clean
from affekt.report import samples, thumbnails
from affekt.report.exhibits import Column, Figure, Gap, Table
from affekt.report.explained_numbers import Answers
from affekt.report.inputs import ReportInput
from affekt.report.map_pictures import free_of
from affekt.report.samples import SIDE, Sample, Thumbnail
from affekt.report.scene import Item, Scene, Words, shortened
from affekt.report.text import show

STEP, GAP, ACROSS = 100, 28, 3  # px: one tile, between two pictures; pictures a row
BLOCK, LINE, HEAD = 3 * STEP + GAP, 132, 24  # px: a picture's three tiles, a row, a heading
MARK = np.array([255.0, 92.0, 0.0])  # over grey, dark or light, it stays the only colour
MOST = 0.85  # how much of the cell that speaks most is covered
CAPTIONS = ("picture", "map", "shuffled")
LUMA = np.array([0.2126, 0.7152, 0.0722])  # ITU-R BT.709

Grid = Float[np.ndarray, "row column"]


class Shown(NamedTuple):
    """One answer that is shown: its row, and three thumbnails."""

    row: dict[str, Any]
    tiles: tuple[Sample, Sample, Sample]


def figure(given: ReportInput, name: str, title: str, answers: Answers) -> Figure | Gap:
    """Draw right and wrong answers, as many of each as the plan wants and licences allow."""
    shown = _shown(given, answers)
    if not shown:
        reason = (
            f"of {answers.rows.height:,} pictures with a map none can be shown: no licence is "
            "known that lets it be, or its bytes cannot be read"
        )
        return Gap(title, reason, given.bench_command)
    tiles = [tile for one in shown for tile in one.tiles]
    return Figure(
        name=name,
        title=title,
        text=_text(shown),
        scene=_scene(shown, tiles),
        table=_table(name, title, shown),
        notes=(*_notes(answers, shown), *thumbnails.notes([one.tiles[0] for one in shown])),
        sprite=thumbnails.sprite(tiles),
    )


def _shown(given: ReportInput, answers: Answers) -> list[Shown]:
    if given.shelf is None:
        return []
    rows = answers.rows.rename({"emotion": "answer"}).with_columns(emotion=pl.col("label"))
    free = free_of(given, rows)
    found: list[Shown] = []
    for word, is_right in (("right", True), ("wrong", False)):
        some = free.filter(pl.col("is_right") == is_right).head(answers.how[word])
        by_id = {row["image_id"]: row for row in some.iter_rows(named=True)}
        for one in samples.pictured(by_id.values(), given.shelf):
            row = by_id[one.image_id]
            learned, twin = (_marked(one, _grid(row[name])) for name in ("map", "map_shuffled"))
            found.append(Shown(row, (one, learned, twin)))
    return found


def _grid(values: Sequence[float]) -> Grid:
    side = math.isqrt(len(values))
    return np.array(values, dtype=float).reshape(side, side)


def _marked(sample: Sample, grid: Grid) -> Sample:
    clear = None if sample.clear is None else overlaid(sample.clear, grid)
    return sample._replace(pixels=overlaid(sample.pixels, grid), clear=clear)


def overlaid(thumbnail: Thumbnail, grid: Grid) -> Thumbnail:
    """Lay a map over a thumbnail made grey: nothing where it is 0 or less, most at its highest.

    The map spans the picture, not the transparent margins.
    """
    rows, columns = (np.flatnonzero(thumbnail[..., 3].any(axis=axis)) for axis in (1, 0))
    inside = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    whole = thumbnail.copy()
    picture = thumbnail[inside][..., :3]
    share = np.maximum(grid, 0) / max(float(grid.max()), np.finfo(float).tiny)
    size = picture.shape[1], picture.shape[0]
    cells = Image.fromarray(share.astype(np.float32)).resize(size, Image.Resampling.BOX)
    cover = MOST * np.asarray(cells, dtype=float)[..., None]
    grey = (picture @ LUMA)[..., None]
    whole[inside][..., :3] = np.rint(grey * (1 - cover) + MARK * cover).astype(np.uint8)
    return whole


def _scene(shown: Sequence[Shown], tiles: Sequence[Sample]) -> Scene:
    items: list[Item] = []
    y, first, widest = 0.0, 0, 1
    for word, is_right in (("Right answers", True), ("Wrong answers", False)):
        some = [one for one in shown if one.row["is_right"] == is_right]
        if some:
            items.append(Words(0, y + 15, word, size=13, bold=True))
            y += HEAD
            for at in range(min(len(some), ACROSS)):
                items += _captions(at * BLOCK, y)
            y += 18
        for at, one in enumerate(some):
            left, top = at % ACROSS * BLOCK, y + at // ACROSS * LINE
            items += _block(one, left, top, tiles, 3 * (first + at))
        first += len(some)
        y += -(-len(some) // ACROSS) * LINE
        widest = max(widest, min(len(some), ACROSS))
    return Scene(widest * BLOCK - GAP, y, tuple(items))


def _captions(left: float, top: float) -> Iterator[Words]:
    for at, caption in enumerate(CAPTIONS):
        yield Words(left + at * STEP, top + 11, caption, tone="soft", size=10)


def _block(
    one: Shown, left: float, top: float, tiles: Sequence[Sample], first: int
) -> Iterator[Item]:
    says = (_said(one), _speaks(one, "map"), _speaks(one, "map_shuffled"))
    for at, told in enumerate(says):
        yield thumbnails.tile(tiles, first + at, left + at * STEP, top, told)
    answer = f"{one.row['answer']} {show(one.row['probability'], 'chance')}"
    label = f"labelled {one.row['label']}"
    yield Words(left, top + SIDE + 14, shortened(clean(answer), BLOCK / 2, 11), size=11)
    yield Words(
        left + BLOCK / 2, top + SIDE + 14, shortened(clean(label), BLOCK / 2, 11), tone="soft",
        size=11,
    )  # fmt: skip


def _said(one: Shown) -> str:
    said = f"said {clean(one.row['answer'])}, labelled {clean(one.row['label'])}"
    return f"{said}: {one.tiles[0].credit}"


def _speaks(one: Shown, name: str) -> str:
    place = most_at(_grid(one.row[name]))
    if name == "map":
        return f"what speaks for {clean(one.row['answer'])}: {place}"
    like = show(one.row["like_shuffled"], "score")
    return f"the same with the classifier shuffled: {place}, correlation of both {like}"


def most_at(grid: Grid) -> str:
    """Say where a map is highest, in words."""
    if not grid.max() > 0:
        return "nothing"
    row, column = np.unravel_index(grid.argmax(), grid.shape)
    return f"most at row {row + 1}, column {column + 1} of {len(grid)}"


def _text(shown: Sequence[Shown]) -> str:
    right = sum(one.row["is_right"] for one in shown)
    middle = _middle(_grid(shown[0].row["map"]))
    inner = sum(middle.ravel()[np.argmax(one.row["map"])] for one in shown)
    likes = [one.row["like_shuffled"] for one in shown if np.isfinite(one.row["like_shuffled"])]
    told = (
        f" Maps of learned and of shuffled weights correlate by {show(min(likes), 'score')} to "
        f"{show(max(likes), 'score')}, {show(float(np.mean(likes)), 'score')} on average."
        if likes
        else ""
    )
    pairs = [
        f"{clean(one.row['label'])} taken for {clean(one.row['answer'])}"
        for one in shown
        if not one.row["is_right"]
    ]
    often = sorted(set(pairs), key=lambda pair: (-pairs.count(pair), pair))[:3]
    wrong = ", ".join(f"{pair} ({pairs.count(pair)})" for pair in often)
    return (
        f"{right} right and {len(shown) - right} wrong answers, each with a map of what speaks for "
        f"it. In {inner} of {len(shown)} the highest cell is one of the {middle.sum()} of "
        f"{middle.size} in the middle third of the picture, both ways.{told}"
        + (f" Wrong: {wrong}." if wrong else "")
    )


def _middle(grid: Grid) -> Bool[np.ndarray, "row column"]:
    """Tell of every cell whether its middle lies in the middle third, both ways."""
    inside = np.abs((np.arange(len(grid)) + 0.5) / len(grid) - 0.5) <= 1 / 6
    return inside[:, None] & inside


def _notes(answers: Answers, shown: Sequence[Shown]) -> Iterator[str]:
    kinds = [f"{answers.how[word]} {word}" for word in ("right", "wrong")]
    yield (
        f"Asked for: {' and '.join(kinds)} ones, the first by rank of seed {answers.how['seed']} "
        f"among those whose licence lets them be shown; {len(shown)} are."
    )
    yield (
        "Over the picture in grey: nothing at 0 or against, full colour at the highest cell of "
        "that map. Shuffled: the classifier's weights in a drawn order. A cell tells of its "
        "surroundings, too, as far as the net looks: it is no outline."
    )


def _table(name: str, title: str, shown: Sequence[Shown]) -> Table:
    return Table(
        name=name,
        title=title,
        columns=(
            Column("said", "text"),
            Column("label", "text"),
            Column("probability", "chance"),
            Column("most marked", "text"),
            Column("like classifier shuffled", "score"),
            Column("like all layers shuffled", "score"),
            Column("marked grey", "chance"),
            Column("by lot grey", "chance"),
            Column("title, author, licence, source", "text"),
            Column("page", "text"),
            Column("picture", "text"),
            Column("content warning", "text"),
        ),
        rows=tuple(
            (
                clean(one.row["answer"]),
                clean(one.row["label"]),
                one.row["probability"],
                most_at(_grid(one.row["map"])),
                one.row["like_shuffled"],
                one.row["like_all_shuffled"],
                one.row["without_marked"],
                one.row["without_random"],
                one.tiles[0].credit,
                one.tiles[0].page,
                one.tiles[0].image_id[:16],
                thumbnails.warning(one.tiles[0]) or None,
            )
            for one in shown
        ),
        notes=(
            "Grey: probability of what was said with cells of the picture greyed out. Picture: "
            "first 16 digits of its id.",
        ),
        across=None if any(thumbnails.warning(one.tiles[0]) for one in shown) else 11,
    )
