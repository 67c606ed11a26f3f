"""Marks of a drawing, as SVG: each has its words as its title.

The page's script lets the arrow keys go from one to the next; without it the table beside the
drawing has the same numbers, and no reader has to pass hundreds of stops to get on. What neighbours
have in common is said once, by the group around them: their look, their size where all are the same
small square, and the words before the first colon.
"""

from collections.abc import Iterator
from itertools import groupby
from typing import TypeVar

from markupsafe import escape

from affekt.report.colours import LOOKS
from affekt.report.exhibits import Figure
from affekt.report.scene import Box, Cover, Tile, caution
from affekt.report.shapes import HATCHES
from affekt.report.spelling import px, quoted

SQUARES = (4, 5, 7, 8)  # px: sides of points that the style sheet knows
Mark = TypeVar("Mark", Box, Tile)


def boxes(run: list[Box], _: Figure) -> str:
    """Draw neighbouring boxes, all of them marks or none."""
    if not run[0].says:
        return "".join(f"<path class={_fill(one)} {_outline(one)} />" for one in run)
    return "".join(_of_boxes(head, part) for head, part in _parts(run))


def tiles(run: list[Tile], figure: Figure) -> str:
    """Draw neighbouring pictures."""
    return "".join(_of_tiles(head, part, figure) for head, part in _parts(run))


def _parts(run: list[Mark]) -> Iterator[tuple[str, list[Mark]]]:
    """Give neighbours that begin with the same words, and those words; single ones together."""
    parts = [(head, list(some)) for head, some in groupby(run, _head)]
    for is_alone, some in groupby(parts, lambda part: not part[0] or len(part[1]) == 1):
        if is_alone:
            yield "", [one for _, part in some for one in part]
        else:
            yield from some


def _head(item: Box | Tile) -> str:
    """Give the words before the first colon; a content warning stays with its picture."""
    if isinstance(item, Tile) and item.cover is not None:
        return ""
    head, colon, _ = item.says.partition(": ")
    return head + colon if colon else ""


def _group(head: str, classes: str, inside: str) -> str:
    named = f' role=group aria-label="{escape(head.removesuffix(": "))}"' if head else ""
    return f"<g class={classes}{named}>{inside}</g>"


def _title(item: Box | Tile, head: str) -> str:
    return f"<title>{escape(item.says.removeprefix(head))}</title>"


def _of_boxes(head: str, part: list[Box]) -> str:
    fills = {_fill(one) for one in part}
    sizes = {(one.width, one.height) for one in part}
    fill = fills.pop() if len(fills) == 1 else ""
    side = next((side for side in SQUARES if sizes == {(side, side)}), 0)
    found = []
    for one in part:
        own = "" if fill else f" class={_fill(one)}"
        name = "rect" if side else "path"
        place = f"x={px(one.x)} y={px(one.y)}" if side else _outline(one)
        found.append(f"<{name}{own} {place}>{_title(one, head)}</{name}>")
    return _group(head, quoted("marks", fill, f"q{side}" if side else ""), "".join(found))


def _outline(item: Box) -> str:
    width = px(item.width)
    return f"d=M{px(item.x)},{px(item.y)}h{width}v{px(item.height)}h-{width}z"


def _fill(item: Box) -> str:
    slot, step = item.paint
    if step is not None:
        return f"h{step}"
    is_hatched = slot is not None and slot >= 0 and HATCHES[LOOKS[slot].hatch][1]
    return f"{'b' if is_hatched else 's'}{slot}"


def _of_tiles(head: str, part: list[Tile], figure: Figure) -> str:
    strips = list(_strips(part, figure))
    at_once = {id(one) for strip in strips for one in strip}
    found = [_pane(one, head) if id(one) in at_once else _tile(one, head, figure) for one in part]
    shown = "".join(_strip(strip, figure) for strip in strips)
    classes = quoted("marks", "panes" if at_once else "")
    return shown + _group(head, classes, "".join(found))


def _strips(part: list[Tile], figure: Figure) -> Iterator[list[Tile]]:
    """Give runs of plain pictures that stand in the sprite as they are drawn."""
    run: list[Tile] = []
    for one in part:
        if one.cover is not None:
            continue
        if run and not _follows(one, run[-1], figure):
            yield run
            run = []
        run.append(one)
    if run:
        yield run


def _follows(one: Tile, last: Tile, figure: Figure) -> bool:
    in_sprite = (one.row, one.column) == (last.row, last.column + 1)
    step = last.side * figure.step_px / figure.cell_px
    return in_sprite and (one.side, one.y) == (last.side, last.y) and one.x == last.x + step


def _strip(strip: list[Tile], figure: Figure) -> str:
    """Draw the pictures of a run at once."""
    first, last = strip[0], strip[-1]
    width = last.x + last.side - first.x
    place = f"x={px(first.x)} y={px(first.y)} width={px(width)} height={px(first.side)}"
    scale = first.side / figure.cell_px
    scaled = f' viewBox="0 0 {px(width / scale)} {figure.cell_px}"' if scale != 1 else ""
    exact = " class=exact" * figure.is_exact
    return f"<svg{exact} {place}{scaled}>{_cell(first.column, first.row, figure)}</svg>"


def _pane(item: Tile, head: str) -> str:
    """Give the mark over a picture that was drawn with its run."""
    side = px(item.side)
    place = f"d=M{px(item.x)},{px(item.y)}h{side}v{side}h-{side}z"
    return f"<path role=img {place}>{_title(item, head)}</path>"


def _tile(item: Tile, head: str, figure: Figure) -> str:
    side, cell = px(item.side), figure.cell_px
    covered = " class=covered" if item.cover else ""
    scaled = "" if item.side == cell else f' viewBox="0 0 {cell} {cell}"'
    cover = _cover(item.cover, figure) if item.cover else ""
    return (
        f"<svg{covered} x={px(item.x)} y={px(item.y)} width={side} height={side}{scaled} "
        f"role=img>{_title(item, head)}{_cell(item.column, item.row, figure)}{cover}"
        "<rect class=edge /></svg>"
    )


def _cell(column: int, row: int, figure: Figure) -> str:
    """Give the sprite, moved so that one of its pictures begins at 0, 0."""
    moved = [
        f" {axis}={-figure.step_px * at}" if at else "" for axis, at in (("x", column), ("y", row))
    ]
    return f"<use href=#sprite-{figure.name}{''.join(moved)} />"


def _cover(cover: Cover, figure: Figure) -> str:
    return (
        f"<g class=clear display=none>{_cell(cover.column, cover.row, figure)}</g>"
        "<g class=veil><rect class=band y=31 width=96 height=34 />"
        '<text class="m z10" x=48 y=45>content warning</text>'
        f'<text class="bold m z10" x=48 y=58>{escape(caution(cover))}</text></g>'
    )
