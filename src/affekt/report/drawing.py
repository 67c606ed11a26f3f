"""A scene as SVG inside the page: few bytes, no style of its own, each mark with its words.

A page holds hundreds of marks, so the shortest spelling that HTML allows is written: numbers stand
without quotes, neighbours that look alike share an element, and what neighbours say before the
first colon is said once, by the group around them. Style is in ``page.css``.
"""

import base64
import io
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import groupby, pairwise
from typing import Any, NamedTuple

from markupsafe import Markup, escape
from PIL import Image

from affekt.report import marks
from affekt.report.colours import LOOKS, PLAIN
from affekt.report.exhibits import Figure
from affekt.report.scene import (
    Box,
    Curve,
    Item,
    Plot,
    Sign,
    Stroke,
    Tile,
    Words,
)
from affekt.report.shapes import HATCHES, outline
from affekt.report.spelling import px, quoted

SIZES = (10, 11, 13, 14)  # px of letters that the style sheet knows; 12 needs no word
Key = tuple[object, ...]


class Sprite(NamedTuple):
    """All pictures of one figure as a data address."""

    width: int
    height: int
    data: str


@cache
def definitions() -> Markup:
    """Give the marker of every look, and its hatch over its colour, for all drawings of a page."""
    made = [f'<path id=m{look.slot} class=s{look.slot} d="{_marker(look.slot)}"/>' for look in _ALL]
    for look in LOOKS:
        side, path, _ = HATCHES[look.hatch]
        if path:
            made.append(
                f"<pattern id=hatch-{look.slot} width={side} height={side} "
                f"patternUnits=userSpaceOnUse><path class=s{look.slot} d=M0,0h{side}v{side}H0z />"
                f'<path class=hatch d="{path}"/></pattern>'
            )
    return Markup("".join(made))  # noqa: S704  (our own shapes, no foreign text)


def dots() -> Markup:
    """Give the markers that stand at the points of maps."""
    return Markup("").join(
        Markup(
            "<marker id=dot{0} viewBox='-7 -7 14 14' markerWidth=7 markerHeight=7 "
            "markerUnits=userSpaceOnUse><use href=#m{0} /></marker>"
        ).format(look.slot)
        for look in _ALL
    )


def rules() -> Iterator[str]:
    """Give the rules of the style sheet that name looks: of points, of marks and of bars."""
    for look in _ALL:
        yield f".d{look.slot}{{marker:url(#dot{look.slot})}}"
        yield f".s{look.slot}{{fill:var(--s{look.slot})}}"
        if HATCHES[look.hatch][1]:
            yield f".b{look.slot}{{fill:url(#hatch-{look.slot})}}"
    yield from (f".q{side}>*{{width:{side}px;height:{side}px}}" for side in marks.SQUARES)


def drawn(figure: Figure) -> Markup:
    """Give the drawing of a figure; its title and its words stand beside it and are named by it."""
    scene, sprite = figure.scene, _sprite(figure)
    parts: list[str] = []
    if sprite:
        parts.append(
            f"<defs><image id=sprite-{figure.name} width={sprite.width} height={sprite.height} "
            f'href="{sprite.data}"/></defs>'
        )
    for key, run in groupby(scene.items, _key):
        parts.append(RUNS[key[0]](list(run), figure))  # type: ignore[index]  # a type of an item
    size = f"{px(scene.width)} {px(scene.height)}"
    named = f"aria-labelledby={figure.name}-title aria-describedby={figure.name}-text"
    return Markup(  # noqa: S704  (every text of others was escaped where it was written)
        f'<svg class=drawing width={px(scene.width)} height={px(scene.height)} viewBox="0 0 {size}"'
        f" role=group {named}>{''.join(parts)}</svg>"
    )


def _key(item: Item) -> Key:
    """Neighbours with the same key share an element."""
    if isinstance(item, Stroke):
        return (Stroke, item.tone, item.width, item.dashed)
    if isinstance(item, Box):
        return (Box, bool(item.says))
    if isinstance(item, Words):
        return (Words, *_style_of(item))
    return (type(item),)


def _strokes(run: list[Stroke], _: Figure) -> str:
    first = run[0]
    width = f" stroke-width={px(first.width)}" if first.width != 1 else ""
    dashes = " stroke-dasharray=4,3" if first.dashed else ""
    lines = "".join(f"M{px(one.x1)},{px(one.y1)}{_line_to(one)}" for one in run)
    return f"<path class={first.tone}-line{width}{dashes} d={lines} />"


def _line_to(one: Stroke) -> str:
    if one.x1 == one.x2:
        return f"V{px(one.y2)}"
    return f"H{px(one.x2)}" if one.y1 == one.y2 else f"L{px(one.x2)},{px(one.y2)}"


def _curves(run: list[Curve], _: Figure) -> str:
    return "".join(_curve(one) for one in run)


def _curve(item: Curve) -> str:
    """Give each point by its distance from the one before, in whole tenths that do not add up."""
    tenths = [(round(10 * x), round(10 * y)) for x, y in item.points]
    steps = [
        f"{px((x - left) / 10)},{px((y - top) / 10)}" for (left, top), (x, y) in pairwise(tenths)
    ]
    (x, y), *_ = tenths
    width = f" stroke-width={px(item.width)}" if item.width != 1 else ""
    return f'<path class={item.tone}-line{width} d="M{px(x / 10)},{px(y / 10)}l{" ".join(steps)}"/>'


def _texts(run: list[Words], _: Figure) -> str:
    classes, size = _style_of(run[0])
    style = (f" class={classes}" if classes else "") + (f" font-size={size}" if size else "")
    if len(run) == 1 or not style:
        return "".join(_words(one, style) for one in run)
    return f"<g{style}>{''.join(_words(one, '') for one in run)}</g>"


def _words(item: Words, style: str) -> str:
    place = f"x={px(item.x)} y={px(item.y)}"
    if item.angle:
        place = f"transform=translate({px(item.x)},{px(item.y)})rotate({px(item.angle)})"
    return f"<text{style} {place}>{escape(item.text)}</text>"


def _style_of(item: Words) -> tuple[str, str]:
    """Give class and, where no class tells it, size of a text."""
    known = item.size in SIZES
    classes = quoted(
        f"o{item.on_heat}" if item.on_heat is not None else item.tone.removeprefix("ink"),
        "bold" if item.bold else "",
        item.anchor[0] if item.anchor != "start" else "",
        f"z{item.size:g}" if known else "",
    )
    return classes, "" if known or item.size == 12 else px(item.size)


def _signs(run: list[Sign], _: Figure) -> str:
    return "".join(f"<use href=#m{one.slot} x={px(one.x)} y={px(one.y)} />" for one in run)


def _plots(run: list[Plot], _: Figure) -> str:
    return "".join(_plot(one) for one in run)


def _plot(item: Plot) -> str:
    clouds = "".join(
        f'<polyline class="cloud d{one.slot}" data-label="{escape(one.label)}" '
        f'data-rows="{" ".join(map(str, one.rows))}" points="{_places(one.points)}"/>'
        for one in item.clouds
    )
    side = px(item.side)
    return (
        f"<g class=plot><rect class=ground x={px(item.x)} y={px(item.y)} width={side} "
        f'height={side} tabindex=0 role=img aria-label="{escape(item.says)}"/>{clouds}</g>'
    )


def _places(points: tuple[tuple[float, float], ...]) -> str:
    """Give the points of a cloud; one alone stands twice, as a line needs two to be drawn."""
    twice = points * 2 if len(points) == 1 else points
    return " ".join(f"{px(x)},{px(y)}" for x, y in twice)


def _sprite(figure: Figure) -> Sprite | None:
    if figure.sprite is None:
        return None
    out = io.BytesIO()
    Image.fromarray(figure.sprite).save(out, "WEBP", quality=80, method=4, lossless=figure.is_exact)
    data = base64.b64encode(out.getvalue()).decode()
    height, width = figure.sprite.shape[:2]
    return Sprite(width, height, f"data:image/webp;base64,{data}")


def _marker(slot: int) -> str:
    """Give the corners of a look's marker around 0."""
    marker = (PLAIN if slot < 0 else LOOKS[slot]).marker
    corners: Iterable[str] = (f"{px(x)},{px(y)}" for x, y in outline(marker, 0, 0, 6))
    return f"M{' '.join(corners)}z"


_ALL = (PLAIN, *LOOKS)
RUNS: dict[type[Item], Callable[[list[Any], Figure], str]] = {
    Box: marks.boxes,
    Stroke: _strokes,
    Curve: _curves,
    Words: _texts,
    Sign: _signs,
    Tile: marks.tiles,
    Plot: _plots,
}
