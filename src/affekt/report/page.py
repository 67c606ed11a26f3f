"""Exhibits as one HTML file with style, script and pictures inside and nothing from outside."""

import base64
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import jinja2
from markupsafe import Markup
from PIL import Image

from affekt.report import colours
from affekt.report.colours import LOOKS, PLAIN
from affekt.report.exhibits import Exhibit, Figure, Gap
from affekt.report.inputs import Banner
from affekt.report.scene import Paint, Sign, caution
from affekt.report.shapes import HATCHES, outline

LIGHT = {
    "paper": colours.PAPER, "ink": colours.INK, "soft": "#5b626b",
    "rule": "#d5d9de", "link": "#1b5fae", "focus": "#c2410c", "hover": "#f3f5f7",
    "notice": "#fff4d6", "notice-edge": "#a87b00",
}  # fmt: skip
DARK = {
    "paper": colours.DARK_PAPER, "ink": colours.DARK_INK, "soft": "#a3abb5",
    "rule": "#363c44", "link": "#8ab9f0", "focus": "#ff9d5c", "hover": "#1d2126",
    "notice": "#3a2f10", "notice-edge": "#b8933a",
}  # fmt: skip


@dataclass(frozen=True)
class Page:
    """All words and exhibits of a page."""

    title: str
    lead: str
    plan: str
    version: str
    banners: tuple[Banner, ...]
    facts: tuple[tuple[str, str], ...]
    exhibits: tuple[Exhibit, ...]


class Sprite(NamedTuple):
    """All pictures of one figure as a data address."""

    width: int
    height: int
    data: str
    cell_px: int


def rendered(page: Page) -> str:
    """Give the text of the HTML file."""
    blocks = [block for exhibit in page.exhibits for block in exhibit.blocks]
    figures = [block for block in blocks if isinstance(block, Figure)]
    has_maps = any(figure.pins for figure in figures)
    extras = {"covers": any(figure.scene.has_covers for figure in figures), "maps": has_maps}
    script = _read("page.js") + "".join(_read(f"{one}.js") for one in extras if extras[one])
    style = _style() + (_read("covers.css") if extras["covers"] else "")
    return (
        _templates()
        .get_template("page.html")
        .render(
            page=page,
            style=Markup(style),  # noqa: S704  (our own files, no foreign text)
            script=Markup(script),  # noqa: S704
            style_hash=_source_hash(style),
            script_hash=_source_hash(script),
            hatches=[
                (look.slot, *HATCHES[look.hatch][:2]) for look in LOOKS if HATCHES[look.hatch][1]
            ],
            dots=[look.slot for look in (PLAIN, *LOOKS)] if has_maps else [],
        )
    )


@cache
def _templates() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.FunctionLoader(_read), autoescape=True, undefined=jinja2.StrictUndefined
    )
    made.filters |= {"px": _px, "paint": _paint, "corners": _corners, "capitalise": _capitalised}
    made.filters["caution"] = caution
    made.tests |= {
        "gap": lambda block: isinstance(block, Gap),
        "figure": lambda block: isinstance(block, Figure),
    }
    made.globals |= {"sprite": _sprite, "dot": _dot, "columns": _columns}
    return made


@cache
def _read(name: str) -> str:
    return (files("affekt.report") / name).read_text(encoding="utf-8")


def _source_hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _style() -> str:
    """The style sheet with the colours of both styles; print is always light."""
    light, dark = (" ".join(_variables(side)) for side in (False, True))
    looks = (PLAIN, *LOOKS)
    rules = [f".d{look.slot}{{marker:url(#dot{look.slot})}}" for look in looks]
    rules += [f".s{look.slot}{{fill:var(--s{look.slot})}}" for look in looks]
    rules += [
        f".h{at}{{fill:var(--h{at})}} .o{at}{{fill:var(--on{at})}}"
        for at in range(len(colours.HEAT))
    ]
    return "\n".join(
        [
            f":root{{{light}}}",
            f"@media screen and (prefers-color-scheme: dark){{:root{{{dark}}}}}",
            *rules,
            _read("page.css"),
        ]
    )


def _variables(is_dark: bool) -> Iterator[str]:
    for name, colour in (DARK if is_dark else LIGHT).items():
        yield f"--{name}:{colour};"
    for look in (PLAIN, *LOOKS):
        yield f"--s{look.slot}:{look.dark if is_dark else look.colour};"
    for at, colour in enumerate(colours.DARK_HEAT if is_dark else colours.HEAT):
        yield f"--h{at}:{colour};--on{at}:{colours.ink_on(colour)};"


def _sprite(figure: Figure) -> Sprite | None:
    if figure.sprite is None:
        return None
    out = io.BytesIO()
    Image.fromarray(figure.sprite).save(out, "WEBP", quality=80, method=4, lossless=figure.is_exact)
    data = base64.b64encode(out.getvalue()).decode()
    height, width = figure.sprite.shape[:2]
    return Sprite(width, height, f"data:image/webp;base64,{data}", figure.cell_px)


def _columns(figure: Figure) -> int:
    """Give the number of pictures in a row of a figure's sprite."""
    return 0 if figure.sprite is None else figure.sprite.shape[1] // figure.cell_px


def _px(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


def _paint(paint: Paint) -> str:
    return f"h{paint.heat}" if paint.heat is not None else f"s{paint.slot}"


def _corners(sign: Sign) -> str:
    return _outlined(sign.slot, sign.x, sign.y, 6)


def _dot(slot: int) -> str:
    """Corners of the marker that stands at each point of a map, around 0."""
    return _outlined(slot, 0, 0, 6)


def _outlined(slot: int, x: float, y: float, radius: float) -> str:
    marker = (PLAIN if slot < 0 else LOOKS[slot]).marker
    return " ".join(f"{_px(x)},{_px(y)}" for x, y in outline(marker, x, y, radius))


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
