"""The same as the pages, for programs: JSON under ``/api/v1``, each request with a token."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any

import polars as pl
from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, StreamingResponse
from pydantic import BaseModel, Field

from affekt.campaign import audit, board, fair, ledger, lists, messages, paying, staff
from affekt.site import boards, evidence, outgoing, people, reviews, wishes
from affekt.site.doors import Program
from affekt.site.render import page
from affekt.site.words import words

routes = APIRouter(prefix="/api/v1", tags=["campaign"])
Told = dict[str, Any]


class Deed(BaseModel):
    """Something that is done, and why."""

    deed: str = Field(description="what is done; a wrong word is answered with the known ones")
    why: str = Field("", max_length=2000, description="the reason, kept in the audit")
    batches: list[int] = Field([], description="of a worker: numbers of batches")
    lines: list[int] = Field([], description="of payments: numbers of lines")
    most: int = Field(0, ge=0, description="of an item: votes it may have; 0 for two more")


class Invitation(BaseModel):
    """How many people are invited, and how long their links hold."""

    n: int = Field(1, ge=1, le=people.MOST_LINKS)
    days: int = Field(0, ge=0, le=3650, description="0: the links do not end")


class Bonus(BaseModel):
    """Something beside the batches."""

    worker: str
    amount: str = Field(description="decimal, in the currency of the campaign")
    why: str
    key: str = Field(min_length=8, max_length=64, description="given once under each key")


class Member(BaseModel):
    """Somebody who may come in."""

    name: str = Field(max_length=64)
    role: str = Field("viewer", description="viewer, reviewer, manager or owner")


@routes.get("/campaign")
def campaign(who: Program) -> Told:
    """The live board: state, votes a minute, leases, spend, and each emotion beside the paper's."""
    return _object({**board.board(who.scene.live)._asdict(), "refused": dict(who.scene.refused)})


@routes.post("/campaign")
def change_campaign(who: Program, wanted: Deed) -> Told:
    """Pause, resume, publish or close the campaign, or pause-everything."""
    boards.change_state(who, wanted.deed, wanted.why)
    return campaign(who)


@routes.get("/plan")
def planned_as_it_is(who: Program) -> Told:
    """The campaign that is served as a wish: its questions, policy, pay and test."""
    return _object(wishes.own(who.scene))


@routes.post("/plan")
def plan(who: Program, wish: wishes.Wish) -> Told:
    """What a campaign would take: votes, cost, hours, precision; and the plan that says it."""
    return _object(wishes.draft(who.scene, wish))


@routes.get("/items")
def items(who: Program, emotion: str = "", state: str = "", after: str = "") -> list[Told]:
    """Up to 100 questions behind `after`, in the order of their ids."""
    found = lists.items(who.scene.live, emotion=emotion, state=state, after=after)
    return plain(found)  # type: ignore[no-any-return]


@routes.get("/items/{question_id}")
def item(who: Program, question_id: str) -> Told:
    """One question with all votes on it."""
    return _object(board.item(who.scene.live, question_id))


@routes.post("/items/{question_id}")
def change_item(who: Program, question_id: str, wanted: Deed) -> Told:
    """Withdraw or reopen a question."""
    boards.change_item(who, question_id, wanted.deed, wanted.why, most=wanted.most)
    return item(who, question_id)


@routes.get("/workers")
def everybody(who: Program) -> Told:
    """All workers by pseudonym, and what somebody should look at."""
    told = {"workers": lists.workers(who.scene.live), "proposals": evidence.proposals(who.scene)}
    return _object(told)


@routes.get("/workers/{pseudonym}")
def one_worker(who: Program, pseudonym: str) -> Told:
    """One worker: standing, batches, and evidence with its intervals."""
    found = evidence.found(who.scene)
    return _object({
        **board.worker(who.scene.live, pseudonym)._asdict(),
        "evidence": evidence.rows_of(found.workers, pseudonym),
        "signs": evidence.rows_of(found.signs, pseudonym),
        "twins": evidence.rows_of(found.twins, pseudonym),
        "proposals": evidence.proposals(who.scene, pseudonym),
    })  # fmt: skip


@routes.post("/workers/{pseudonym}")
def change_worker(who: Program, pseudonym: str, wanted: Deed) -> Told:
    """Exclude, restore, suspend, unsuspend, revoke-link, approve, reject, override, or message."""
    reviews.change_worker(who, pseudonym, wanted.deed, wanted.why, batches=wanted.batches)
    return _object(board.worker(who.scene.live, pseudonym))


@routes.get("/messages")
def letters(who: Program) -> list[Told]:
    """What workers wrote, unread first."""
    return plain(messages.inbox(who.scene.live))  # type: ignore[no-any-return]


@routes.post("/messages/{number}")
def read(who: Program, number: int) -> list[Told]:
    """Note that a message was read."""
    reviews.mark_read(who, number)
    return letters(who)


@routes.get("/test")
def test(who: Program) -> Told:
    """How the test goes, for each version of it."""
    return _object({str(number): one for number, one in evidence.test_reports(who.scene).items()})


@routes.get("/payments")
def payments(who: Program, state: str = "") -> Told:
    """Lines, sums, and what an hour brings."""
    live = who.scene.live
    sums, rate = ledger.totals(live), fair.fair_pay(live)
    return _object({"lines": paying.lines(live, state), "totals": sums, "fair_pay": rate})


@routes.post("/payments")
def change_payments(who: Program, wanted: Deed) -> Told:
    """Request, paid, failed, retry or void lines, or top-up."""
    people.change_payments(who, wanted.deed, wanted.lines, wanted.why)
    return payments(who)


@routes.post("/bonuses")
def give_bonus(who: Program, wanted: Bonus) -> Told:
    """Give somebody something beside the batches, once under its key."""
    amount = people.give_bonus(who, wanted.worker, wanted.amount, wanted.why, key=wanted.key)
    return {"amount": str(amount)}


@routes.post("/invitations")
def invite(who: Program, wanted: Invitation) -> list[Told]:
    """New people with their links, which are told this once."""
    made = people.new_links(who, wanted.n, wanted.days)
    return [{"worker": pseudonym, "link": link} for pseudonym, link in made]


@routes.get("/audit")
def all_that_was_done(who: Program, most: Annotated[int, Query(ge=1, le=100_000)] = 1000) -> Told:
    """Who did what, the newest first, and what breaks the chain of hashes."""
    live = who.scene.live
    with live.database.read() as connection:
        findings = audit.verify(connection)
    return _object({"rows": audit.rows(live, most=most), "findings": findings})


@routes.get("/exports")
def exports(who: Program) -> list[str]:
    """Names of the files that can be taken along."""
    return list(outgoing.NAMES) if who else []


@routes.get("/exports/{name}")
def export(who: Program, name: str) -> StreamingResponse:
    """One file of the export."""
    return StreamingResponse(outgoing.file(who.scene, name), media_type="application/octet-stream")


@routes.get("/staff")
def members(who: Program) -> list[Told]:
    """Who may come in; owners only."""
    who.check("owner")
    return [
        {"name": one.name, "role": one.role, "has_password": one.password is not None}
        for one in staff.members(who.scene.live)
    ]


@routes.post("/staff")
def add_member(who: Program, wanted: Member) -> Told:
    """Give the link by which somebody sets a password, once and within a day; owners only."""
    return {"link": people.new_member(who, wanted.name, wanted.role)}


@routes.post("/staff/{name}")
def remove_member(who: Program, name: str) -> list[Told]:
    """Let somebody in no more, by password, session, link or token; owners only."""
    people.end_member(who, name)
    return members(who)


@routes.get("/tokens")
def tokens(who: Program) -> list[Told]:
    """The tokens that hold, without their secrets."""
    return plain(staff.tokens(who.scene.live))  # type: ignore[no-any-return]


@routes.post("/tokens/{number}")
def end_token(who: Program, number: int) -> list[Told]:
    """End a token; owners only."""
    people.end_token(who, number)
    return tokens(who)


@routes.get("/openapi.json", include_in_schema=False)
def described(request: Request) -> JSONResponse:
    """Give the description of this API."""
    return JSONResponse(request.app.openapi())


@routes.get("", include_in_schema=False)
def described_for_people(request: Request) -> HTMLResponse:
    """Give the same as a page, without a script of anybody else."""
    told = request.app.openapi()
    return page(request, "desk/api.html", words=words("en"), told=told)


def _object(value: Any) -> Told:
    """Give a value with names as a JSON object."""
    told = plain(value)
    assert isinstance(told, dict)
    return told


def plain(value: Any) -> Any:
    """Give a value as JSON holds it: money as text, tables as rows, named values as objects."""
    if isinstance(value, pl.DataFrame):
        return plain(value.to_dicts())
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {name: plain(one) for name, one in value._asdict().items()}
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, float):
        return value if abs(value) < float("inf") else None  # NaN and the infinite are no JSON
    return value if isinstance(value, str | int | bool | None) else str(value)
