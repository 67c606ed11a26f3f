"""The researcher's campaign: the live board, questions one by one, what was done, exports."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse, StreamingResponse

from affekt.campaign import audit, board, lists, review, staff, state
from affekt.errors import NotTaken
from affekt.site import outgoing
from affekt.site.doors import Acting, Colleague, Staff
from affekt.site.render import page
from affekt.site.words import words

routes = APIRouter(prefix="/desk")
NOBODY = 0  # in the name of a picture: it is for the staff
STATES = ("waiting", "active", "decided", "withdrawn")
DEEDS = {"pause": state.pause, "resume": state.resume, "close": state.close}


def desk(request: Request, name: str, who: Colleague, place: str, /, **values: Any) -> HTMLResponse:
    """Give a page for the staff."""
    return page(request, f"desk/{name}.html", words=words("en"), who=who, place=place, **values)


@routes.get("")
def campaign(request: Request, who: Staff) -> HTMLResponse:
    """Show the campaign with its live board."""
    return desk(
        request, "campaign", who, "board", board=board.board(who.scene.live),
        refused=sorted(who.scene.refused.items()), unreviewed=who.scene.unreviewed,
    )  # fmt: skip


@routes.get("/board")
def live_board(request: Request, who: Staff) -> HTMLResponse:
    """Give the board alone, which the page asks for again and again."""
    return page(
        request, "desk/_board.html", words=words("en"), who=who,
        board=board.board(who.scene.live), refused=sorted(who.scene.refused.items()),
    )  # fmt: skip


@routes.post("/state")
def set_state(
    who: Acting, deed: Annotated[str, Form()] = "", why: Annotated[str, Form()] = ""
) -> Response:
    """Pause, resume or close the campaign, or pause everything."""
    change_state(who, deed, why)
    return RedirectResponse("/desk", 303)


def change_state(who: Colleague, deed: str, why: str) -> None:
    """Do one of `DEEDS`, or pause every campaign of the database.

    Raises:
        NotTaken: There is no such deed.
    """
    who.check("manager")
    if deed == "pause-everything":
        state.pause_everything(who.scene.live, why=why, actor=who.entry.name)
    elif deed in DEEDS:
        DEEDS[deed](who.scene.live, why=why, actor=who.entry.name)
    else:
        raise NotTaken("unknown", f"there is no deed {deed!r}; known: {', '.join(DEEDS)}")


@routes.get("/items")
def items(
    request: Request, who: Staff, emotion: str = "", state: str = "", after: str = ""
) -> HTMLResponse:
    """List the questions, a page at a time."""
    live = who.scene.live
    found = lists.items(live, emotion=emotion, state=state, after=after)
    more = found[-1].question_id if len(found) == lists.PER_PAGE else ""
    return desk(
        request, "items", who, "items", items=found, emotion=emotion, state=state, more=more,
        emotions=live.emotions, states=STATES,
    )  # fmt: skip


@routes.get("/items/{question_id:path}")
def item(request: Request, who: Staff, question_id: str) -> HTMLResponse:
    """Show one question with its picture, votes and what was done about it."""
    live = who.scene.live
    one = board.item(live, question_id)
    return desk(
        request, "item", who, "items", item=one, may=staff.may(who.entry.role, "reviewer"),
        image=f"/desk/p/{who.scene.seals.picture(one.image_id, NOBODY)}",
        notes=who.scene.gallery.notes.get(one.image_id, ()),
        history_of=audit.rows(live, thing=f"question {question_id}").to_dicts(),
    )  # fmt: skip


@routes.post("/items/{question_id:path}")
def judge_item(
    who: Acting,
    question_id: str,
    deed: Annotated[str, Form()] = "",
    why: Annotated[str, Form()] = "",
    most: Annotated[int, Form(ge=0, le=1000)] = 0,
) -> Response:
    """Withdraw a question, or ask it again with more votes."""
    change_item(who, question_id, deed, why, most=most)
    return RedirectResponse(f"/desk/items/{question_id}", 303)


def change_item(who: Colleague, question_id: str, deed: str, why: str, *, most: int = 0) -> None:
    """Withdraw a question or reopen it.

    Raises:
        NotTaken: There is no such deed.
    """
    who.check("reviewer")
    live, actor = who.scene.live, who.entry.name
    if deed == "withdraw":
        review.withdraw_item(live, actor, question_id, why)
    elif deed == "reopen":
        review.reopen_item(live, actor, question_id, why, most=most or live.policy.most() + 2)
    else:
        raise NotTaken("unknown", f"there is no deed {deed!r}; known: withdraw, reopen")


@routes.get("/p/{name}")
def picture(who: Staff, name: str) -> Response:
    """Give a picture that a page for the staff named."""
    named = who.scene.seals.picture_opened(name)
    if named.worker != NOBODY:
        raise NotTaken("unknown", "there is no picture of this name")
    shown = who.scene.gallery.shown(named.image_id)
    return Response(shown.data, media_type=shown.media_type, headers={"cache-control": "private"})


@routes.get("/audit")
def all_that_was_done(request: Request, who: Staff) -> HTMLResponse:
    """Show who did what, the newest first, and whether the chain is whole."""
    live = who.scene.live
    with live.database.read() as connection:
        findings = audit.verify(connection)
    return desk(request, "audit", who, "audit", rows=audit.rows(live).to_dicts(), findings=findings)


@routes.get("/exports")
def exports(request: Request, who: Staff) -> HTMLResponse:
    """List the files that can be taken along."""
    return desk(request, "exports", who, "exports", files=outgoing.NAMES)


@routes.get("/exports/{name}")
def export(who: Staff, name: str) -> StreamingResponse:
    """Give one file of the export."""
    pieces = outgoing.file(who.scene, name)
    attached = {"content-disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(pieces, media_type="application/octet-stream", headers=attached)
