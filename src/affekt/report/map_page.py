"""The page of one map: one HTML file that can be walked in, and asks nothing of the network."""

import base64
import hashlib
from functools import cache
from importlib.resources import files

import jinja2
from markupsafe import Markup

from affekt.report.colours import Look
from affekt.report.map_columns import ID_DIGITS, STEPS
from affekt.report.map_walk import Walk
from affekt.report.page import DARK, LIGHT
from affekt.report.shapes import outline


def rendered(walk: Walk, back: str) -> str:
    """Give the text of the HTML file.

    Args:
        walk: What it shows.
        back: Name of the report's page, in the folder above.
    """
    script, style = _read("map_page.js"), _style(walk.looks)
    return (
        _templates()
        .get_template("map_page.html")
        .render(
            walk=walk,
            back=back,
            told={**walk.told, "steps": STEPS, "digits": ID_DIGITS},
            style=Markup(style),  # noqa: S704  (our own files, no foreign text)
            script=Markup(script),  # noqa: S704
            style_hash=_hash(style),
            script_hash=_hash(script),
        )
    )


@cache
def _templates() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.FunctionLoader(_read), autoescape=True, undefined=jinja2.StrictUndefined
    )
    made.globals["corners"] = _corners
    return made


@cache
def _read(name: str) -> str:
    return (files("affekt.report") / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _style(looks: tuple[Look, ...]) -> str:
    """The style sheet with the colours of both styles; print is always light."""
    light = [*(f"--{name}:{one};" for name, one in LIGHT.items())]
    dark = [*(f"--{name}:{one};" for name, one in DARK.items())]
    for one in sorted(set(looks)):
        light.append(f"--s{one.slot}:{one.colour};")
        dark.append(f"--s{one.slot}:{one.dark};")
    return "\n".join(
        [
            f":root{{{''.join(light)}}}",
            f"@media screen and (prefers-color-scheme: dark){{:root{{{''.join(dark)}}}}}",
            *(f".s{one.slot}{{fill:var(--s{one.slot})}}" for one in sorted(set(looks))),
            _read("map_page.css"),
        ]
    )


def _corners(look: Look) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in outline(look.marker, 7, 7, 6))
