"""The emulator's port: this machine alone, and a worker's side for a browser (C44, C52, I15)."""

import json
import re
from typing import Any

import boto3
import httpx
import pytest
from botocore.exceptions import ClientError

from affekt.amt import answer_key, batch_page, pages, question_form
from affekt.amt.batch_page import Asked
from affekt.amt.client import Client
from affekt.amt.emulator import faults, forms, http
from affekt.amt.emulator.faults import Faults
from affekt.amt.emulator.market import Market
from affekt.amt.emulator.people import People, shares_of
from affekt.amt.emulator.server import Emulator
from affekt.amt.emulator.world import World
from affekt.amt.pages import PREVIEW, ExternalQuestion
from affekt.errors import MachineError, Refused, UsageError
from tests.amt.made import papers_test, right_answers
from tests.amt.test_operations import TEST, make_batch

ITEMS = [Asked(f"q{n}", "Do you feel <awe>?", f"http://p.org/{n}.png") for n in range(20)]


def get(market: Emulator, path: str, **headers: str) -> httpx.Response:
    return httpx.get(market.address + path, headers=headers)


def post(market: Emulator, path: str, fields: dict[str, Any], **headers: str) -> httpx.Response:
    return httpx.post(market.address + path, data=fields, headers=headers)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.1", "::", "example.org", ""])
def test_no_address_that_others_can_reach_is_opened(host: str) -> None:
    """I15."""
    with pytest.raises(Refused, match="only"), Emulator(World(Market()), host=host):
        pass


def test_a_port_that_is_taken_is_told(market: Emulator) -> None:
    with (
        pytest.raises(MachineError, match="name another"),
        Emulator(World(Market()), port=market.port),
    ):
        pass


def test_another_name_of_this_machine_is_refused(market: Emulator) -> None:
    """B83: what a page elsewhere may make a browser resolve to this machine."""
    assert get(market, "/worker", host="evil.example.org").status_code == 403


def test_a_form_of_another_site_is_refused(market: Emulator) -> None:
    """C66."""
    reply = post(market, "/emulator/advance", {"seconds": 60}, origin="https://evil.example.org")
    assert reply.status_code == 403


def test_only_one_region_has_a_marketplace(market: Emulator) -> None:
    client = boto3.client(
        "mturk", region_name="eu-west-1", endpoint_url=market.address, aws_access_key_id="a",
        aws_secret_access_key="b",
    )  # fmt: skip
    with pytest.raises(ClientError, match="us-east-1"):
        client.get_account_balance()
    client.close()


def test_what_is_no_request_gets_a_sentence(market: Emulator) -> None:
    """C52."""
    target = {"x-amz-target": "MTurkRequesterServiceV20170117.GetHIT"}
    for body in (b"[1]", b"{", b'{"HITId": 1}'):
        reply = httpx.post(market.address, content=body, headers=target)
        assert reply.status_code == 400
        assert reply.json()["__type"] == "RequestError"


@pytest.mark.parametrize(
    "head", ["POST / HTTP/1.1\r\ncontent-length: x", "GET / HTTP/1.1\r\ntransfer-encoding: chunked"]
)
def test_a_head_that_is_not_read_closes_the_connection(head: str) -> None:
    with pytest.raises(http.Malformed):
        http.take(bytearray(f"{head}\r\n\r\n".encode()))


def test_half_a_request_is_waited_for() -> None:
    buffer = bytearray(b"POST /a?b=1 HTTP/1.1\r\nContent-Length: 2\r\n\r\nx")
    assert http.take(buffer) is None
    buffer += b"yGET"
    request = http.take(buffer)
    assert request
    assert (request.path, request.query, request.body) == ("/a", {"b": "1"}, b"xy")
    assert buffer == b"GET"


def test_a_person_takes_a_batch_in_a_frame(market: Emulator, client: Client) -> None:
    """C44, C52: preview, accept, look, submit; the page posts to this machine."""
    hit = make_batch(client, Question=batch_page.document(ITEMS), MaxAssignments=1)["HITId"]
    assert "Accept" in get(market, "/worker?workerId=A1").text
    preview = get(market, f"/worker/preview?hitId={hit}").text
    assert PREVIEW in preview
    assert "workerId=" not in preview
    taken = post(market, "/worker/accept", {"hitId": hit, "workerId": "A1"})
    where = taken.headers["location"]
    frame = re.search(r"src='([^']+)'", get(market, where).text)
    assert frame
    shown = httpx.get(frame[1].replace("&amp;", "&")).text
    assert f'action="{market.address}/mturk/externalSubmit"' in shown
    name = re.search(r"assignmentId=(\w+)", where)
    assert name
    answers = {"assignmentId": name[1], "q0": "yes", "q1": "skip"}
    assert "Handed in" in post(market, "/mturk/externalSubmit", answers, origin="null").text
    handed = client.call("ListAssignmentsForHIT", HITId=hit)["Assignments"]
    assert handed[0]["WorkerId"] == "A1"
    assert "not doing" in post(market, "/mturk/externalSubmit", answers).text


def test_a_preview_takes_no_answers(market: Emulator, client: Client) -> None:
    """C44."""
    make_batch(client)
    reply = post(market, "/mturk/externalSubmit", {"assignmentId": PREVIEW})
    assert reply.status_code == 400


def test_a_person_gives_a_batch_back(market: Emulator, client: Client) -> None:
    hit = make_batch(client, MaxAssignments=1)["HITId"]
    taken = post(market, "/worker/accept", {"hitId": hit, "workerId": "A1"})
    name = taken.headers["location"].partition("assignmentId=")[2].partition("&")[0]
    post(market, "/worker/return", {"assignmentId": name, "workerId": "A1"})
    assert client.call("GetHIT", HITId=hit)["HIT"]["HITStatus"] == "Assignable"


def test_a_person_takes_a_test_and_its_key_stays_here(market: Emulator, client: Client) -> None:
    """C5: nothing that a browser gets tells the key."""
    test = client.call("CreateQualificationType", **TEST)["QualificationType"]
    name = test["QualificationTypeId"]
    shown = get(market, f"/worker/test?testId={name}&workerId=A1").text
    assert shown.count("<fieldset>") == 20
    assert "AnswerKey" not in shown
    assert "Score" not in shown
    post(market, "/worker/test", {"testId": name, "workerId": "A1", **right_answers()})
    got = client.call("GetQualificationScore", QualificationTypeId=name, WorkerId="A1")
    assert got["Qualification"]["IntegerValue"] == 100


def test_a_frame_for_an_external_page_tells_it_where_to_submit(
    market: Emulator, client: Client
) -> None:
    """C44."""
    question = pages.to_xml(ExternalQuestion("https://site.example.org/hit"))
    hit = make_batch(client, Question=question)["HITId"]
    taken = post(market, "/worker/accept", {"hitId": hit, "workerId": "A1"})
    shown = get(market, taken.headers["location"]).text
    assert "https://site.example.org/hit?assignmentId=" in shown
    assert "turkSubmitTo=http%3A%2F%2F127.0.0.1" in shown


def test_words_of_a_worker_come_back_as_words(market: Emulator) -> None:
    """B52: stored script."""
    assert "<script>" not in get(market, "/worker?workerId=<script>alert(1)</script>").text
    assert get(market, "/nothing").status_code == 404
    assert get(market, "/worker/do?workerId=A&assignmentId=<b>").text.count("<b>") == 1


def test_time_passes_when_it_is_told_to(market: Emulator) -> None:
    before = market.world.market.now()
    assert post(market, "/emulator/advance", {"seconds": "90"}).json()["now"] == before + 90


def test_pictures_stand_in_for_others(market: Emulator) -> None:
    one, other = get(market, "/pictures/a.png"), get(market, "/pictures/b.png")
    assert one.content[:8] == b"\x89PNG\r\n\x1a\n"
    assert one.content != other.content


def test_the_page_of_twenty_pictures_is_small_and_asks_what_was_given() -> None:
    """C44, C46."""
    written = batch_page.document(ITEMS)
    form = forms.of_question(written)
    assert len(written.encode()) < 30_000
    assert [one.name for one in form.items] == [one.name for one in ITEMS]
    assert form.items[0].text == "Do you feel <awe>?"
    assert form.items[0].choices == ("yes", "no", "skip", "broken")
    assert form.times == batch_page.TIMES


@pytest.mark.parametrize(
    ("noted", "seconds"),
    [("1.5 2", {"a": 1.5, "b": 2.0}), ("1.5", {}), ("1 nan", {}), ("1 inf", {}), ("-1 2", {}),
     ("", {}), ("a b", {}), ("1 1e9", {})],
)  # fmt: skip
def test_times_that_are_none_are_passed_over(noted: str, seconds: dict[str, float]) -> None:
    """C45: a page of a worker may send anything."""
    assert batch_page.seconds_of({batch_page.TIMES: noted}, ["a", "b"]) == seconds


def test_people_of_a_kind_answer_as_their_kind_and_always_the_same() -> None:
    """I14, C52."""
    items = forms.of_question(batch_page.document(ITEMS)).items
    crowd = People(1, 6, {"always_yes": 1})
    done = crowd.answers("A1", items)
    assert done
    assert set(done.chosen.values()) == {"yes"}
    assert crowd.answers("A1", items) == done
    assert all(re.fullmatch("A[A-Z0-9]+", name) for name in crowd.workers())


def test_an_adversary_passes_the_test_and_then_lies() -> None:
    """C52."""
    test = forms.items_of(papers_test())
    items = forms.of_question(batch_page.document(ITEMS)).items
    right = right_answers() | {one.name: "yes" for one in items}
    crowd = People(1, 20, {"adversary": 1}, right)
    scores = [
        answer_key.value(
            answer_key.paper_key(right_answers()),
            {name: {one} for name, one in crowd.test(who, test).chosen.items()},
        )
        for who in crowd.workers()
    ]
    told = [
        list((crowd.answers(who, items) or done_nothing()).chosen.values())
        for who in crowd.workers()
    ]
    assert sum(score >= 50 for score in scores) > 14
    assert sum(one.count("no") for one in told) > 340


def done_nothing() -> Any:
    raise AssertionError("nobody gives a batch back here")


@pytest.mark.parametrize("text", ["throttle", "throttle=2", "wind=0.1", "lost=x"])
def test_faults_that_cannot_be_are_told(text: str) -> None:
    with pytest.raises(UsageError, match="fault"):
        faults.read(text)


@pytest.mark.parametrize("text", ["honest", "honest=x", "wizard=1"])
def test_kinds_that_cannot_be_are_told(text: str) -> None:
    with pytest.raises(UsageError, match="kind"):
        shares_of(text)


def test_faults_come_in_their_shares_and_always_the_same() -> None:
    wrong = faults.read("throttle=0.25,lost=0.25", seed=3)
    drawn = [wrong.of_call(number) for number in range(400)]
    assert drawn == [wrong.of_call(number) for number in range(400)]
    assert 70 < drawn.count("throttle") < 130
    assert 70 < drawn.count("lost") < 130
    assert "fault" not in drawn
    assert Faults().of_call(1) == ""


def test_kinds_are_read_as_weights() -> None:
    assert shares_of("honest=8,always_yes=2") == {"honest": 8.0, "always_yes": 2.0}


def test_events_are_listed_as_they_would_come(market: Emulator, client: Client) -> None:
    notice = {"Destination": "q", "Transport": "SQS", "Version": "1", "EventTypes": ["Ping"]}
    client.call("SendTestEventNotification", Notification=notice, TestEventType="Ping")
    (event,) = json.loads(get(market, "/emulator/events").text)
    assert event["kind"] == "Ping"


def test_a_form_is_read_back_from_a_question_form() -> None:
    written = question_form.to_xml(papers_test(3))
    assert [one.picture for one in forms.of_question(written).items] == [
        f"https://pictures.example.org/{number:064}.jpg" for number in range(3)
    ]
