"""One or two maps side by side: a point a picture, its marker and colour those of its label."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import polars as pl
from jaxtyping import Float, Int

from affekt.foreign import clean
from affekt.measures.intervals import Interval
from affekt.rank import ranks_of
from affekt.report import map_numbers, map_pictures, map_walk
from affekt.report.colours import looks
from affekt.report.exhibits import Column, Figure, Table
from affekt.report.inputs import ReportInput
from affekt.report.map_numbers import BY_FEATURE, EMOTION, GROUP, Side, Told
from affekt.report.map_walk import Here
from affekt.report.published import Tests
from affekt.report.scene import Cloud, Item, Plot, Scene, Sign, Words, shortened, width_of
from affekt.report.text import listed, show

SIDE, GAP, RIM = 470, 28, 12  # px: a map, between two, inside a map's edge
LINE, HEAD = 22, 44  # px: a row of the legend, two lines above a map
ROUNDS = 8  # emotions are drawn in turns, so that none lies over all others,
CROWD = 100  # one turn for so many pictures
LEFT_OUT = {
    "other-part": "of parts that are not tested",
    "studied": "that the net learned from, near copies included",
    "no-features": "without a vector",
    "not-drawn": "by rank, as more need the extra maps",
}
SHOWN = 10  # rows of places on the page; the file has all


class About(NamedTuple):
    """Which map it is.

    Attributes:
        name: Base of its file names.
        tests: Of the benchmark; its page shows what the entries said.
    """

    name: str
    dataset: str
    tests: Sequence[Tests] = ()


def figure(
    given: ReportInput, about: About, sides: tuple[Side, ...], told: Sequence[Told]
) -> Figure:
    """Draw the maps; the places are the figure's numbers."""
    union = _union(sides)
    found = map_pictures.pinned(given, union)
    drawn = Figure(
        name=about.name,
        title=f"Map of {clean(about.dataset)} by {listed([one.entry for one in sides])}",
        text=text(sides, told),
        scene=_scene(sides, union["image_id"].to_list(), given.seed),
        table=_places(about.name, about.dataset, sides, union),
        notes=(*map(_method, sides), *map_pictures.notes(found, union.height)),
        sprite=found.sprite,
        cell_px=map_pictures.SIDE_PX,
        pins=found.pins,
    )
    here = Here(union, found.known, about.tests, about.dataset)
    return replace(drawn, walk=map_walk.walk(given, drawn, sides, here))


def text(sides: Sequence[Side], told: Sequence[Told]) -> str:
    """Say in words what the maps show, from the numbers beside them."""
    n = " and ".join(dict.fromkeys(f"{one.n:,}" for one in sides))
    if not sides[0].k:
        return f"{n} pictures, each a point: too few to speak of neighbours."
    wanted = {f"{kind}, {BY_FEATURE}": kind for kind in (EMOTION, GROUP)}
    shares = [
        _shares(sides, wanted[one.measure.name], one) for one in told if one.measure.name in wanted
    ]
    trust = _each(sides, told[0].values, "score")
    return " ".join(
        [
            f"{n} pictures, each a point near those that a feature sees alike.",
            *shares,
            f"Trustworthiness of the map is {trust}.",
        ]
    )


def _shares(sides: Sequence[Side], kind: str, told: Told) -> str:
    chance = show(told.measure.chance, "percent")
    said = f"Of a picture's {sides[0].k} neighbours {_each(sides, told.values, 'percent')}"
    return f"{said} are of the {kind}, {chance} by chance{_verdict(sides, told)}."


def _each(sides: Sequence[Side], values: Sequence[float], kind: str) -> str:
    return listed(
        [f"{show(value, kind)} by {one.entry}" for one, value in zip(sides, values, strict=True)]
    )


def _verdict(sides: Sequence[Side], told: Told) -> str:
    if len(sides) < 2 or not np.isfinite(told.interval.low):
        return ""
    low, high = told.interval
    if low <= 0 <= high:
        return "; the difference is within its interval"
    more, less = (sides[0], sides[1]) if low > 0 else (sides[1], sides[0])
    gap = abs(told.difference)
    ends = Interval(min(abs(low), abs(high)), max(abs(low), abs(high)))
    points, spread = show(gap, "points"), show(ends, "points")
    return f"; {more.entry} has {points} points more than {less.entry} (95 % {spread})"


def _union(sides: Sequence[Side]) -> pl.DataFrame:
    whole = pl.concat([one.pictures for one in sides])
    return whole.unique("image_id", keep="first", maintain_order=True)


def _method(one: Side) -> str:
    facts = one.facts
    how = [f"{one.entry}: {one.n:,} pictures, {facts['features']:,} values each"]
    if facts.get("components"):
        kept = show(facts["variance_kept"], "percent")
        how.append(f"{facts['components']} principal components ({kept} of the variance)")
    how.append(str(facts["method"]))
    if facts.get("perplexity"):
        how.append(f"perplexity {facts['perplexity']:g}")
    if facts.get("begun_at"):
        how.append("begun at the principal components")
    lost = [f"{count:,} {LEFT_OUT.get(word, word)}" for word, count in facts["reasons"].items()]
    left_out = f"; left out: {', '.join(lost)}" if lost else ""
    return clean(f"{', '.join(how)}, seed {facts['seed']}{left_out}.", 600)


def _scene(sides: Sequence[Side], order: list[str], seed: int) -> Scene:
    number = {image_id: at for at, image_id in enumerate(order)}
    width = len(sides) * SIDE + (len(sides) - 1) * GAP
    items, top = _legend(sides, width)
    for at, one in enumerate(sides):
        left = at * (SIDE + GAP)
        items += [
            Words(left, top + 14, shortened(one.entry, SIDE, 13), size=13, bold=True),
            Words(left, top + 32, map_numbers.beside(one), tone="soft", size=11),
            _plot(one, left, top + HEAD, number, seed),
        ]
    return Scene(width, top + HEAD + SIDE + 2, tuple(items))


def _legend(sides: Sequence[Side], width: float) -> tuple[list[Item], float]:
    """Give the markers with names and counts, in as many lines as they need, and where they end."""
    emotions, codes = sides[0].emotions, sides[0].codes
    counts = np.bincount(codes, minlength=len(emotions))
    items: list[Item] = []
    x, y, styles = 0.0, 0.0, looks(emotions)
    for emotion, count in zip(emotions, counts, strict=True):
        label = f"{shortened(clean(emotion), 160)} {count:,}"
        room = 24 + width_of(label) + 14
        if x and x + room > width:
            x, y = 0.0, y + LINE
        items += [Sign(x + 8, y + 10, styles[emotion].slot), Words(x + 20, y + 14, label)]
        x += room
    return items, y + LINE + 8


def _plot(one: Side, left: float, top: float, number: dict[str, int], seed: int) -> Plot:
    ids = one.pictures["image_id"].to_list()
    rows = np.array([number[image_id] for image_id in ids], dtype=np.int64)
    turns = ranks_of(ids, seed, "map drawing") % max(1, min(ROUNDS, len(ids) // CROWD))
    says = f"Map by {one.entry}: {one.n:,} pictures; arrow keys go from picture to picture"
    clouds = tuple(_clouds(one, _pixels(one.places, left, top), rows, turns))
    return Plot(left, top, SIDE, says, clouds)


def _clouds(
    one: Side,
    pixels: Float[np.ndarray, "picture 2"],
    rows: Int[np.ndarray, " picture"],
    turns: Int[np.ndarray, " picture"],
) -> Iterator[Cloud]:
    styles = looks(one.emotions)
    for turn in np.unique(turns):
        for code in np.unique(one.codes):
            some = np.flatnonzero((turns == turn) & (one.codes == code))
            if some.size:
                points = tuple((round(x, 1), round(y, 1)) for x, y in pixels[some].tolist())
                word = one.emotions[code]
                yield Cloud(styles[word].slot, clean(word), tuple(rows[some].tolist()), points)


def _pixels(
    places: Float[np.ndarray, "picture 2"], left: float, top: float
) -> Float[np.ndarray, "picture 2"]:
    """Fit places into a map's square, both axes to the same scale, y up; all alike: its middle."""
    middle = np.array([left + SIDE / 2, top + SIDE / 2])
    if not len(places):
        return np.zeros((0, 2))
    low, high = places.min(axis=0), places.max(axis=0)
    span = float((high - low).max())
    scale = (SIDE - 2 * RIM) / span if span > 0 else 0.0
    pixels: Float[np.ndarray, "picture 2"] = middle + (places - (low + high) / 2) * [scale, -scale]
    return pixels


def _places(name: str, dataset: str, sides: Sequence[Side], union: pl.DataFrame) -> Table:
    rows = union.select("image_id", "name", "emotion", "group_id")
    columns = [Column("picture", "text"), Column("label", "text"), Column("group", "text")]
    for at, one in enumerate(sides):
        own = pl.DataFrame({"image_id": one.pictures["image_id"]}).with_columns(
            pl.Series(f"x{at}", one.places[:, 0]), pl.Series(f"y{at}", one.places[:, 1])
        )
        rows = rows.join(own, on="image_id", how="left", maintain_order="left")
        columns += [Column(f"x, {one.entry}", "score"), Column(f"y, {one.entry}", "score")]
    return Table(
        name=name,
        title=f"Places on the map of {clean(dataset)}",
        columns=tuple(columns),
        rows=tuple(
            (clean(row[0][:16]), clean(row[2]), clean(row[3] or "", 40), *row[4:])
            for row in rows.iter_rows()
        ),
        notes=("Picture: first 16 digits of its id. Places have no unit; only nearness counts.",),
        shown=SHOWN,
    )
