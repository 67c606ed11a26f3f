"""Every route of the site, one by one: who may take it, and that nobody is made to by another."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from affekt.campaign import audit, lists, staff
from affekt.site import api, votes
from affekt.site.app import PAGES
from tests.site.scene import Site, site
from tests.site.test_api import token_of
from tests.site.test_desk import Desk
from tests.site.visits import Visit

pytestmark = pytest.mark.slow

# What it takes to do something; nothing that changes anything is missing here.
TAKES: dict[str, staff.Role] = {
    "/desk/state": "manager",
    "/desk/items/{question_id:path}": "reviewer",
    "/desk/workers/{pseudonym}": "reviewer",
    "/desk/messages/{number}": "reviewer",
    "/desk/invitations": "manager",
    "/desk/payments": "manager",
    "/desk/bonus/{pseudonym}": "manager",
    "/desk/staff": "owner",
    "/desk/staff/remove": "owner",
    "/desk/tokens": "viewer",
    "/desk/tokens/{number}": "owner",
    "/desk/second-factor": "viewer",
    "/desk/sign-out": "viewer",
    "/api/v1/campaign": "manager",
    "/api/v1/items/{question_id}": "reviewer",
    "/api/v1/workers/{pseudonym}": "reviewer",
    "/api/v1/payments": "manager",
    "/api/v1/plan": "viewer",
    "/api/v1/bonuses": "manager",
    "/api/v1/invitations": "manager",
    "/api/v1/messages/{number}": "reviewer",
    "/api/v1/staff": "owner",
    "/api/v1/staff/{name}": "owner",
    "/api/v1/tokens/{number}": "owner",
}
OF_WORKERS = (
    "/consent", "/feelings", "/language", "/keys", "/help", "/withdraw", "/rest", "/batch/begin",
    "/batch/answer", "/batch/reveal", "/batch/pass", "/batch/submit", "/batch/stop", "/test/begin",
    "/test/answer",
)  # fmt: skip
FOR_ALL = ("/desk/sign-in", "/desk/first/{link}")  # who comes in there has no session yet
OPEN = {
    "/",
    "/w/{secret}",
    "/desk/sign-in",
    "/desk/first/{link}",
    "/api/v1",
    "/api/v1/openapi.json",
}
# Enough for a program's request to be one; deeds that nobody knows, so that nothing is done.
BODIES: dict[str, dict[str, Any]] = {
    "/api/v1/bonuses": {"worker": "nobody", "amount": "1", "why": "x", "key": "k" * 8},
    "/api/v1/invitations": {"n": 1},
    "/api/v1/staff": {"name": "somebody", "role": "viewer"},
}
STRANGE = {"deed": "nothing", "why": "x"}


def routes(method: str) -> list[str]:
    """Give the paths of the site that take a method."""
    every = [*(one for module in (*PAGES, api) for one in module.routes.routes), votes.alone]
    return [one.path for one in every if method in one.methods]


def filled(path: str, one: Site) -> str:
    """Give a path with its names filled in."""
    names = {"pseudonym": lists.workers(one.live)[0].pseudonym, "question_id": "q000"}
    return re.sub(r"\{(\w+)[^}]*\}", lambda found: names.get(found[1], "1"), path)


@pytest.fixture
def peopled(tmp_path: Path) -> Iterator[Site]:
    """A site with a worker."""
    with site(tmp_path / "site") as one:
        Visit(one)
        yield one


def test_no_route_changes_anything_unless_it_is_listed_here() -> None:
    """C63, C66."""
    assert sorted(routes("POST")) == sorted([*TAKES, *OF_WORKERS, *FOR_ALL])
    assert routes("DELETE") == routes("PUT") == routes("PATCH") == []


@pytest.mark.parametrize("role", staff.ROLES)
def test_each_deed_is_for_its_role_and_those_above(peopled: Site, role: staff.Role) -> None:
    """C63: by form and by token."""
    desk = Desk(peopled, role)
    desk.client.headers["authorization"] = f"Bearer {token_of(peopled, role)}"
    asked = [one for one in TAKES if one != "/desk/sign-out"]
    got = {one: tried(desk, peopled, one) for one in asked}
    assert {one: code == 403 for one, code in got.items()} == {
        one: not staff.may(role, TAKES[one]) for one in asked
    }
    assert max(got.values()) < 500


def tried(desk: Desk, one: Site, path: str) -> int:
    """Give what comes of a deed, by form or by token."""
    if path.startswith("/api"):
        body = BODIES.get(path, STRANGE)
        return desk.client.post(filled(path, one), json=body).status_code
    return desk.do(filled(path, one).removeprefix("/desk"), **STRANGE).status_code


def test_without_a_session_or_a_token_nothing_is_shown(peopled: Site) -> None:
    """B52, C65."""
    asked = [one for one in routes("GET") if one not in OPEN]
    shown = {one: httpx.get(peopled.address + filled(one, peopled)) for one in asked}
    assert {one: answer.status_code for one, answer in shown.items()} == door_shut(asked)
    sent = {answer.headers.get("location", "/desk/sign-in") for answer in shown.values()}
    assert sent == {"/desk/sign-in"}


def door_shut(paths: Iterable[str]) -> dict[str, int]:
    """Give what somebody without a session gets: of the staff's pages the way to sign in."""
    return {one: 303 if one.startswith("/desk") else 401 for one in paths}


def test_a_viewer_sees_every_page_and_every_table_but_the_list_of_members(peopled: Site) -> None:
    """C63."""
    desk = Desk(peopled, "viewer")
    desk.client.headers["authorization"] = f"Bearer {token_of(peopled, 'viewer')}"
    asked = [one for one in routes("GET") if one.startswith(("/desk", "/api"))]
    named = [one for one in asked if "{name}" not in one and "{link}" not in one]
    shown = {one: desk.client.get(filled(one, peopled)).status_code for one in named}
    assert {one: code for one, code in shown.items() if code != 200} == {"/api/v1/staff": 403}


class Crossing:
    """A browser with both sessions, in which another site tries its luck."""

    def __init__(self, one: Site) -> None:
        desk, visit = Desk(one), Visit(one)
        self.site, self.client = one, desk.client
        self.client.cookies.update(visit.client.cookies)
        self.tokens = {"/desk": desk.token, "": visit.token}
        del self.client.headers["origin"]

    def tries(self, path: str) -> set[int]:
        """Send a right form from elsewhere and from nowhere, and from here a form of others."""
        address, own = filled(path, self.site), {"origin": self.site.address}
        token = self.tokens["/desk" if path.startswith("/desk") else ""]
        right, header = {"form_token": token, **STRANGE}, {"x-form-token": token}
        elsewhere: tuple[dict[str, str], ...] = (
            {"origin": "https://evil.example"},
            {"origin": "null", "sec-fetch-site": "cross-site"},
            {},
        )
        others = () if path in FOR_ALL else ({"form_token": "0" * 64, **STRANGE}, STRANGE)
        sent = [self.client.post(address, data=right, headers=header | one) for one in elsewhere]
        sent += [self.client.post(address, data=one, headers=own) for one in others]
        return {answer.status_code for answer in sent}


def test_nobody_is_made_to_do_anything_by_another_site(peopled: Site) -> None:
    """C66, B56: by origin, and by the token of the form where there is a session."""
    crossing = Crossing(peopled)
    before = audit.rows(peopled.live).height
    asked = [one for one in routes("POST") if not one.startswith("/api")]
    assert {one: crossing.tries(one) for one in asked} == {one: {403} for one in asked}
    assert audit.rows(peopled.live).height == before


def test_a_cookie_or_token_of_one_kind_opens_no_door_of_another(peopled: Site) -> None:
    """C65: a worker is no member of the staff, and a session is no token."""
    desk, visit = Desk(peopled), Visit(peopled)
    of_worker = visit.client.cookies["affekt_worker"]
    of_staff = desk.client.cookies["affekt_staff"]
    swapped = {"affekt_worker": of_staff, "affekt_staff": of_worker}
    headers = {"origin": peopled.address, "authorization": f"Bearer {of_staff}"}
    asked = [*OF_WORKERS, *TAKES]
    with httpx.Client(base_url=peopled.address, cookies=swapped, headers=headers) as thief:
        got = {one: thief.post(filled(one, peopled), data=STRANGE).status_code for one in asked}
    assert got == door_shut(asked)
