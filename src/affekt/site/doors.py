"""Who comes: a worker or a member of the staff by cookie, a program by token; and whence a form."""

from collections.abc import Mapping
from typing import Annotated, NamedTuple

from fastapi import Depends, Form, Header, Request, Response
from sqlalchemy import Connection

from affekt.campaign import staff, workers
from affekt.campaign.live import Live
from affekt.campaign.workers import Person
from affekt.errors import NotTaken
from affekt.site.render import scene_of
from affekt.site.scene import Scene
from affekt.site.seals import SESSION_SECONDS
from affekt.site.words import Words, chosen

WORKER, STAFF = "affekt_worker", "affekt_staff"


class Refusal(Exception):
    """A request that no page answers.

    Attributes:
        status: Of HTTP.
        reason: One word or two, counted.
        text: Key of the sentence in the catalogue.
    """

    def __init__(self, status: int, reason: str, text: str, wait: float = 0) -> None:
        self.status = status
        self.reason = reason
        self.text = text
        self.wait = wait
        super().__init__(reason)


class Visitor(NamedTuple):
    """A worker who has opened a link."""

    scene: Scene
    worker: Person
    secret: str
    words: Words

    @property
    def form_token(self) -> str:
        """What the forms of this person carry."""
        return self.scene.seals.form_token(self.secret)


class Colleague(NamedTuple):
    """A member of the staff who has signed in."""

    scene: Scene
    entry: staff.Entry
    secret: str

    @property
    def form_token(self) -> str:
        """What the forms of this person carry."""
        return self.scene.seals.form_token(self.secret)

    def check(self, needed: staff.Role) -> None:
        """Refuse what needs another role.

        Raises:
            Refusal: The role is too low.
        """
        if not staff.may(self.entry.role, needed):
            raise Refusal(403, "role", "trouble_title")


def name_of(scene: Scene, name: str) -> str:
    """Give the name of a cookie; with https one that no other host can set."""
    return f"__Host-{name}" if scene.is_https else name


def set_cookie(response: Response, scene: Scene, name: str, value: str) -> None:
    """Keep somebody signed in for some hours."""
    response.set_cookie(
        name_of(scene, name),
        value,
        max_age=SESSION_SECONDS,
        httponly=True,
        secure=scene.is_https,
        samesite="lax",
    )


def drop_cookie(response: Response, scene: Scene, name: str) -> None:
    """Sign somebody out."""
    response.delete_cookie(name_of(scene, name), secure=scene.is_https, httponly=True)


def words_for(request: Request, wanted: str = "") -> Words:
    """Give the texts in the language of somebody."""
    accepted = request.headers.get("accept-language", "")
    scene = scene_of(request)
    return scene.words(chosen(wanted, accepted, scene.languages))


def visitor(request: Request) -> Visitor:
    """Give the worker of a request.

    Raises:
        Refusal: There is none, or the session has ended; all look the same (C65).
    """
    scene, secret = scene_of(request), session_of(request)
    with scene.live.database.read() as connection:
        found = worker_of(connection, scene.live, secret)
    language = str(found.settings.get("language", ""))
    return Visitor(scene, found, secret, words_for(request, language))


def session_of(request: Request) -> str:
    """Give the secret in the cookie of a worker, whose link may have ended since.

    Raises:
        Refusal: There is no cookie, or it is forged or too old.
    """
    scene = scene_of(request)
    secret = scene.seals.cookie_opened(request.cookies.get(name_of(scene, WORKER), ""))
    if secret is None:
        raise Refusal(401, "signed out", "link_unknown")
    return secret


def worker_of(connection: Connection, live: Live, secret: str) -> Person:
    """Give the worker of a session, inside a transaction.

    Raises:
        Refusal: The link has ended or was taken back.
    """
    try:
        return workers.with_secret(connection, live, secret)
    except NotTaken as stranger:
        raise Refusal(401, "signed out", "link_unknown") from stranger


def colleague(request: Request) -> Colleague:
    """Give the member of the staff of a request.

    Raises:
        Refusal: Nobody has signed in, or the session has ended.
    """
    scene = scene_of(request)
    secret = request.cookies.get(name_of(scene, STAFF), "")
    entry = staff.entered(scene.live, secret, "session")
    if entry is None:
        raise Refusal(401, "signed out", "staff")
    return Colleague(scene, entry, secret)


def program(request: Request, authorization: Annotated[str, Header()] = "") -> Colleague:
    """Give the owner of a token of the API.

    Raises:
        Refusal: The token is missing, unknown, revoked or too old.
    """
    scene = scene_of(request)
    kind, _, secret = authorization.partition(" ")
    entry = staff.entered(scene.live, secret.strip(), "token") if kind.lower() == "bearer" else None
    slow(scene, "api", secret if entry else caller_of(request))
    if entry is None:
        raise Refusal(401, "token", "token")
    return Colleague(scene, entry, secret)


def sender(request: Request, form_token: Annotated[str, Form()] = "") -> Visitor:
    """Give the worker who sent a form of this site.

    Raises:
        Refusal: The form is from elsewhere or of another session.
    """
    who = visitor(request)
    check_form(request, who.secret, form_token)
    return who


def caller(request: Request, x_form_token: Annotated[str, Header()] = "") -> Visitor:
    """Give the worker whose page sent JSON.

    Raises:
        Refusal: It is from elsewhere or of another session.
    """
    who = visitor(request)
    check_form(request, who.secret, x_form_token)
    return who


def acting(request: Request, form_token: Annotated[str, Form()] = "") -> Colleague:
    """Give the member of the staff who sent a form of this site.

    Raises:
        Refusal: The form is from elsewhere or of another session.
    """
    who = colleague(request)
    check_form(request, who.secret, form_token)
    return who


async def form_of(request: Request) -> Mapping[str, str]:
    """Give all texts of a form; of a name that stands twice the last."""
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


def check_form(request: Request, session: str, given: str) -> None:
    """Refuse what does not come from a page of this site, by its origin and by its token (C66).

    Raises:
        Refusal: It is from elsewhere.
    """
    check_origin(request)
    if not scene_of(request).seals.is_form_token(session, given):
        raise Refusal(403, "form token", "form_old")


def check_origin(request: Request) -> None:
    """Refuse a form that another site sent.

    Pages of ours send no referrer, for which a browser leaves the origin of a form out; it says
    then by ``Sec-Fetch-Site`` that it was the same.

    Raises:
        Refusal: It is from elsewhere, or nothing says whence.
    """
    origin = request.headers.get("origin", "null")
    scheme = "https" if scene_of(request).is_https else "http"
    if origin == f"{scheme}://{request.headers.get('host', '')}":
        return
    if origin == "null" and request.headers.get("sec-fetch-site") == "same-origin":
        return
    raise Refusal(403, "origin", "form_old")


def slow(scene: Scene, kind: str, who: str) -> None:
    """Refuse somebody who comes too often.

    Raises:
        Refusal: Too many requests.
    """
    wait = scene.rates.wait(kind, who)
    if wait:
        raise Refusal(429, "rate", "too_many", wait)


def caller_of(request: Request) -> str:
    """Give the address of a caller."""
    return request.client.host if request.client else "nobody"


Filled = Annotated[Mapping[str, str], Depends(form_of)]
Anybody = Annotated[Visitor, Depends(visitor)]
Sender = Annotated[Visitor, Depends(sender)]
Caller = Annotated[Visitor, Depends(caller)]
Staff = Annotated[Colleague, Depends(colleague)]
Acting = Annotated[Colleague, Depends(acting)]
Program = Annotated[Colleague, Depends(program)]
