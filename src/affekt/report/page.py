"""Exhibits as one HTML file with style, script and pictures inside and nothing from outside."""

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import jinja2
from markupsafe import Markup

from affekt.report import colours, drawing
from affekt.report.colours import LOOKS, PLAIN
from affekt.report.exhibits import Exhibit, Figure, Gap, Table
from affekt.report.inputs import Banner

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
# How the columns look that a table names by word and place from its right.
COLUMNS = {
    "t": "text-align:left;white-space:var(--wrap);min-width:var(--room)",
    "s": "color:var(--soft);padding-left:0",
}


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


def rendered(page: Page) -> str:
    """Give the text of the HTML file."""
    blocks = [block for exhibit in page.exhibits for block in exhibit.blocks]
    figures = [block for block in blocks if isinstance(block, Figure)]
    has_maps = any(figure.pins for figure in figures)
    extras = {"covers": any(figure.scene.has_covers for figure in figures), "maps": has_maps}
    script = _read("page.js") + "".join(_read(f"{one}.js") for one in extras if extras[one])
    sheets = [block.table if isinstance(block, Figure) else block for block in blocks]
    columns = {word for one in sheets if isinstance(one, Table) for word in one.looks.split()}
    style = _style(columns) + (_read("covers.css") if extras["covers"] else "")
    return (
        _templates()
        .get_template("page.html")
        .render(
            page=page,
            style=Markup(style),  # noqa: S704  (our own files, no foreign text)
            script=Markup(script),  # noqa: S704
            style_hash=_source_hash(style),
            script_hash=_source_hash(script),
            definitions=drawing.definitions() + (drawing.dots() if has_maps else ""),
        )
    )


@cache
def _templates() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.FunctionLoader(_read), autoescape=True, undefined=jinja2.StrictUndefined
    )
    made.filters |= {"draw": drawing.drawn, "capitalise": _capitalised}
    made.tests |= {
        "gap": lambda block: isinstance(block, Gap),
        "figure": lambda block: isinstance(block, Figure),
    }
    made.globals["columns"] = _columns
    made.policies["json.dumps_kwargs"] = {"separators": (",", ":")}
    return made


@cache
def _read(name: str) -> str:
    """Give a file of ours, style and script without what only their readers need."""
    text = (files("affekt.report") / name).read_text(encoding="utf-8")
    if name.endswith(".html"):
        return text
    lines = (line.strip() for line in text.splitlines())
    plain = "\n".join(line for line in lines if line and not line.startswith("//"))
    return re.sub(r"\s*([{};,])\s*", r"\1", plain) if name.endswith(".css") else plain


def _source_hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _style(columns: set[str]) -> str:
    """The style sheet with the colours of both styles; print is always light.

    Args:
        columns: Words by which the tables name those of their columns that look otherwise.
    """
    light, dark = (" ".join(_variables(side)) for side in (False, True))
    rules = [*drawing.rules()]
    rules += [
        f".h{at}{{fill:var(--h{at});background:var(--h{at});color:var(--on{at})}}"
        f".o{at}{{fill:var(--on{at})}}"
        for at in range(len(colours.HEAT))
    ]
    for kind, declarations in COLUMNS.items():
        places = [word[1:] for word in sorted(columns) if word[0] == kind]
        names = ",".join(f".{kind}{at} tr>:nth-last-child({at})" for at in places)
        rules += [f"{names}{{{declarations}}}"] if places else []
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


def _columns(figure: Figure) -> int:
    """Give the number of pictures in a row of a figure's sprite."""
    return 0 if figure.sprite is None else figure.sprite.shape[1] // figure.cell_px


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
