"""A worker's own pages: the link, consent, what one is asked about, the overview, help."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from affekt.campaign import claim, consent, messages, past, wording, workers
from affekt.campaign.live import Live
from affekt.errors import NotTaken
from affekt.site.doors import (
    WORKER,
    Anybody,
    Filled,
    Refusal,
    Sender,
    Visitor,
    caller_of,
    drop_cookie,
    set_cookie,
    slow,
    words_for,
)
from affekt.site.prose import blocks
from affekt.site.render import money, page, pays, scene_of
from affekt.site.words import Words

routes = APIRouter()
KEYS = {
    "yes": "y", "no": "n", "skip": "s", "undo": "z", "help": "?", "pause": "Escape", "broken": "l",
    "none": "0", "done": "Enter", "reveal": " ",
}  # fmt: skip
KEY_TEXTS = {"broken": "broken_button", "done": "tick_done"}
MOST_MESSAGE = 4000


@routes.get("/")
def landing(request: Request) -> Response:
    """Lead somebody who was here before to their page, and tell a stranger what this is."""
    own = words_for(request)
    return page(
        request, "work/message.html", words=own, worker=None, title=own("landing_title"),
        text=own("landing"), detail="", onward="",
    )  # fmt: skip


@routes.get("/w/{secret}")
def link(request: Request, secret: str) -> Response:
    """Open a personal link; what it does not know, or has ended, looks all the same."""
    scene = scene_of(request)
    slow(scene, "door", caller_of(request))
    try:
        workers.by_secret(scene.live, secret)
    except NotTaken as stranger:
        raise Refusal(404, "link", "link_unknown") from stranger
    answer = RedirectResponse("/home", 303)
    set_cookie(answer, scene, WORKER, scene.seals.cookie(secret))
    return answer


@routes.get("/home")
def home(request: Request, who: Anybody, saved: str = "") -> Response:
    """Show where somebody stands, or the step that comes before."""
    step = next_step(who)
    if step != "/home":
        return RedirectResponse(step, 303)
    live, own = who.scene.live, who.worker
    standing = workers.standing(live, own.id)
    pay = live.asking.pay
    return page(
        request, "work/home.html", words=who.words, worker=own, form_token=who.form_token,
        standing=standing, pays=pays(pay), earned=money(standing.earned, pay.currency),
        has_batch=claim.current(live, own.id) is not None, size=live.asking.batch,
        batches=[
            {**one._asdict(), "earned": money(one.earned, pay.currency)}
            for one in past.batches(live, own.id)
        ],
        classes=[who.words.emotion(one) for one in asked_about(who)],
        offered=who.scene.languages, keys=keys_of(who), key_texts=key_texts(who.words, live),
        is_saved=saved == "yes", is_wrong=saved == "no",
    )  # fmt: skip


@routes.get("/consent")
def consent_page(request: Request, who: Anybody) -> HTMLResponse:
    """Show what somebody agrees to before anything else."""
    text = wording.text_of(who.scene.live, who.words.language)
    return page(
        request, "work/consent.html", words=who.words, worker=None, form_token=who.form_token,
        consent=text, blocks=blocks(text.text),
    )  # fmt: skip


@routes.post("/consent")
def agree(
    request: Request,
    who: Sender,
    answer: Annotated[str, Form()] = "",
    version: Annotated[str, Form()] = "",
    sha256: Annotated[str, Form()] = "",
) -> Response:
    """Keep an explicit yes to the very text that was shown."""
    if answer != "agree":
        left = told(request, who, "disagreed")
        drop_cookie(left, who.scene, WORKER)
        return left
    try:
        consent.agree(who.scene.live, who.worker.id, version, sha256)
    except NotTaken as trouble:
        if trouble.reason != "changed":
            raise
        return RedirectResponse("/consent", 303)
    has_chosen = "opted_in" in who.worker.settings or not who.scene.live.asking.care.warn_of
    return RedirectResponse("/home" if has_chosen else "/feelings", 303)


@routes.get("/feelings")
def feelings_page(request: Request, who: Anybody) -> HTMLResponse:
    """Show the emotions that somebody has to choose to be asked about (C58)."""
    care = who.scene.live.asking.care
    choices = [one for one in who.scene.live.emotions if one in care.warn_of]
    return page(
        request, "work/feelings.html", words=who.words, worker=who.worker, choices=choices,
        chosen=who.worker.settings.get("opted_in", []), form_token=who.form_token,
    )  # fmt: skip


@routes.post("/feelings")
def feelings(
    request: Request, who: Sender, feeling: Annotated[list[str] | None, Form()] = None
) -> Response:
    """Keep which emotions somebody chose."""
    live = who.scene.live
    known = [one for one in feeling or [] if one in live.asking.care.warn_of]
    workers.set_preference(live, who.worker.id, "opted_in", known)
    return RedirectResponse("/home", 303)


@routes.post("/rest")
def rest(who: Sender, begins: Annotated[bool, Form()] = False) -> Response:
    """Begin a rest, in which nothing is given out, or end it."""
    (workers.rest if begins else workers.wake)(who.scene.live, who.worker.id)
    return RedirectResponse("/home", 303)


@routes.post("/language")
def language(who: Sender, language: Annotated[str, Form()] = "") -> Response:
    """Keep the language somebody chose."""
    if language in who.scene.languages:
        workers.set_preference(who.scene.live, who.worker.id, "language", language)
    return RedirectResponse("/home?saved=yes", 303)


@routes.post("/keys")
def keys(who: Sender, form: Filled) -> Response:
    """Keep other keys, where each deed has one of its own."""
    given = {deed: _key(form.get(deed, key)) for deed, key in keys_of(who).items()}
    is_right = all(given.values()) and len({key.lower() for key in given.values()}) == len(given)
    if is_right:
        workers.set_preference(who.scene.live, who.worker.id, "keys", given)
    return RedirectResponse(f"/home?saved={'yes' if is_right else 'no'}", 303)


@routes.get("/help")
def help_page(request: Request, who: Anybody, sent: str = "") -> HTMLResponse:
    """Show who helps, what was written, and the way out of the study."""
    written = messages.of_worker(who.scene.live, who.worker.id)
    messages.mark_all_read(who.scene.live, who.worker.id)
    return page(
        request, "work/help.html", words=who.words, worker=who.worker, form_token=who.form_token,
        helplines=who.words.help, contact=who.scene.contact, is_sent=sent == "yes",
        messages=written,
    )  # fmt: skip


@routes.post("/help")
def complain(who: Sender, message: Annotated[str, Form(max_length=MOST_MESSAGE)] = "") -> Response:
    """Send a message to the people who run the study."""
    slow(who.scene, "test", who.secret)
    if message.strip():
        messages.complain(who.scene.live, who.worker.id, message)
    return RedirectResponse("/help?sent=yes", 303)


@routes.post("/withdraw")
def withdraw(request: Request, who: Sender) -> Response:
    """Take a consent back; pay stays."""
    consent.withdraw(who.scene.live, who.worker.id, "the worker asked for it on the site")
    answer = told(request, who, "withdrawn")
    drop_cookie(answer, who.scene, WORKER)
    return answer


def next_step(who: Visitor) -> str:
    """Give the address of what somebody has to do next."""
    live = who.scene.live
    standing = workers.standing(live, who.worker.id)
    if not standing.consented:
        return "/consent"
    if live.asking.care.warn_of and "opted_in" not in who.worker.settings:
        return "/feelings"
    return "/home" if standing.qualified else "/test"


def asked_about(who: Visitor) -> list[str]:
    """Give the emotions that somebody is asked about."""
    live = who.scene.live
    opted = who.worker.settings.get("opted_in", [])
    return [one for one in live.emotions if one not in live.asking.care.warn_of or one in opted]


def keys_of(who: Visitor) -> dict[str, str]:
    """Give the keys of somebody: deed → key, as a browser names it."""
    own: Mapping[str, str] = who.worker.settings.get("keys", {})
    return {deed: own.get(deed, key) for deed, key in KEYS.items()}


def key_texts(own: Words, live: Live) -> list[tuple[str, str]]:
    """Give the deeds of this campaign and what each is called, in the order of the page."""
    hidden = {"yes", "no"} if live.asking.answers == "tick_all" else {"none", "done"}
    hidden |= set() if live.asking.care.cover or live.noted else {"reveal"}
    return [(deed, own(KEY_TEXTS.get(deed, deed))) for deed in KEYS if deed not in hidden]


def told(request: Request, who: Visitor, what: str, *, status: int = 200) -> HTMLResponse:
    """Give a page that says one thing."""
    return page(
        request, "work/message.html", status=status, words=who.words, worker=None,
        title=who.words(f"{what}_title"), text=who.words(what), detail="", onward="",
    )  # fmt: skip


def _key(given: str) -> str:
    """Give a key as a browser names it."""
    names = {"esc": "Escape", "escape": "Escape", "space": " ", "enter": "Enter"}
    return " " if given == " " else names.get(given.strip().lower(), given.strip()[:1])
