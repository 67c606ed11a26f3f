"""The batch: a page that asks picture by picture, what it sends, and the pictures themselves."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from pydantic import BaseModel, Field, ValidationError
from sqlalchemy import Connection
from starlette.routing import Route

from affekt.campaign import answers, claim, submit, workers
from affekt.campaign.batch import Batch, Card
from affekt.errors import NotTaken
from affekt.journal.clock import MICROSECONDS
from affekt.site.doors import (
    Anybody,
    Caller,
    Sender,
    Visitor,
    check_form,
    session_of,
    slow,
    words_for,
    worker_of,
)
from affekt.site.render import keyname, money, page, pays, scene_of
from affekt.site.seals import PICTURE_SECONDS
from affekt.site.words import Words
from affekt.site.work import key_texts, keys_of, next_step

routes = APIRouter()
Token = Annotated[str, Field(min_length=16, max_length=64, pattern=r"^[\w-]+$")]
Key = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]  # 128 random bits, made by the browser
# Texts that the script of the page says.
SPOKEN = (
    "alt", "yes", "no", "none", "before", "saved", "not_saved", "saving", "offline", "signed_out",
    "refused", "late", "expired", "look_first", "is_answered", "broken", "second_tab", "all_done",
    "progress", "time_left", "warn", "tick_one", "reveal_first",
)  # fmt: skip
STATUS = {"unknown": 404, "too fast": 400, "no choice": 400, "empty": 400, "too many": 429}


class Answer(BaseModel):
    """What one answer says; other fields are passed over."""

    card: Token
    key: Key
    felt: bool | dict[str, bool]
    seconds: float = Field(ge=0, le=86_400)


class Revealed(BaseModel):
    """A picture whose cover was taken off."""

    card: Token
    key: Key


class Passed(BaseModel):
    """A picture that is passed over."""

    card: Token
    kind: Literal["skip", "broken"]


@routes.get("/batch")
def batch_page(request: Request, who: Anybody) -> Response:
    """Show the batch that somebody holds."""
    step = next_step(who)
    held = claim.current(who.scene.live, who.worker.id)
    if step != "/home" or held is None:
        return RedirectResponse(step, 303)
    return _page(request, who, held)


@routes.post("/batch/begin")
def begin(who: Sender) -> Response:
    """Lease a batch."""
    slow(who.scene, "test", who.secret)
    claim.claim(who.scene.live, who.worker.id)
    return RedirectResponse("/batch", 303)


async def answer(request: Request) -> JSONResponse:
    """Keep one answer; what is acknowledged is on the disk.

    This is asked a thousand times where any page is asked once, so it is a route of its own, which
    reads its request itself, and one transaction knows the worker and keeps the answer.
    """
    live, secret = scene_of(request).live, session_of(request)
    check_form(request, secret, request.headers.get("x-form-token", ""))
    slow(scene_of(request), "vote", secret)
    saying = _saying(request, await request.body())

    def keep(to: Connection) -> answers.Answered:
        return answers.keep(to, live, worker_of(to, live, secret).id, saying)

    kept = await request.app.state.together.write(keep)
    left = max(0, (kept.until - live.now()) // MICROSECONDS)
    # Whether a late answer was still needed would tell what others said (C11).
    state = "late" if kept.state == "not needed" else kept.state
    return JSONResponse({"state": state, "seconds_left": left})


alone = Route("/batch/answer", answer, methods=["POST"])


def _saying(request: Request, body: bytes) -> answers.Saying:
    asking = scene_of(request).live.asking
    try:
        said = Answer.model_validate_json(body)
    except ValidationError as trouble:
        raise RequestValidationError(trouble.errors()) from trouble
    if said.seconds * 1000 < asking.min_view_ms:
        raise NotTaken("too fast", words_for(request)("look_first"))
    if isinstance(said.felt, bool) != (asking.answers == "yes_no"):
        raise NotTaken("unknown", "this campaign asks for another kind of answer")
    return answers.Saying(said.card, said.felt, said.key, said.seconds)


@routes.post("/batch/pass")
def pass_over(who: Caller, said: Passed) -> JSONResponse:
    """Note that a picture is passed over, which is no vote."""
    slow(who.scene, "vote", who.secret)
    answers.pass_over(who.scene.live, who.worker.id, said.card, said.kind)
    return JSONResponse({"state": "kept"})


@routes.post("/batch/reveal")
def reveal(who: Caller, said: Revealed) -> JSONResponse:
    """Note that the cover of a picture was taken off; no answer is taken before that (C58)."""
    slow(who.scene, "vote", who.secret)
    answers.uncover(who.scene.live, who.worker.id, said.card, key=said.key)
    return JSONResponse({"state": "kept"})


@routes.post("/batch/submit")
def hand_in(request: Request, who: Sender, batch: Annotated[str, Form()] = "") -> HTMLResponse:
    """Hand a batch in, and say what was earned."""
    return _thanks(request, who, submit.submit(who.scene.live, who.worker.id, batch))


@routes.post("/batch/stop")
def stop(request: Request, who: Sender, batch: Annotated[str, Form()] = "") -> HTMLResponse:
    """Stop before the end, paid for what is done (C58)."""
    return _thanks(request, who, submit.give_back(who.scene.live, who.worker.id, batch))


@routes.get("/p/{name}")
def picture(who: Anybody, name: str) -> Response:
    """Give the bytes of a picture that was named to this very worker."""
    slow(who.scene, "page", who.secret)
    named = who.scene.seals.picture_opened(name)
    if named.worker != who.worker.id:
        raise NotTaken("unknown", "there is no picture of this name")
    shown = who.scene.gallery.shown(named.image_id)
    kept = {"cache-control": f"private, max-age={PICTURE_SECONDS}, immutable"}
    return Response(shown.data, media_type=shown.media_type, headers=kept)


def _page(request: Request, who: Visitor, held: Batch) -> HTMLResponse:
    live, keys = who.scene.live, keys_of(who)
    standing = workers.standing(live, who.worker.id)
    asking = live.asking
    return page(
        request, "work/batch.html", words=who.words, worker=who.worker, mode=asking.answers,
        form_token=who.form_token, batch=_told(who, held), token=held.token, n=len(held.cards),
        n_answered=sum(card.said is not None for card in held.cards),
        pays=pays(asking.pay), earned=money(standing.earned, asking.pay.currency),
        shown_keys={deed: keyname(key) for deed, key in keys.items()},
        key_texts=key_texts(who.words, live),
    )  # fmt: skip


def _told(who: Visitor, held: Batch) -> dict[str, Any]:
    """Give what the script of the page needs; nothing tells votes, tallies or gold (C11)."""
    live = who.scene.live
    return {
        "who": who.scene.seals.mark(who.secret),
        "form_token": who.form_token,
        "cards": [_card(who, card) for card in held.cards],
        "seconds_left": max(0, (held.until - live.now()) // MICROSECONDS),
        "min_view_ms": live.asking.min_view_ms,
        "break_after": live.asking.care.break_after,
        "cover": live.asking.care.cover,
        "mode": live.asking.answers,
        "keys": {deed: keys_of(who)[deed] for deed, _ in key_texts(who.words, live)},
        "choices": [{"name": one, "word": who.words.emotion(one)} for one in live.emotions],
        "texts": {name: who.words(name) for name in SPOKEN},
    }


def _card(who: Visitor, card: Card) -> Mapping[str, Any]:
    asking, own = who.scene.live.asking, who.words
    word = own.emotion(card.emotion)
    return {
        "token": card.token,
        "image": f"/p/{who.scene.seals.picture(card.image_id, who.worker.id)}",
        "question": question(asking.question, own, word)
        if asking.answers == "yes_no"
        else own("tick_question"),
        "emotion": card.emotion,
        "word": word,
        "warn": card.emotion in asking.care.warn_of,
        "note": own.note(who.scene.gallery.notes.get(card.image_id, ())),
        "said": card.said,
        "is_passed": card.is_passed,
    }


def question(templates: Mapping[str, str], own: Words, word: str) -> str:
    """Give the question in somebody's language, or in the first one that the plan has."""
    template = templates.get(own.language) or next(iter(templates.values()))
    return template.replace("{emotion}", word)


def _thanks(request: Request, who: Visitor, receipt: submit.Receipt) -> HTMLResponse:
    pay = who.scene.live.asking.pay
    return page(
        request, "work/thanks.html", words=who.words, worker=who.worker, receipt=receipt,
        form_token=who.form_token, pays=pays(pay), earned=money(receipt.earned, pay.currency),
        helplines=who.words.help,
    )  # fmt: skip
