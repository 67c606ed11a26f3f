"""The page of one map: one HTML file that can be walked in, and asks nothing of the network."""

from functools import cache

import jinja2
from markupsafe import Markup

from affekt.report import inlined
from affekt.report.colours import Look
from affekt.report.map_columns import ID_DIGITS, STEPS
from affekt.report.map_shown import Walk
from affekt.report.shapes import outline


def rendered(walk: Walk, back: str) -> str:
    """Give the text of the HTML file.

    Args:
        walk: What it shows.
        back: Name of the report's page, in the folder above.
    """
    script, style = inlined.read("map_page.js"), _style(walk.looks)
    return (
        _templates()
        .get_template("map_page.html")
        .render(
            walk=walk,
            back=back,
            told={**walk.told, "steps": STEPS, "digits": ID_DIGITS},
            style=Markup(style),  # noqa: S704  (our own files, no foreign text)
            script=Markup(script),  # noqa: S704
            style_hash=inlined.source_hash(style),
            script_hash=inlined.source_hash(script),
        )
    )


@cache
def _templates() -> jinja2.Environment:
    made = inlined.templates()
    made.globals["corners"] = _corners
    return made


def _style(looks: tuple[Look, ...]) -> str:
    """The style sheet with the colours of both styles; print is always light."""
    used = sorted(set(looks))
    both = (inlined.variables(used, is_dark=is_dark) for is_dark in (False, True))
    return "\n".join(
        [
            inlined.in_both(*both),
            *(f".s{one.slot}{{fill:var(--s{one.slot})}}" for one in used),
            inlined.read("map_page.css"),
        ]
    )


def _corners(look: Look) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in outline(look.marker, 7, 7, 6))
