"""The researcher's look at people: workers with their evidence, messages, the test."""

from collections.abc import Callable, Sequence
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from affekt.campaign import audit, board, lists, messages, review, staff, workers
from affekt.campaign.live import Live
from affekt.errors import NotTaken
from affekt.site import evidence
from affekt.site.boards import NOBODY, desk
from affekt.site.doors import Acting, Colleague, Staff

routes = APIRouter(prefix="/desk")


@routes.get("/workers")
def everybody(request: Request, who: Staff) -> HTMLResponse:
    """List the workers, and what somebody should look at."""
    return desk(
        request, "workers", who, "workers", workers=lists.workers(who.scene.live),
        proposals=evidence.proposals(who.scene),
    )  # fmt: skip


@routes.get("/workers/{pseudonym}")
def one_worker(request: Request, who: Staff, pseudonym: str) -> HTMLResponse:
    """Show one worker: standing, evidence with its intervals, batches, messages, history."""
    live = who.scene.live
    found = evidence.found(who.scene)
    person = workers.by_pseudonym(live, pseudonym)
    return desk(
        request, "worker", who, "workers", worker=board.worker(live, pseudonym),
        known=next(iter(evidence.rows_of(found.workers, pseudonym)), None),
        signs=evidence.rows_of(found.signs, pseudonym),
        twins=evidence.rows_of(found.twins, pseudonym),
        proposals=evidence.proposals(who.scene, pseudonym),
        messages=messages.of_worker(live, person.id),
        history_of=audit.rows(live, thing=f"worker {pseudonym}").to_dicts(),
        may=staff.may(who.entry.role, "reviewer"),
    )  # fmt: skip


@routes.post("/workers/{pseudonym}")
def judge_worker(
    who: Acting,
    pseudonym: str,
    deed: Annotated[str, Form()] = "",
    why: Annotated[str, Form(max_length=2000)] = "",
    batch: Annotated[list[int] | None, Form()] = None,
) -> Response:
    """Do what somebody decided about a worker, with its reason."""
    change_worker(who, pseudonym, deed, why, batches=batch or [])
    return RedirectResponse(f"/desk/workers/{pseudonym}", 303)


def change_worker(
    who: Colleague, pseudonym: str, deed: str, why: str, *, batches: list[int]
) -> None:
    """Exclude or restore votes, suspend or not, end a link, judge batches, or write a message.

    Raises:
        NotTaken: There is no such deed or no such worker.
    """
    who.check("reviewer")
    live, actor = who.scene.live, who.entry.name
    worker = workers.by_pseudonym(live, pseudonym).id
    deeds: dict[str, Callable[[], object]] = {
        "exclude": lambda: review.exclude_votes(live, actor, why, worker=worker),
        "restore": lambda: review.restore_votes(live, actor, why, worker=worker),
        "suspend": lambda: review.suspend(live, actor, worker, why),
        "unsuspend": lambda: review.unsuspend(live, actor, worker, why),
        "revoke-link": lambda: workers.revoke(live, worker, actor, why),
        "approve": lambda: review.approve(live, actor, batches),
        "reject": lambda: review.reject(live, actor, batches, why),
        "override": lambda: _override(live, actor, batches, why),
        "message": lambda: messages.answer(live, worker, why, actor),
    }
    if deed not in deeds:
        raise NotTaken("unknown", f"there is no deed {deed!r}; known: {', '.join(deeds)}")
    deeds[deed]()


def _override(live: Live, actor: str, batches: Sequence[int], why: str) -> None:
    for one in batches:
        review.override(live, actor, one, why)


@routes.get("/messages")
def letters(request: Request, who: Staff) -> HTMLResponse:
    """Show what workers wrote, unread first."""
    return desk(request, "messages", who, "messages", messages=messages.inbox(who.scene.live))


@routes.post("/messages/{number}")
def read(who: Acting, number: int) -> Response:
    """Note that a message was read."""
    mark_read(who, number)
    return RedirectResponse("/desk/messages", 303)


def mark_read(who: Colleague, number: int) -> None:
    """Note that a message was read."""
    who.check("reviewer")
    messages.mark_read(who.scene.live, number)


@routes.get("/test")
def test(request: Request, who: Staff) -> HTMLResponse:
    """Show how the test goes: scores, hard pictures, confusion, doubtful pictures (C8)."""
    reports = evidence.test_reports(who.scene)
    seals = who.scene.seals
    images = {
        row["image_id"]: f"/desk/p/{seals.picture(row['image_id'], NOBODY)}"
        for report in reports.values()
        for row in report.images.to_dicts()
    }
    return desk(
        request, "test", who, "test", reports=reports, images=images,
        notes=who.scene.gallery.notes,
        settings=who.scene.live.asking.test, needs_test=who.scene.live.asking.needs_test,
    )  # fmt: skip
