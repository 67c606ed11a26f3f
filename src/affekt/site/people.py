"""The researcher's book-keeping: invitations, payments, and who else may come in."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from affekt.campaign import fair, ledger, paying, staff, workers
from affekt.errors import NotTaken, UsageError
from affekt.site.boards import desk
from affekt.site.doors import Acting, Colleague, Staff

routes = APIRouter(prefix="/desk")
MOST_LINKS = 10_000
DAY = 24 * 3600 * 1_000_000
AMOUNT = re.compile(r"\d{1,9}(\.\d{1,6})?", re.ASCII)


@routes.get("/invitations")
def invitations(request: Request, who: Staff) -> HTMLResponse:
    """Show the form for new links."""
    return desk(request, "invitations", who, "invitations", links=[])


@routes.post("/invitations")
def invite(
    request: Request,
    who: Acting,
    n: Annotated[int, Form(ge=1, le=MOST_LINKS)] = 1,
    days: Annotated[int, Form(ge=0, le=3650)] = 0,
) -> HTMLResponse:
    """Make new people and show their links, which are told this once."""
    return desk(request, "invitations", who, "invitations", links=new_links(who, n, days))


def new_links(who: Colleague, n: int, days: int) -> list[tuple[str, str]]:
    """Give pseudonym and link of ``n`` new people; the links end after some days, or never."""
    who.check("manager")
    live = who.scene.live
    until = live.now() + days * DAY if days else None
    made = workers.invite(live, n, until=until, actor=who.entry.name)
    return [(one.pseudonym, f"{who.scene.address}/w/{one.secret}") for one in made]


@routes.get("/payments")
def payments(request: Request, who: Staff, state: str = "") -> HTMLResponse:
    """Show what is due and paid, and what an hour brings."""
    live = who.scene.live
    return desk(
        request, "payments", who, "payments", lines=paying.lines(live, state), state=state,
        totals=ledger.totals(live), fair=fair.fair_pay(live), cap=live.asking.pay.cap,
        may=staff.may(who.entry.role, "manager"),
    )  # fmt: skip


@routes.post("/payments")
def pay(
    who: Acting,
    deed: Annotated[str, Form()] = "",
    line: Annotated[list[int] | None, Form()] = None,
    why: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Move payment lines, or lift everybody to the floor."""
    change_payments(who, deed, line or [], why)
    return RedirectResponse("/desk/payments", 303)


def change_payments(who: Colleague, deed: str, lines: list[int], why: str) -> None:
    """Request, confirm, fail, retry or void lines, or top up.

    Raises:
        NotTaken: There is no such deed, or a line cannot be moved so.
    """
    who.check("manager")
    live, actor = who.scene.live, who.entry.name
    deeds: dict[str, Callable[[], object]] = {
        "request": lambda: paying.request(live, lines, actor),
        "paid": lambda: paying.paid(live, lines, actor),
        "failed": lambda: paying.failed(live, lines, actor, why),
        "retry": lambda: paying.retry(live, lines, actor),
        "void": lambda: paying.void(live, lines, actor, why),
        "top-up": lambda: fair.top_up(live, actor),
    }
    if deed not in deeds:
        raise NotTaken("unknown", f"there is no deed {deed!r}; known: {', '.join(deeds)}")
    deeds[deed]()


@routes.post("/bonus/{pseudonym}")
def bonus(
    who: Acting,
    pseudonym: str,
    amount: Annotated[str, Form(max_length=20)] = "",
    why: Annotated[str, Form(max_length=2000)] = "",
    key: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Give somebody something beside the batches."""
    give_bonus(who, pseudonym, amount, why, key=key)
    return RedirectResponse(f"/desk/workers/{pseudonym}", 303)


def give_bonus(who: Colleague, pseudonym: str, amount: str, why: str, *, key: str) -> Decimal:
    """Give a bonus, once under its key, and give its amount.

    Raises:
        UsageError: The amount is no number, or more than anybody means.
        NotTaken: See `affekt.campaign.ledger.bonus`.
    """
    who.check("manager")
    wanted = _amount(amount)
    worker = workers.by_pseudonym(who.scene.live, pseudonym).id
    return ledger.bonus(who.scene.live, worker, wanted, why, who.entry.name, key)


def _amount(given: str) -> Decimal:
    """Give an amount that somebody wrote; not a number of so many digits that it takes for ever."""
    if not AMOUNT.fullmatch(given.strip()):
        raise UsageError(f"the amount is {given[:20]!r}; write a number such as 1.50")
    return Decimal(given.strip())


@routes.get("/staff")
def members(request: Request, who: Staff) -> HTMLResponse:
    """Show who may come in, and the tokens of the API."""
    return _members(request, who)


@routes.post("/staff")
def add_member(
    request: Request,
    who: Acting,
    name: Annotated[str, Form(max_length=64)] = "",
    role: Annotated[str, Form()] = "viewer",
) -> HTMLResponse:
    """Invite somebody to the staff, or let them set a new password, by a link told this once."""
    return _members(request, who, link=new_member(who, name, role))


def new_member(who: Colleague, name: str, role: str) -> str:
    """Give the link by which somebody sets a password."""
    who.check("owner")
    secret = staff.invite(who.scene.live, name.strip(), role, actor=who.entry.name)  # type: ignore[arg-type]  # checked there
    return f"{who.scene.address}/desk/first/{secret}"


@routes.post("/staff/remove")
def remove_member(who: Acting, name: Annotated[str, Form(max_length=64)] = "") -> Response:
    """Let somebody in no more."""
    end_member(who, name)
    return RedirectResponse("/desk/staff", 303)


def end_member(who: Colleague, name: str) -> None:
    """Let somebody in no more; see `affekt.campaign.staff.remove`."""
    who.check("owner")
    staff.remove(who.scene.live, name, actor=who.entry.name)


@routes.post("/tokens")
def add_token(
    request: Request,
    who: Acting,
    name: Annotated[str, Form(max_length=64)] = "",
    scope: Annotated[str, Form()] = "viewer",
) -> HTMLResponse:
    """Make a token of the API, shown this once."""
    token = staff.give_token(who.scene.live, who.entry, name.strip() or "token", scope)  # type: ignore[arg-type]  # checked there
    return _members(request, who, token=token)


@routes.post("/tokens/{number}")
def revoke_token(who: Acting, number: int) -> Response:
    """End a token."""
    end_token(who, number)
    return RedirectResponse("/desk/staff", 303)


def end_token(who: Colleague, number: int) -> None:
    """End a token, of anybody."""
    who.check("owner")
    staff.revoke(who.scene.live, number, actor=who.entry.name)


def _members(request: Request, who: Colleague, *, link: str = "", token: str = "") -> HTMLResponse:
    live = who.scene.live
    return desk(
        request, "staff", who, "staff", members=staff.members(live), tokens=staff.tokens(live),
        roles=staff.ROLES, link=link, token_made=token,
    )  # fmt: skip
