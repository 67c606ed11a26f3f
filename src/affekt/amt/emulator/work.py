"""What a worker can do: take a test, accept a batch, give it back, hand it in."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from affekt.amt import answer_key, answers, requirements
from affekt.amt.emulator import qualifying
from affekt.amt.emulator.denial import Denied
from affekt.amt.emulator.market import Market
from affekt.amt.emulator.state import (
    ACCEPTED,
    RETURNED,
    SUBMITTED,
    Asked,
    Assignment,
    Hit,
    Person,
)

ACTIONS = (requirements.DISCOVER, requirements.PREVIEW, requirements.ACCEPT)


def person(market: Market, worker: str) -> Person:
    """Give a worker, who joins with the first thing they do."""
    return market.people.setdefault(worker, Person(worker))


def has(market: Market, worker: str, name: str) -> Any:
    """Give a worker's value of a qualification; None without one."""
    who = person(market, worker)
    system: dict[str, Any] = {
        requirements.LOCALE: {"Country": who.country, "Subdivision": who.subdivision},
        requirements.APPROVAL_RATE: who.approval_percent,
        requirements.APPROVED: who.approved,
        requirements.ADULT: int(who.sees_adult),
        requirements.MASTERS: 1 if who.is_master else None,
        requirements.MASTERS_SANDBOX: 1 if who.is_master else None,
    }
    if name in system:
        return system[name]
    test = market.tests.get(name)
    return None if test is None or worker in test.revoked else test.values.get(worker)


def lacking(market: Market, worker: str, hit: Hit, action: str = requirements.ACCEPT) -> list[str]:
    """Give the ids of the requirements that keep a worker from an action on a batch."""
    guarded = ACTIONS[: ACTIONS.index(action) + 1]
    return [
        need["QualificationTypeId"]
        for need in market.type_of(hit).requirements
        if need.get("ActionsGuarded", requirements.ACCEPT) in _guards(action, guarded)
        and not requirements.is_met(need, has(market, worker, need["QualificationTypeId"]))
    ]


def _guards(action: str, guarded: tuple[str, ...]) -> tuple[str, ...]:
    """Give the guards that stand before an action: accepting is behind all of them."""
    if action == requirements.ACCEPT:
        return ACTIONS
    return guarded


def accept(market: Market, worker: str, hit_id: str) -> Assignment:
    """Let a worker begin a batch.

    Raises:
        Denied: It is full or over, or the worker may not or did it before.
    """
    hit = market.hits.get(hit_id)
    if hit is None or hit.places(market.now()) <= 0:
        raise Denied("HITNotAvailable", f"{hit_id} has no place left")
    if worker in market.blocked or lacking(market, worker, hit):
        raise Denied("NotQualified", f"{worker} may not accept {hit_id}")
    if has_done(market, worker, hit):
        raise Denied("AlreadyDone", f"{worker} has done {hit_id} before")
    seconds = market.type_of(hit).request["AssignmentDurationInSeconds"]
    name = hit.returned.pop() if hit.returned else market.new_id()
    one = Assignment(name, hit.id, worker, market.now(), market.now() + seconds)
    if name not in market.assignments:
        hit.assignments.append(name)
    market.assignments[name] = one
    hit.pending += 1
    if hit.places(market.now()) <= 0:
        market.open.pop(hit.id, None)
    market.later(seconds, "deadline", name, worker)
    market.tell("AssignmentAccepted", hit, AssignmentId=name)
    return one


def has_done(market: Market, worker: str, hit: Hit) -> bool:
    """Whether a worker does a batch, or did."""
    return any(market.assignments[name].worker == worker for name in hit.assignments)


def mine(market: Market, worker: str, assignment_id: str) -> Assignment:
    """Give a worker's own assignment.

    Raises:
        Denied: It is another's, or not being done.
    """
    one = market.assignments.get(assignment_id)
    if one is None or one.worker != worker or one.status != ACCEPTED:
        raise Denied("InvalidAssignmentState", f"{worker} is not doing {assignment_id}")
    return one


def give_back(market: Market, worker: str, assignment_id: str) -> None:
    """Let a worker leave a batch; the next who accepts it gets the same assignment id."""
    market.give_back(mine(market, worker, assignment_id), RETURNED)


def submit(market: Market, worker: str, assignment_id: str, answer: str) -> None:
    """Take what a worker hands in; ``answer`` is a `QuestionFormAnswers` document.

    Raises:
        Denied: Too late, or not this worker's.
        UsageError: It is no such document.
    """
    one = mine(market, worker, assignment_id)
    hit = market.hits[one.hit_id]
    delay = market.type_of(hit).request.get("AutoApprovalDelayInSeconds", 30 * 86_400)
    one.status, one.submitted, one.answer = SUBMITTED, market.now(), answer
    one.approves_itself = market.now() + delay
    hit.pending -= 1
    hit.done += 1
    market.later(delay, "approves", one.id)
    market.tell("AssignmentSubmitted", hit, AssignmentId=one.id)
    market.tell_if_reviewable(hit)


def submit_fields(
    market: Market, worker: str, assignment_id: str, fields: Mapping[str, str]
) -> None:
    """Take the fields of a form; the assignment id is none of them."""
    kept = {name: text for name, text in fields.items() if name != "assignmentId"}
    submit(market, worker, assignment_id, answers.to_xml(kept))


def take_test(market: Market, worker: str, test_id: str, chosen: Mapping[str, str]) -> int | None:
    """Give the value a worker's answers are worth; None where a requester has to decide.

    Raises:
        Denied: The test is closed, or was tried before and cannot be again yet.
    """
    test, now = qualifying.known(market, test_id), market.now()
    if test.request["QualificationTypeStatus"] != "Active":
        raise Denied("InvalidQualificationTypeState", f"{test_id} is not active")
    retry = test.request.get("RetryDelayInSeconds")
    if worker in test.tried and (retry is None or now < test.tried[worker] + retry):
        raise Denied("AlreadyTried", f"{worker} cannot take {test_id} again yet")
    test.tried[worker] = now
    if test.request.get("AutoGranted"):
        value = int(test.request.get("AutoGrantedValue", 1))
    elif "AnswerKey" in test.request:
        key = _key(test.request["AnswerKey"])
        value = answer_key.value(key, {name: {one} for name, one in chosen.items()})
    else:
        given = answers.to_xml({}, {name: [one] for name, one in chosen.items()})
        wish = Asked(market.new_id(), test_id, worker, now, given)
        market.asked[wish.id] = wish
        return None
    qualifying.grant(market, test, worker, value)
    return value


@lru_cache(maxsize=8)
def _key(document: str) -> answer_key.AnswerKey:
    return answer_key.read(document)
