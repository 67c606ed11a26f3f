"""The JSON API: the same as the pages, for programs with a token."""

import httpx
import pytest

from affekt.campaign import lists, staff
from affekt.site import passwords
from tests.site.scene import Site
from tests.site.visits import Visit, batch_token

pytestmark = pytest.mark.slow


def token_of(site: Site, scope: staff.Role) -> str:
    link = staff.invite(site.live, f"giver of {scope}", "owner", actor="test")
    entry = staff.set_password(site.live, link, passwords.hashed("four words of nobody"))
    return staff.give_token(site.live, entry, "t", scope)


def program(site: Site, scope: staff.Role = "owner") -> httpx.Client:
    bearer = {"authorization": f"Bearer {token_of(site, scope)}"}
    client = httpx.Client(base_url=f"{site.address}/api/v1", headers=bearer)
    site.clients.append(client)
    return client


def test_every_call_is_described(quick: Site) -> None:
    """C63."""
    told = httpx.get(f"{quick.address}/api/v1/openapi.json").json()
    calls = [one for methods in told["paths"].values() for one in methods.values()]
    assert len(calls) > 15
    assert all(one["description"] for one in calls)
    page = httpx.get(f"{quick.address}/api/v1").text
    assert not [path for path in told["paths"] if path not in page]


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer guessed", "Basic abc"])
def test_without_a_token_everything_is_401(quick: Site, header: str) -> None:
    """B52."""
    answer = httpx.get(f"{quick.address}/api/v1/campaign", headers={"authorization": header})
    assert (answer.status_code, answer.json()["reason"]) == (401, "token")


def test_what_a_scope_may_not_is_403(quick: Site) -> None:
    viewer = program(quick, "viewer")
    assert viewer.get("/campaign").json()["state"] == "open"
    assert viewer.post("/campaign", json={"deed": "pause", "why": "x"}).status_code == 403
    assert viewer.post("/invitations", json={"n": 1}).status_code == 403
    assert viewer.get("/staff").status_code == 403


def test_a_revoked_token_is_401(quick: Site) -> None:
    client = program(quick)
    [one] = staff.tokens(quick.live)
    staff.revoke(quick.live, one.number, actor="test")
    assert client.get("/campaign").status_code == 401


def test_a_campaign_is_run_by_a_program_from_invitation_to_judgement(quick: Site) -> None:
    """C63."""
    client = program(quick)
    [made] = client.post("/invitations", json={"n": 1}).json()
    visit = Visit(quick)
    for at, card in enumerate(visit.batch()["cards"]):
        visit.answer(card, key=f"{at:032x}")
    visit.send("/batch/submit", batch=batch_token(visit.client.get("/batch").text))
    assert client.get("/campaign").json()["votes"] == 6
    who = next(one for one in lists.workers(quick.live) if one.votes).pseudonym
    assert who != made["worker"]
    batch = client.get(f"/workers/{who}").json()["batches"][0]["id"]
    judged = client.post(f"/workers/{who}", json={"deed": "approve", "batches": [batch]})
    assert judged.json()["standing"]["approvals"] == 1
    paused = client.post("/campaign", json={"deed": "pause", "why": "enough"})
    assert paused.json()["state"] == "paused"
    done = [one["action"] for one in client.get("/audit").json()["rows"]]
    assert any("paused" in one or "pause" in one for one in done)


def test_money_is_text_and_a_bonus_is_given_once_under_its_key(quick: Site) -> None:
    """I10."""
    client = program(quick)
    Visit(quick)
    who = lists.workers(quick.live)[0].pseudonym
    wanted = {"worker": who, "amount": "1.50", "why": "thanks", "key": "thanks-1"}
    assert client.post("/bonuses", json=wanted).json() == {"amount": "1.50"}
    client.post("/bonuses", json=wanted)
    told = client.get("/payments").json()
    assert told["totals"]["earned"] == "1.50"
    line = told["lines"][0]["id"]
    client.post("/payments", json={"deed": "request", "lines": [line]})
    paid = client.post("/payments", json={"deed": "paid", "lines": [line]}).json()
    assert paid["totals"]["paid"] == "1.50"


def test_items_are_listed_and_withdrawn(quick: Site) -> None:
    client = program(quick)
    found = client.get("/items", params={"emotion": "awe"}).json()
    assert {one["emotion"] for one in found} == {"awe"}
    name = found[0]["question_id"]
    told = client.post(f"/items/{name}", json={"deed": "withdraw", "why": "gone"})
    assert told.json()["state"] == "withdrawn"
    assert client.get("/items", params={"state": "withdrawn"}).json()[0]["question_id"] == name


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/campaign", {}),
        ("/invitations", {"n": 0}),
        ("/campaign", {"deed": "x", "why": "y" * 9999}),
    ],
)
def test_a_wrong_request_is_400_with_a_sentence(
    quick: Site, path: str, body: dict[str, object]
) -> None:
    answer = program(quick).post(path, json=body)
    assert answer.status_code == 400
    assert answer.json()["text"]


@pytest.mark.parametrize("path", ["/workers", "/messages", "/test", "/exports"])
def test_lists_are_there_where_nothing_has_happened(quick: Site, path: str) -> None:
    assert program(quick).get(path).status_code == 200


def test_members_tokens_and_letters_are_managed_by_a_program(quick: Site) -> None:
    """C63: as on the pages."""
    client, visit = program(quick), Visit(quick)
    visit.send("/help", message="My pay is missing.")
    [letter] = client.get("/messages").json()
    assert client.post(f"/messages/{letter['id']}").json()[0]["is_read"] is True
    assert "/desk/first/" in client.post("/staff", json={"name": "Ann"}).json()["link"]
    assert client.post("/staff", json={"name": "Bob", "role": "king"}).status_code == 400
    doomed = program(quick, "viewer")
    number = client.get("/tokens").json()[1]["number"]
    assert len(client.post(f"/tokens/{number}").json()) == 1
    assert doomed.get("/campaign").status_code == 401
    assert client.post("/staff/giver of viewer").status_code == 200
    assert client.post("/staff/giver of owner").status_code == 409
    assert client.get("/campaign").status_code == 200
