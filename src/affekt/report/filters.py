"""First-layer filters of the nets behind the entries, and how far training moved each layer."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from jaxtyping import Float, UInt8

from affekt.errors import AffektError
from affekt.features.backbone import LITE0, Backbone
from affekt.foreign import clean
from affekt.nets import filters
from affekt.nets.filters import Filters, Kernels
from affekt.report.exhibits import Column, Figure, Gap, Row, Table
from affekt.report.inputs import ReportInput
from affekt.report.scene import Item, Scene, Stroke, Tile, Words
from affekt.report.text import show, slug
from affekt.store import Failure, Product

ACROSS, STEP, HEAD, GAP = 32, 28, 24, 12  # filters a row, and px
BETWEEN = 2  # px from filter to filter, laid over their edges
SHOWN = 12  # layers on the page; the file has all
WEIGHTS = "model.safetensors"
GREY_IS_NOTHING = (
    "Red, green and blue are the weights of that channel: grey is 0, the brightest or darkest "
    "value the largest weight of that filter, or a thousandth of the largest of all. Normalisation "
    "that follows is not in the picture."
)


def blocks(given: ReportInput) -> Iterator[Figure | Table | Gap]:
    """Give a figure for each net that entries look through, and a table for each trained one."""
    for net, path in _frozen(given):
        title = f"First-layer filters of {net}"
        try:
            yield frozen(net, filters.published(net, path))
        except AffektError as trouble:
            yield Gap(title, clean(str(trouble), 400), given.bench_command)
    for name, made in given.nets.items():
        title = f"First-layer filters of {clean(name)}"
        if isinstance(made, Failure):
            yield Gap(title, clean(made.reason, 400), given.bench_command)
            continue
        try:
            (before, start), end = _begun(given, made), filters.trained(made.file(WEIGHTS))
        except AffektError as trouble:
            yield Gap(title, clean(str(trouble), 400), given.bench_command)
            continue
        yield tuned(name, start, end, before)
        yield moved(name, start, end, before)


def _begun(given: ReportInput, made: Product) -> tuple[str, Kernels]:
    """Give the net that a trained one began with: another of the plan, or the published one."""
    for name, other in given.nets.items():
        if isinstance(other, Product) and other.address in made.manifest["inputs"]:
            return f"the net {clean(name)}", filters.trained(other.file(WEIGHTS))
    return f"{LITE0} as published", filters.published(LITE0, None)


def _frozen(given: ReportInput) -> list[tuple[str, Path | None]]:
    """Give the nets that entries look through as they were published, each once, in order."""
    features = [entry.feature for entry in given.entries]
    nets = [
        (one.net, one.weights.path if one.weights else None)
        for one in features
        if isinstance(one, Backbone) and one.needs is None
    ]
    return list(dict.fromkeys(nets))


def frozen(net: str, kernels: Kernels) -> Figure:
    """Draw the filters of a net as it was published."""
    own = kernels.first
    scale = filters.scales(own)
    title = f"First-layer filters of {net}"
    name = f"g4-filters-{slug(net)}"
    norms = _norms(own)
    return Figure(
        name=name,
        title=title,
        text=(
            f"{len(own)} filters of {own.shape[2]}×{own.shape[3]} weights in three channels; their "
            f"norms lie between {norms.min():.3g} and {norms.max():.3g}."
        ),
        scene=_scene((("", own),), norms),
        table=Table(
            name=name,
            title=f"{title}, in numbers",
            columns=(
                Column("filter", "text"),
                Column("largest weight", "score"),
                Column("norm", "score"),
            ),
            rows=tuple((str(at), float(scale[at]), float(norms[at])) for at in range(len(own))),
        ),
        notes=(GREY_IS_NOTHING,),
        sprite=_sprite([filters.drawn(own, scale)]),
        cell_px=own.shape[2],
        is_exact=True,
    )


def tuned(net: str, start: Kernels, end: Kernels, before_is: str) -> Figure:
    """Draw the filters before and after training and their difference, all at one scale."""
    before, after = start.first, end.first
    scale = filters.scales(before, after)
    gap = after - before
    name = f"g4-filters-{slug(net)}"
    title = f"First-layer filters of {clean(net)}, before and after training"
    share = _moved(before, after)
    return Figure(
        name=name,
        title=title,
        text=(
            f"{len(before)} filters of {before.shape[2]}×{before.shape[3]} weights in three "
            f"channels. Training moved them by {show(share, 'percent')} of their norm; the filter "
            f"that moved most by {show(float(_each_moved(before, after).max()), 'percent')}."
        ),
        scene=_scene((("before", before), ("after", after), ("difference", gap)), _norms(before)),
        table=_filters_table(name, title, before, after),
        notes=(
            GREY_IS_NOTHING,
            f"Before: {before_is}. All three rows have the same scale, filter by filter.",
        ),
        sprite=_sprite([filters.drawn(one, scale) for one in (before, after, gap)]),
        cell_px=before.shape[2],
        is_exact=True,
    )


def moved(net: str, start: Kernels, end: Kernels, before_is: str) -> Table:
    """Give how far training moved the kernels of every layer; a new layer has no start."""
    rows: list[Row] = []
    for layer, after in end.layers.items():
        before = start.layers.get(layer)
        norm = float(np.linalg.norm(after.astype(float)))
        if before is None or before.shape != after.shape:
            rows.append((layer, after.size, None, norm, None, None))
            continue
        was = float(np.linalg.norm(before.astype(float)))
        change = norm / was - 1 if was else None
        rows.append((layer, after.size, was, norm, change, _moved(before, after)))
    return Table(
        name=f"g4-layers-{slug(net)}",
        title=f"How far training moved the layers of {clean(net)}",
        columns=(
            Column("layer", "text"),
            Column("weights"),
            Column("norm before", "score"),
            Column("norm after", "score"),
            Column("change of norm", "percent"),
            Column("moved", "percent"),
        ),
        rows=tuple(rows),
        notes=(
            f"Before: {before_is}. Kernels alone, without biases and normalisation. Moved: norm of "
            "the difference over the norm before. A layer that training made anew has nothing "
            "before.",
        ),
        shown=SHOWN,
    )


def _norms(own: Filters) -> Float[np.ndarray, " filter"]:
    return np.asarray(np.linalg.norm(own.reshape(len(own), -1), axis=1))


def _moved(before: np.ndarray, after: np.ndarray) -> float:
    was = float(np.linalg.norm(before.astype(float)))
    gap = float(np.linalg.norm(after.astype(float) - before))
    return gap / was if was else float("nan")


def _each_moved(before: Filters, after: Filters) -> Float[np.ndarray, " filter"]:
    was = _norms(before)
    return np.asarray(_norms(after - before) / np.where(was > 0, was, np.inf))


def _filters_table(name: str, title: str, before: Filters, after: Filters) -> Table:
    share = _each_moved(before, after)
    norms = zip(_norms(before).tolist(), _norms(after).tolist(), share.tolist(), strict=True)
    return Table(
        name=name,
        title=f"{title}, in numbers",
        columns=(
            Column("filter", "text"),
            Column("norm before", "score"),
            Column("norm after", "score"),
            Column("moved", "percent"),
        ),
        rows=tuple((str(at), *row) for at, row in enumerate(norms)),
    )


def _scene(groups: tuple[tuple[str, Filters], ...], norms: Float[np.ndarray, " filter"]) -> Scene:
    items: list[Item] = []
    y, cell = 0.0, 0
    for word, own in groups:
        if word:
            items.append(Words(0, y + 15, word, tone="soft", size=11))
            y += HEAD
        for at in range(len(own)):
            left, top = at % ACROSS * STEP, y + at // ACROSS * STEP
            says = f"filter {at}{', ' * bool(word)}{word}: norm before {norms[at]:.3g}"
            if not word:
                says = f"filter {at}: norm {norms[at]:.3g}"
            items.append(Tile(left, top, STEP, cell % ACROSS, cell // ACROSS, says))
            cell += 1
        cell = -(-cell // ACROSS) * ACROSS
        items += _between(len(own), y)
        y += -(-len(own) // ACROSS) * STEP + GAP
    return Scene(min(ACROSS, max(len(own) for _, own in groups)) * STEP, y, tuple(items))


def _between(n: int, y: float) -> Iterator[Item]:
    """Part filters that the page draws row by row."""
    across, down = min(ACROSS, n), -(-n // ACROSS)
    for at in range(1, across):
        yield Stroke(at * STEP, y, at * STEP, y + down * STEP, "paper", BETWEEN)
    for at in range(1, down):
        yield Stroke(0, y + at * STEP, across * STEP, y + at * STEP, "paper", BETWEEN)


def _sprite(
    groups: list[UInt8[np.ndarray, "filter row column 3"]],
) -> UInt8[np.ndarray, "row column 4"]:
    """Put all filters into one picture; every group begins a new row."""
    side = groups[0].shape[1]
    down = sum(-(-len(group) // ACROSS) for group in groups)
    whole = np.zeros((down * side, ACROSS * side, 4), dtype=np.uint8)
    first = 0
    for group in groups:
        for at, picture in enumerate(group):
            top, left = (first + at // ACROSS) * side, at % ACROSS * side
            whole[top : top + side, left : left + side, :3] = picture
            whole[top : top + side, left : left + side, 3] = 255
        first += -(-len(group) // ACROSS)
    return whole
