"""Fills the templates; all that is put in is escaped, whoever wrote it."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from affekt.campaign.settings import Pay
from affekt.site.scene import Scene

UNKEPT = {"cache-control": "no-store"}  # a page is of one person and one moment


def scene_of(request: Request) -> Scene:
    """Give the scene of a request."""
    scene: Scene = request.app.state.scene
    return scene


def page(request: Request, name: str, /, *, status: int = 200, **values: Any) -> HTMLResponse:
    """Give a page made of a template."""
    values.setdefault("scene", scene_of(request))
    text = TEMPLATES.get_template(name).render(**values)
    return HTMLResponse(text, status_code=status, headers=UNKEPT)


def moment(at: int | None) -> str:
    """Give microseconds since 1970 as people read them, in UTC.

    >>> moment(1_700_000_000_000_000)
    '2023-11-14 22:13'
    """
    return "" if at is None else f"{datetime.fromtimestamp(at // 1_000_000, UTC):%Y-%m-%d %H:%M}"


def money(amount: Decimal, currency: str) -> str:
    """Give an amount with its currency.

    >>> money(Decimal("1.5"), "USD")
    '1.50 USD'
    """
    return f"{amount:.2f} {currency}"


def pays(pay: Pay) -> bool:
    """Tell whether people earn anything in a campaign."""
    return bool(pay.per_batch or pay.per_test)


def percent(share: float | None) -> str:
    """Give a share as percent; a dash where there is none."""
    return "–" if share is None or share != share else f"{100 * share:.1f} %"


def keyname(key: str) -> str:
    """Give the name of a key as it stands on a keyboard.

    >>> keyname("Escape"), keyname("y")
    ('Esc', 'Y')
    """
    return {"Escape": "Esc", " ": "Space"}.get(key) or (key.upper() if len(key) == 1 else key)


TEMPLATES = Environment(
    loader=PackageLoader("affekt.site", "pages"), autoescape=True, undefined=StrictUndefined,
    trim_blocks=True, lstrip_blocks=True,
)  # fmt: skip
TEMPLATES.filters.update(moment=moment, percent=percent, keyname=keyname)
