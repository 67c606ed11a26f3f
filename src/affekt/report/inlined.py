"""Our own templates, style and script, as they stand inside a page."""

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files

import jinja2

from affekt.report import colours
from affekt.report.colours import Look

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


def templates() -> jinja2.Environment:
    """Give an environment that escapes all foreign text and knows our templates."""
    return jinja2.Environment(
        loader=jinja2.FunctionLoader(read), autoescape=True, undefined=jinja2.StrictUndefined
    )


@cache
def read(name: str) -> str:
    """Give a file of ours, style and script without what only their readers need."""
    text = (files("affekt.report") / name).read_text(encoding="utf-8")
    if name.endswith(".html"):
        return text
    lines = (line.strip() for line in text.splitlines())
    plain = "\n".join(line for line in lines if line and not line.startswith("//"))
    return re.sub(r"\s*([{};,])\s*", r"\1", plain) if name.endswith(".css") else plain


def source_hash(text: str) -> str:
    """Give the word by which a Content-Security-Policy allows this text alone."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def variables(looks: Iterable[Look], *, is_dark: bool) -> Iterator[str]:
    """Give the colours of a page and of looks, each as a declaration."""
    for name, colour in (DARK if is_dark else LIGHT).items():
        yield f"--{name}:{colour};"
    for look in looks:
        yield f"--s{look.slot}:{look.dark if is_dark else look.colour};"


def in_both(light: Iterable[str], dark: Iterable[str]) -> str:
    """Give the rules of both styles from their declarations; print is always light."""
    return (
        f":root{{{''.join(light)}}}\n"
        f"@media screen and (prefers-color-scheme: dark){{:root{{{''.join(dark)}}}}}"
    )
