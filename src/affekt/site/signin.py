"""How the staff comes in: one-time links, passwords, second factors; nobody has a default one."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from affekt.campaign import staff
from affekt.campaign.keys import seal, unseal
from affekt.errors import NotTaken
from affekt.site import passwords, totp
from affekt.site.doors import (
    STAFF,
    Acting,
    Refusal,
    Staff,
    caller_of,
    check_origin,
    drop_cookie,
    set_cookie,
    slow,
)
from affekt.site.render import page, scene_of
from affekt.site.scene import Scene
from affekt.site.words import words

routes = APIRouter(prefix="/desk")
WRONG = "name, password or code are not right, or the account is locked for a while"


@routes.get("/sign-in")
def sign_in_page(request: Request) -> HTMLResponse:
    """Show the form for name, password and code."""
    return _sign_in(request)


@routes.post("/sign-in")
def sign_in(
    request: Request,
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    code: Annotated[str, Form()] = "",
) -> Response:
    """Open a session, or say that something is not right, and never what."""
    check_origin(request)
    scene = scene_of(request)
    slow(scene, "door", caller_of(request))
    found = staff.member(scene.live, name)
    is_right = passwords.matches(found.password if found else None, password)
    is_locked = found is not None and found.locked_until > scene.live.now()
    if found is None or not is_right or is_locked or not _is_code(scene, found, code):
        scene.refuse("sign-in")
        if found is not None and not is_locked:
            staff.failed(scene.live, found.number)
        return _sign_in(request, name=name, trouble=WRONG, status=403)
    answer = RedirectResponse("/desk", 303)
    set_cookie(answer, scene, STAFF, staff.open_session(scene.live, found.number, found.role))
    return answer


@routes.post("/sign-out")
def sign_out(who: Acting) -> Response:
    """End the session."""
    staff.revoke(who.scene.live, who.entry.number, actor=who.entry.name)
    answer = RedirectResponse("/desk/sign-in", 303)
    drop_cookie(answer, who.scene, STAFF)
    return answer


@routes.get("/first/{link}")
def first_page(request: Request, link: str) -> HTMLResponse:
    """Show the form for a new password."""
    scene = scene_of(request)
    slow(scene, "door", caller_of(request))
    entry = staff.entered(scene.live, link, "link")
    if entry is None:
        raise Refusal(404, "link", "link_unknown")
    return _first(request, entry)


@routes.post("/first/{link}")
def first(
    request: Request,
    link: str,
    password: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
) -> Response:
    """Keep a new password, and use the link up."""
    check_origin(request)
    scene = scene_of(request)
    slow(scene, "door", caller_of(request))
    entry = staff.entered(scene.live, link, "link")
    if entry is None:
        raise Refusal(404, "link", "link_unknown")
    trouble = passwords.objection(password, entry.name)
    trouble = trouble or ("" if password == again else "the two passwords are not the same")
    if trouble:
        return _first(request, entry, trouble=trouble, status=400)
    try:
        staff.set_password(scene.live, link, passwords.hashed(password))
    except NotTaken as used:
        raise Refusal(404, "link", "link_unknown") from used
    return _sign_in(request, name=entry.name, notice="The password is set. Sign in with it.")


@routes.get("/second-factor")
def second_factor_page(request: Request, who: Staff) -> HTMLResponse:
    """Show a fresh secret for an authenticator program."""
    return _second(request, who.scene, who, totp.fresh_secret())


@routes.post("/second-factor")
def second_factor(
    request: Request,
    who: Acting,
    secret: Annotated[str, Form()] = "",
    code: Annotated[str, Form()] = "",
) -> Response:
    """Keep the secret once a code of it is right; without a secret take the second factor away."""
    live = who.scene.live
    slow(who.scene, "door", caller_of(request))
    own = staff.member(live, who.entry.name)
    assert own is not None  # somebody with a session
    if not secret:
        if not _is_code(who.scene, own, code):
            return _second(request, who.scene, who, "", trouble="this code is not right")
        staff.set_second_factor(live, who.entry.admin, None)
        return RedirectResponse("/desk/staff", 303)
    if own.second_factor or not totp.is_secret(secret):
        raise Refusal(400, "second factor", "form_old")
    if totp.step_of(secret, code, live.now() // 1_000_000) is None:
        return _second(request, who.scene, who, secret, trouble="this code is not right")
    staff.set_second_factor(live, who.entry.admin, seal(who.scene.seals.staff_key, secret))
    return RedirectResponse("/desk/staff", 303)


def _is_code(scene: Scene, found: staff.Member, code: str) -> bool:
    """Tell whether a code is right and new, or none is needed."""
    if not found.second_factor:
        return True
    secret = unseal(scene.seals.staff_key, found.second_factor)
    step = totp.step_of(secret, code, scene.live.now() // 1_000_000)
    return step is not None and staff.use_step(scene.live, found.number, step)


def _sign_in(
    request: Request, *, name: str = "", trouble: str = "", notice: str = "", status: int = 200
) -> HTMLResponse:
    return page(
        request,
        "desk/sign_in.html",
        status=status,
        words=words("en"),
        name=name,
        trouble=trouble,
        notice=notice,
    )


def _first(
    request: Request, entry: staff.Entry, *, trouble: str = "", status: int = 200
) -> HTMLResponse:
    return page(
        request, "desk/first.html", status=status, words=words("en"), entry=entry, trouble=trouble,
        least=passwords.LEAST,
    )  # fmt: skip


def _second(
    request: Request, scene: Scene, who: Staff, secret: str, trouble: str = ""
) -> HTMLResponse:
    own = staff.member(scene.live, who.entry.name)
    return page(
        request, "desk/second_factor.html", status=400 if trouble else 200, words=words("en"),
        who=who, secret=secret, address=totp.address(secret, who.entry.name) if secret else "",
        has_one=bool(own and own.second_factor), trouble=trouble, place="staff",
    )  # fmt: skip
