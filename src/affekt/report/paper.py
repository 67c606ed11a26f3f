"""A drawing as PDF and SVG for papers: the scene of the page, the same bytes every time."""

import io
import warnings
from collections.abc import Callable
from typing import Any, Literal

from affekt.report.colours import HEAT, INK, LOOKS, PAPER, PLAIN, Look, ink_on
from affekt.report.exhibits import Figure
from affekt.report.scene import Box, Curve, Item, Plot, Sign, Stroke, Tile, Words, caution
from affekt.report.shapes import HATCHES, outline

PX_PER_INCH = 96
TONES = {"ink": INK, "soft": "#5b626b", "rule": "#d5d9de", "paper": PAPER}
DOT_POINTS = 2.25  # radius of a point of a map, 3 px
STYLE: Any = {  # matplotlib types its keys one by one
    "pdf.fonttype": 42,  # TrueType: publishers refuse type 3
    "svg.hashsalt": "affekt",
    "svg.fonttype": "path",
    "hatch.linewidth": 0.6,
    "font.family": "DejaVu Sans",  # comes with matplotlib, so that every machine draws the same
    "font.size": 9,
}
NO_DATE: dict[str, dict[str, str | None]] = {
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    "svg": {"Date": None, "Creator": None},
}


def drawn(figure: Figure, form: Literal["pdf", "svg"]) -> bytes:
    """Give the file of a figure."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure as Sheet

    scene, out = figure.scene, io.BytesIO()
    with mpl.rc_context(STYLE), warnings.catch_warnings():
        # Letters that the font lacks are drawn as boxes; the page and the tables have them.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        sheet = Sheet(
            figsize=(scene.width / PX_PER_INCH, scene.height / PX_PER_INCH), facecolor=PAPER
        )
        FigureCanvasAgg(sheet)
        axes = sheet.add_axes((0, 0, 1, 1))
        axes.set_xlim(0, scene.width)
        axes.set_ylim(scene.height, 0)
        axes.set_axis_off()
        for order, item in enumerate(scene.items):
            PENS[type(item)](axes, item, order, figure)
        sheet.savefig(out, format=form, metadata=NO_DATE[form])
    return out.getvalue()


def _box(axes: Any, item: Box, order: int, _: Figure) -> None:
    from matplotlib.patches import Rectangle

    look = None if item.paint.slot is None else _look(item.paint.slot)
    colour = look.colour if look else HEAT[item.paint.heat or 0]
    place = ((item.x, item.y), item.width, item.height)
    axes.add_patch(Rectangle(*place, facecolor=colour, linewidth=0, zorder=order))
    if look and HATCHES[look.hatch][2]:
        hatch = HATCHES[look.hatch][2]
        axes.add_patch(
            Rectangle(*place, fill=False, edgecolor=PAPER, hatch=hatch, linewidth=0, zorder=order)
        )


def _stroke(axes: Any, item: Stroke, order: int, _: Figure) -> None:
    axes.plot(
        [item.x1, item.x2],
        [item.y1, item.y2],
        color=TONES[item.tone],
        linewidth=item.width * 0.75,
        linestyle=(0, (4, 3)) if item.dashed else "-",
        solid_capstyle="butt",
        zorder=order,
    )


def _curve(axes: Any, item: Curve, order: int, _: Figure) -> None:
    across, down = zip(*item.points, strict=True)
    axes.plot(
        across, down, color=TONES[item.tone], linewidth=item.width * 0.75, zorder=order,
        solid_capstyle="butt",
    )  # fmt: skip


def _words(axes: Any, item: Words, order: int, _: Figure) -> None:
    axes.text(
        item.x,
        item.y,
        item.text,
        color=TONES[item.tone] if item.on_heat is None else ink_on(HEAT[item.on_heat]),
        fontsize=item.size * 0.68,  # DejaVu is wider than the page's fonts
        fontweight="bold" if item.bold else "normal",
        horizontalalignment={"start": "left", "middle": "center", "end": "right"}[item.anchor],
        verticalalignment="baseline",
        rotation=-item.angle,
        rotation_mode="anchor",
        parse_math=False,  # a dollar in a foreign name is a dollar
        zorder=order,
    )


def _sign(axes: Any, item: Sign, order: int, _: Figure) -> None:
    from matplotlib.patches import Polygon

    look = _look(item.slot)
    corners = outline(look.marker, item.x, item.y, 6)
    axes.add_patch(Polygon(corners, facecolor=look.colour, linewidth=0, zorder=order))


def _tile(axes: Any, item: Tile, order: int, figure: Figure) -> None:
    assert figure.sprite is not None
    side, top, left = figure.cell_px, item.row * figure.step_px, item.column * figure.step_px
    cut = figure.sprite[top : top + side, left : left + side]
    extent = (item.x, item.x + item.side, item.y + item.side, item.y)
    limits = (axes.get_xlim(), axes.get_ylim())
    axes.imshow(cut, extent=extent, aspect="auto", interpolation="nearest", zorder=order)
    axes.set_xlim(*limits[0])
    axes.set_ylim(*limits[1])
    if item.cover:
        _cover(axes, item, order, figure)


def _cover(axes: Any, item: Tile, order: int, figure: Figure) -> None:
    """Say over the blurred picture what it is covered for."""
    from matplotlib.patches import Rectangle

    assert item.cover is not None
    place, middle = (item.x, item.y + 31), item.x + item.side / 2
    axes.add_patch(Rectangle(place, item.side, 34, facecolor=PAPER, linewidth=0, zorder=order))
    for y, text, bold in ((45, "content warning", False), (58, caution(item.cover), True)):
        words = Words(middle, item.y + y, text, anchor="middle", size=10, bold=bold)
        _words(axes, words, order, figure)


def _plot(axes: Any, item: Plot, order: int, _: Figure) -> None:
    from matplotlib.patches import Rectangle

    axes.add_patch(
        Rectangle(
            (item.x, item.y), item.side, item.side,
            fill=False, edgecolor=TONES["rule"], linewidth=0.75, zorder=order,
        )
    )  # fmt: skip
    for cloud in item.clouds:
        look = _look(cloud.slot)
        across, down = zip(*cloud.points, strict=True)
        # Paper has y up: the page's outline is turned over.
        marker = [(x, -y) for x, y in outline(look.marker, 0, 0, 1)]
        axes.scatter(
            across, down, s=DOT_POINTS**2, marker=marker, color=look.colour, linewidths=0,
            zorder=order,
        )  # fmt: skip


def _look(slot: int) -> Look:
    return PLAIN if slot < 0 else LOOKS[slot]


PENS: dict[type[Item], Callable[[Any, Any, int, Figure], None]] = {
    Box: _box,
    Stroke: _stroke,
    Curve: _curve,
    Words: _words,
    Sign: _sign,
    Tile: _tile,
    Plot: _plot,
}
