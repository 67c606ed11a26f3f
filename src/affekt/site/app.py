"""Puts the site together: routes, what goes wrong, and the guard before all of it."""

import logging
from collections.abc import Mapping
from importlib.resources import files

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from affekt import __version__
from affekt.errors import AffektError, MachineError, NotTaken, Refused, UsageError
from affekt.site import api, boards, exams, people, reviews, signin, votes, wizard, work
from affekt.site.doors import Refusal, words_for
from affekt.site.guard import App, Guard
from affekt.site.render import page
from affekt.site.scene import Scene
from affekt.site.together import Together
from affekt.site.words import words

LOG = logging.getLogger(__name__)
PAGES = (work, votes, exams, signin, boards, reviews, people, wizard)
IN_JSON = ("/api/", "/batch/answer", "/batch/pass", "/batch/reveal")
# Reasons why nothing is given out, and the page that says so.
SAID = {
    "finished": "finished",
    "paused": "paused",
    "suspended": "suspended",
    "resting": "resting",
    "enough today": "enough",
}
STEPS = {"unconsented": "/consent", "unqualified": "/test", "passed": "/home"}
ABOUT = """A campaign in which people say what pictures make them feel.

Every request carries a token, `Authorization: Bearer …`, made under *Staff* on the pages. A token
may what its scope may: a viewer looks, a reviewer judges, a manager invites, pays and pauses, an
owner gives tokens. Times are microseconds since 1970 in UTC, money is decimal text."""


def create(scene: Scene) -> App:
    """Give the whole site as an application that a server can run."""
    app = FastAPI(
        title="affekt", version=__version__, description=ABOUT, docs_url=None, redoc_url=None,
        openapi_url=None,
    )  # fmt: skip
    app.state.scene = scene
    app.state.together = Together(scene.live.database)
    app.mount("/static", StaticFiles(directory=str(files("affekt.site") / "static")))
    app.router.routes.append(votes.alone)
    for module in PAGES:
        app.include_router(module.routes, include_in_schema=False)
    app.include_router(api.routes)
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(NotTaken, _not_taken)
    app.add_exception_handler(AffektError, _troubled)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _by_number)
    app.add_exception_handler(Exception, _defect)
    return Guard(app, scene.hosts, scene.rates, is_https=scene.is_https)


def _refused(request: Request, trouble: Exception) -> Response:
    assert isinstance(trouble, Refusal)
    request.app.state.scene.refuse(trouble.reason)
    more = {"retry-after": f"{max(1, round(trouble.wait))}"} if trouble.status == 429 else {}
    if trouble.text == "staff":
        return Response(status_code=303, headers={"location": "/desk/sign-in"})
    if trouble.text == "token":
        return _json(401, "token", "the token is missing, unknown, revoked or too old", more)
    own = words_for(request)
    title = own(f"{trouble.text}_title") if trouble.text == "link_unknown" else own("trouble_title")
    if trouble.text == "link_unknown" and trouble.status == 401:
        title = own("signed_out_title")
    return _answer(request, trouble.status, trouble.reason, (title, own(trouble.text)), more)


def _not_taken(request: Request, trouble: Exception) -> Response:
    assert isinstance(trouble, NotTaken)
    request.app.state.scene.refuse(trouble.reason)
    own = words_for(request)
    status = votes.STATUS.get(trouble.reason, 409)
    if trouble.reason in STEPS and not _wants_json(request):
        return Response(status_code=303, headers={"location": STEPS[trouble.reason]})
    what = SAID.get(trouble.reason)
    if what and not _wants_json(request):
        text = own(what) if what != "resting" else own("rest")
        return _answer(request, 200, trouble.reason, (own(f"{what}_title"), text))
    title = "not_found_title" if status == 404 else "trouble_title"
    return _answer(request, status, trouble.reason, (own(title), str(trouble)))


def _troubled(request: Request, trouble: Exception) -> Response:
    LOG.warning("%s: %s", type(trouble).__name__, trouble)
    own = words_for(request)
    if isinstance(trouble, UsageError):
        return _answer(request, 400, "usage", (own("trouble_title"), str(trouble)))
    if isinstance(trouble, Refused):
        return _answer(request, 409, "refused", (own("trouble_title"), str(trouble)))
    status = 503 if isinstance(trouble, MachineError) else 500
    return _answer(request, status, "machine", (own("defect_title"), own("defect")))


def _invalid(request: Request, trouble: Exception) -> Response:
    assert isinstance(trouble, RequestValidationError)
    request.app.state.scene.refuse("invalid")
    first = trouble.errors()[0]
    named = ".".join(str(one) for one in first["loc"] if one != "body") or "the request"
    own = words_for(request)
    return _answer(request, 400, "invalid", (own("trouble_title"), f"{named}: {first['msg']}"))


def _by_number(request: Request, trouble: Exception) -> Response:
    assert isinstance(trouble, HTTPException)
    own = words_for(request)
    if trouble.status_code == 404:
        return _answer(request, 404, "unknown", (own("not_found_title"), own("not_found")))
    text = str(trouble.detail)
    more = dict(trouble.headers or {})
    return _answer(request, trouble.status_code, "http", (own("trouble_title"), text), more)


def _defect(request: Request, trouble: Exception) -> Response:
    LOG.error("a defect of the site", exc_info=trouble)
    own = words("en")
    return _answer(request, 500, "defect", (own("defect_title"), own("defect")))


def _wants_json(request: Request) -> bool:
    return request.url.path.startswith(IN_JSON)


def _answer(
    request: Request, status: int, reason: str, told: tuple[str, str],
    more: Mapping[str, str] | None = None,
) -> Response:  # fmt: skip
    title, text = told
    if _wants_json(request):
        return _json(status, reason, text, more)
    answer: HTMLResponse = page(
        request, "work/message.html", status=status, words=words_for(request), worker=None,
        title=title, text=text, detail="", onward="",
    )  # fmt: skip
    answer.headers.update(more or {})
    return answer


def _json(status: int, reason: str, text: str, more: Mapping[str, str] | None = None) -> Response:
    headers = {"cache-control": "no-store", **(more or {})}
    return JSONResponse({"reason": reason, "text": text}, status, headers)
