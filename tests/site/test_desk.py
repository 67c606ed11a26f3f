"""The staff's pages: coming in, roles, what each page shows and does."""

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from affekt.campaign import audit, lists, messages, retention, staff, workers
from affekt.errors import NotTaken, UsageError
from affekt.site import passwords, start, totp
from affekt.site.start import first_link
from tests.campaign.crowd import wait
from tests.site.scene import TESTED, Site, link_of, site
from tests.site.visits import Visit, batch_token, form_token

pytestmark = pytest.mark.slow

PASSWORD = "four words of nobody"
NASTY = "<script>alert('1')</script>{{ 7*7 }}<img src=x onerror=alert(1)>"
PAGES = (
    "", "/board", "/plan", "/items", "/workers", "/messages", "/test", "/payments", "/invitations",
    "/exports", "/audit", "/staff", "/second-factor",
)  # fmt: skip


class Desk:
    """A member of the staff who has signed in."""

    def __init__(self, one: Site, role: staff.Role = "owner", name: str = "") -> None:
        self.name = name or f"the {role}"
        link = staff.invite(one.live, self.name, role, actor="test")
        staff.set_password(one.live, link, passwords.hashed(PASSWORD))
        self.client = httpx.Client(
            base_url=one.address, follow_redirects=True, headers={"origin": one.address}
        )
        one.clients.append(self.client)
        self.page = self.enter()
        self.token = form_token(self.page.text)

    def enter(self, **other: str) -> httpx.Response:
        form = {"name": self.name, "password": PASSWORD, **other}
        return self.client.post("/desk/sign-in", data=form)

    def get(self, path: str) -> httpx.Response:
        return self.client.get(f"/desk{path}")

    def do(self, path: str, **form: Any) -> httpx.Response:
        return self.client.post(f"/desk{path}", data={"form_token": self.token, **form})


@pytest.fixture
def worked(tmp_path: Path) -> Iterator[Site]:
    """A site on which one worker has handed a batch in."""
    with site(tmp_path / "site") as one:
        visit = Visit(one)
        for at, card in enumerate(visit.batch()["cards"]):
            visit.answer(card, key=f"{at:032x}")
        visit.send("/batch/submit", batch=batch_token(visit.client.get("/batch").text))
        yield one


def pseudonym(one: Site) -> str:
    return lists.workers(one.live)[0].pseudonym


def test_the_first_owner_sets_a_password_by_a_link_that_works_once(quick: Site) -> None:
    """C69: there is no default password."""
    link = first_link(quick.scene)
    assert link
    own = {"origin": quick.address}
    form = {"password": PASSWORD, "again": PASSWORD}
    with httpx.Client(headers=own) as client:
        assert client.get(link).status_code == 200
        assert client.post(link, data={"password": "short", "again": "short"}).status_code == 400
        assert client.post(link, data={**form, "again": "another one"}).status_code == 400
        assert "Sign in with it" in client.post(link, data=form).text
        assert client.post(link, data=form).status_code == 404
        assert client.get(link).status_code == 404
    assert first_link(quick.scene) is None


def test_the_campaign_tells_when_it_is_erased_who_people_are(worked: Site) -> None:
    """C70: the running site does it."""
    desk = Desk(worked)
    assert "erased 90 days after the campaign is closed" in desk.get("").text
    desk.do("/state", deed="close", why="enough")
    assert "due to be erased at" in desk.get("").text
    wait(worked.live, 90 * retention.DAY)
    start.look_after(worked.live)
    told = Desk(worked, name="another").page.text
    assert "are kept of nobody" in told
    assert "1 people" not in told


@pytest.mark.parametrize("page", PAGES)
def test_nobody_sees_a_page_of_the_staff_without_signing_in(quick: Site, page: str) -> None:
    answer = httpx.get(f"{quick.address}/desk{page}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/sign-in")


def test_every_page_is_there_for_every_role(worked: Site) -> None:
    desk = Desk(worked, "viewer")
    question = lists.items(worked.live)[0].question_id
    more = (f"/items/{question}", f"/workers/{pseudonym(worked)}")
    assert {desk.get(page).status_code for page in (*PAGES, *more)} == {200}


def test_a_wrong_password_and_a_wrong_name_look_the_same(quick: Site) -> None:
    desk = Desk(quick)
    wrong, nobody = desk.enter(password="wrong"), desk.enter(name="nobody", password="wrong")
    assert wrong.status_code == nobody.status_code == 403
    assert wrong.text.replace(desk.name, "nobody") == nobody.text


def test_too_many_wrong_passwords_lock_the_right_one_out_for_a_while(quick: Site) -> None:
    """C69."""
    desk = Desk(quick)
    found = staff.member(quick.live, desk.name)
    assert found
    for _ in range(staff.FREE_FAILURES + 1):
        staff.failed(quick.live, found.number)
    assert desk.enter().status_code == 403
    wait(quick.live, staff.FIRST_LOCK)
    assert desk.enter().url.path == "/desk"


def test_each_wrong_password_after_that_locks_for_twice_as_long(quick: Site) -> None:
    desk = Desk(quick)
    found = staff.member(quick.live, desk.name)
    assert found
    for _ in range(staff.FREE_FAILURES + 3):
        staff.failed(quick.live, found.number)
    again = staff.member(quick.live, desk.name)
    assert again
    assert again.locked_until == pytest.approx(quick.live.now() + 4 * staff.FIRST_LOCK, abs=10**7)


def test_guessing_is_slowed_by_address(quick: Site) -> None:
    """C69."""
    own = {"origin": quick.address}
    form = {"name": "owner", "password": "x"}
    while not quick.scene.rates.wait("door", "127.0.0.1"):
        pass
    answer = httpx.post(f"{quick.address}/desk/sign-in", data=form, headers=own)
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0


def test_a_second_factor_is_asked_for_and_a_code_works_once(quick: Site) -> None:
    """C69."""
    desk = Desk(quick)
    secret = re.search(r'name="secret" value="(\w+)"', desk.get("/second-factor").text)
    assert secret
    code = totp.code_at
    now = quick.live.now() // 1_000_000
    right = code(base64.b32decode(secret[1]), now)
    assert desk.do("/second-factor", secret=secret[1], code="000000").status_code == 400
    assert desk.do("/second-factor", secret=secret[1], code=right).url.path == "/desk/staff"
    kept = staff.member(quick.live, desk.name)
    assert kept
    assert kept.second_factor
    assert secret[1] not in kept.second_factor
    assert desk.enter().status_code == 403
    assert desk.enter(code=right).url.path == "/desk"
    assert desk.enter(code=right).status_code == 403
    assert "set second factor" in audit.rows(quick.live)["action"].to_list()


def test_signing_out_ends_the_session_on_the_server(quick: Site) -> None:
    desk = Desk(quick)
    kept = desk.client.cookies["affekt_staff"]
    desk.do("/sign-out")
    with httpx.Client(base_url=quick.address, cookies={"affekt_staff": kept}) as thief:
        assert thief.get("/desk").status_code == 303


@pytest.mark.parametrize(
    ("role", "path", "form"),
    [
        ("viewer", "/workers/{worker}", {"deed": "suspend", "why": "x"}),
        ("viewer", "/items/q000", {"deed": "withdraw", "why": "x"}),
        ("viewer", "/messages/1", {}),
        ("reviewer", "/state", {"deed": "pause", "why": "x"}),
        ("reviewer", "/invitations", {"n": "1"}),
        ("reviewer", "/payments", {"deed": "top-up"}),
        ("reviewer", "/bonus/{worker}", {"amount": "1", "why": "x", "key": "k"}),
        ("manager", "/staff", {"name": "friend", "role": "owner"}),
        ("manager", "/tokens/1", {}),
    ],
)
def test_what_a_role_may_not_is_refused(
    worked: Site, role: staff.Role, path: str, form: dict[str, str]
) -> None:
    """C63."""
    desk = Desk(worked, role)
    assert desk.do(path.format(worker=pseudonym(worked)), **form).status_code == 403


def test_pausing_stops_the_leases_and_resuming_starts_them(quick: Site) -> None:
    """C62."""
    desk = Desk(quick)
    desk.do("/state", deed="pause-everything", why="a test")
    visit = Visit(quick)
    assert "A pause for everybody" in visit.send("/batch/begin").text
    assert "resume" in desk.get("").text
    desk.do("/state", deed="resume", why="over")
    assert visit.batch()["cards"]
    assert "a test" in desk.get("/audit").text


def test_a_deed_without_a_reason_or_unknown_is_refused_with_a_sentence(worked: Site) -> None:
    desk = Desk(worked)
    assert desk.do("/state", deed="pause").status_code == 400
    assert desk.do("/state", deed="burn", why="x").status_code == 404
    assert desk.do("/items/q000", deed="burn", why="x").status_code == 404
    assert desk.do(f"/workers/{pseudonym(worked)}", deed="burn").status_code == 404
    assert desk.do("/payments", deed="burn").status_code == 404
    assert desk.do(f"/bonus/{pseudonym(worked)}", amount="much").status_code == 400


def test_a_worker_is_judged_and_written_to(worked: Site) -> None:
    """C29, C30, I11."""
    desk, who = Desk(worked, "reviewer"), pseudonym(worked)
    batch = re.search(r'name="batch" value="(\d+)"', desk.get(f"/workers/{who}").text)
    assert batch
    desk.do(f"/workers/{who}", deed="approve", batch=batch[1])
    desk.do(f"/workers/{who}", deed="suspend", why="both eyes shut")
    desk.do(f"/workers/{who}", deed="message", why="please write to us")
    page = desk.get(f"/workers/{who}").text
    assert "approved" in page
    assert "both eyes shut" in page
    assert "please write to us" in page
    desk.do(f"/workers/{who}", deed="unsuspend", why="a mistake")
    desk.do(f"/workers/{who}", deed="exclude", why="asleep")
    assert "excluded 6" in desk.get(f"/workers/{who}").text or worked.scene.kept
    desk.do(f"/workers/{who}", deed="restore", why="awake")


def test_a_question_is_withdrawn_and_asked_again(worked: Site) -> None:
    desk = Desk(worked, "reviewer")
    desk.do("/items/q000", deed="withdraw", why="not fit to be seen")
    assert "withdrawn" in desk.get("/items/q000").text
    desk.do("/items/q000", deed="reopen", why="it is", most="7")
    page = desk.get("/items/q000").text
    assert "not fit to be seen" in page
    assert "active" in page


def test_the_picture_of_a_question_is_for_the_staff_only(worked: Site) -> None:
    desk = Desk(worked)
    image = re.search(r'src="(/desk/p/[^"]+)"', desk.get("/items/q000").text)
    assert image
    assert desk.client.get(image[1]).headers["content-type"] == "image/jpeg"
    assert Visit(worked).client.get(image[1].removeprefix("/desk")).status_code == 404
    assert httpx.get(worked.address + image[1]).status_code == 303


def test_a_link_that_was_taken_back_opens_nothing(worked: Site) -> None:
    """C65."""
    desk, visit = Desk(worked, "reviewer"), Visit(worked)
    who = workers.by_secret(worked.live, visit.secret).pseudonym
    desk.do(f"/workers/{who}", deed="revoke-link", why="lost")
    assert visit.client.get("/home").status_code == 401
    assert "take link back" in desk.get("/audit").text


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "1e9", "9e9999999999999999", "-1", "", "٣"])
def test_an_amount_that_is_no_plain_number_is_refused_at_once(worked: Site, amount: str) -> None:
    """I10."""
    answer = Desk(worked).do(f"/bonus/{pseudonym(worked)}", amount=amount, why="x", key="k")
    assert answer.status_code == 400
    assert "such as 1.50" in answer.text


def test_what_cannot_be_done_any_more_is_told_and_is_no_defect(quick: Site) -> None:
    desk = Desk(quick)
    desk.do("/state", deed="close", why="done")
    answer = desk.do("/state", deed="resume", why="a mistake")
    assert answer.status_code == 409
    assert "cannot become open" in answer.text


def test_invitations_are_shown_once_and_open_the_site(quick: Site) -> None:
    """C65."""
    desk = Desk(quick, "manager")
    told = desk.do("/invitations", n="3", days="7").text
    links = re.findall(rf"{quick.address}/w/(\S+)", told)
    assert len(set(links)) == 3
    assert "/w/" not in desk.get("/invitations").text
    assert Visit(quick, links[0]).client.get("/home").url.path == "/consent"


def test_what_anybody_writes_is_text_on_every_page(quick: Site) -> None:
    """B55."""
    visit = Visit(quick)
    visit.send("/help", message=NASTY)
    desk = Desk(quick, name="an <b>owner</b>")
    desk.do("/state", deed="pause", why=NASTY)
    who = pseudonym(quick)
    desk.do(f"/bonus/{who}", amount="1", why=NASTY, key=NASTY[:64])
    desk.do(f"/workers/{who}", deed="message", why=NASTY)
    desk.do(f"/workers/{who}", deed="suspend", why=NASTY)
    desk.do("/items/q000", deed="withdraw", why=NASTY)
    desk.do("/tokens", name=NASTY[:64])
    desk.do("/staff", name=NASTY[:64], role="viewer")
    visit.send("/keys", yes="<", no=">", skip="'")
    shown = (
        visit.client.get("/help"), visit.client.get("/home"), desk.get("/messages"),
        desk.get(f"/workers/{who}"), desk.get("/audit"), desk.get(""), desk.get("/payments"),
        desk.get("/items/q000"), desk.get("/staff"), desk.get("/workers"),
        desk.get(f"/items?emotion={NASTY}&state={NASTY}&after={NASTY}"),
        desk.get(f"/payments?state={NASTY}"), desk.get(f"/workers/{NASTY}"),
        desk.do("/state", deed=NASTY, why="x"), desk.enter(name=NASTY, password=NASTY),
        visit.say("/batch/pass", {"card": NASTY, "kind": NASTY}),
    )  # fmt: skip
    for page in shown:
        assert "<script>alert" not in page.text
        assert "onerror=alert(1)>" not in page.text
        assert "<b>owner" not in page.text
    assert "{{ 7*7 }}" in desk.get("/messages").text


def test_a_message_is_read_and_answered(quick: Site) -> None:
    """C61."""
    visit = Visit(quick)
    visit.send("/help", message="My pay is missing.")
    desk = Desk(quick, "reviewer")
    [letter] = messages.inbox(quick.live)
    assert "unread" in desk.get("/messages").text
    desk.do(f"/messages/{letter.id}")
    assert "unread" not in desk.get("/messages").text


def test_the_test_page_counts_attempts_and_shows_hard_pictures(tmp_path: Path) -> None:
    """C8."""
    with site(tmp_path / "site", TESTED) as one:
        visit = Visit(one)
        page = visit.send("/test/begin").text
        for _ in range(8):
            question = re.search(r'name="question" value="([^"]+)"', page)
            assert question
            page = visit.send("/test/answer", question=question[1], choice="awe").text
        told = Desk(one).get("/test").text
    assert "Version 1" in told
    assert "Confusion" in told


def test_a_token_is_of_no_higher_role_than_its_giver(quick: Site) -> None:
    desk = Desk(quick, "reviewer")
    assert desk.do("/tokens", name="mine", scope="owner").status_code == 400
    assert "shown this once" in desk.do("/tokens", name="mine", scope="reviewer").text


def test_members_are_invited_with_known_roles_and_keep_theirs(quick: Site) -> None:
    desk = Desk(quick)
    assert "/desk/first/" in desk.do("/staff", name="Ann", role="reviewer").text
    desk.do("/staff", name="Ann", role="owner")
    ann = staff.member(quick.live, "Ann")
    assert ann
    assert ann.role == "reviewer"
    with pytest.raises(UsageError, match="known are"):
        staff.invite(quick.live, "Bob", "king", actor="test")  # type: ignore[arg-type]


def test_a_new_link_ends_the_sessions_of_its_person(quick: Site) -> None:
    desk = Desk(quick)
    staff.invite(quick.live, desk.name, "owner", actor="test")
    assert desk.get("").url.path == "/desk/sign-in"


def test_somebody_removed_comes_in_by_nothing_they_had(quick: Site) -> None:
    """C63, C69, I11."""
    owner, gone = Desk(quick), Desk(quick, "manager")
    told = gone.do("/tokens", name="t", scope="manager").text
    token = re.search(r'class="field">([^<]+)<', told)
    assert token
    owner.do("/staff/remove", name=gone.name)
    bearer = {"authorization": f"Bearer {token[1]}"}
    assert gone.get("").url.path == "/desk/sign-in"
    assert gone.enter().status_code == 403
    assert httpx.get(f"{quick.address}/api/v1/campaign", headers=bearer).status_code == 401
    assert audit.rows(quick.live)["action"][0] == "remove"
    assert owner.do("/staff/remove", name=owner.name).status_code == 409
    assert owner.get("").status_code == 200
    assert owner.do("/staff/remove", name="nobody").status_code == 404


def test_links_sessions_and_tokens_end_with_time(quick: Site) -> None:
    """C65."""
    desk = Desk(quick)
    wait(quick.live, staff.LASTS["session"] + 1)
    assert desk.get("").url.path == "/desk/sign-in"
    link = staff.invite(quick.live, "Ann", "viewer", actor="test")
    wait(quick.live, staff.LASTS["link"] + 1)
    with pytest.raises(NotTaken, match="does not open"):
        staff.set_password(quick.live, link, "hash")


def test_no_secret_rests_in_the_database(tmp_path: Path) -> None:
    """C69, X9."""
    with site(tmp_path / "site") as one:
        desk = Desk(one)
        worker = link_of(one.live)
        token = re.search(r'class="field">([^<]+)<', desk.do("/tokens", name="t").text)
        assert token
        session = desk.client.cookies["affekt_staff"]
        known = (PASSWORD, worker, token[1], session)
    kept = b"".join(path.read_bytes() for path in (tmp_path / "site").glob("votes.db*"))
    assert not [one for one in known if one.encode() in kept]


@pytest.mark.parametrize(
    ("password", "said"),
    [("short", "12 to 256"), ("x" * 300, "12 to 256"), ("my owner's own", "guessed"),
     ("abababababab", "guessed"), ("four words of nobody", "")],
)  # fmt: skip
def test_a_password_is_long_and_not_the_name(password: str, said: str) -> None:
    assert said in passwords.objection(password, "owner")
    assert bool(said) == bool(passwords.objection(password, "owner"))


def test_unknown_workers_and_questions_are_404(quick: Site) -> None:
    desk = Desk(quick)
    assert desk.get("/workers/nobody").status_code == 404
    assert desk.get("/items/nothing").status_code == 404
    assert desk.get("/p/forged").status_code == 404
    assert desk.get("/exports/..%2F..%2Fetc%2Fpasswd").status_code == 404
