"""Exhibits as one HTML file with style, script and pictures inside and nothing from outside."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import jinja2
from markupsafe import Markup

from affekt.report import colours, drawing, inlined
from affekt.report.colours import LOOKS, PLAIN
from affekt.report.exhibits import Exhibit, Figure, Gap, Table
from affekt.report.inputs import Banner

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
    script = inlined.read("page.js") + "".join(
        inlined.read(f"{one}.js") for one in extras if extras[one]
    )
    sheets = [block.table if isinstance(block, Figure) else block for block in blocks]
    columns = {word for one in sheets if isinstance(one, Table) for word in one.looks.split()}
    style = _style(columns) + (inlined.read("covers.css") if extras["covers"] else "")
    return (
        _templates()
        .get_template("page.html")
        .render(
            page=page,
            style=Markup(style),  # noqa: S704  (our own files, no foreign text)
            script=Markup(script),  # noqa: S704
            style_hash=inlined.source_hash(style),
            script_hash=inlined.source_hash(script),
            definitions=drawing.definitions() + (drawing.dots() if has_maps else ""),
        )
    )


@cache
def _templates() -> jinja2.Environment:
    made = inlined.templates()
    made.filters |= {"draw": drawing.drawn, "capitalise": _capitalised}
    made.tests |= {
        "gap": lambda block: isinstance(block, Gap),
        "figure": lambda block: isinstance(block, Figure),
    }
    made.globals["columns"] = _columns
    made.policies["json.dumps_kwargs"] = {"separators": (",", ":")}
    return made


def _style(columns: set[str]) -> str:
    """The style sheet with the colours of both styles; print is always light.

    Args:
        columns: Words by which the tables name those of their columns that look otherwise.
    """
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
            inlined.in_both(*(_variables(is_dark) for is_dark in (False, True))),
            *rules,
            inlined.read("page.css"),
        ]
    )


def _variables(is_dark: bool) -> Iterator[str]:
    yield from inlined.variables((PLAIN, *LOOKS), is_dark=is_dark)
    for at, colour in enumerate(colours.DARK_HEAT if is_dark else colours.HEAT):
        yield f"--h{at}:{colour};--on{at}:{colours.ink_on(colour)};"


def _columns(figure: Figure) -> int:
    """Give the number of pictures in a row of a figure's sprite."""
    return 0 if figure.sprite is None else figure.sprite.shape[1] // figure.cell_px


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
