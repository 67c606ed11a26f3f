"""Batches put to the workers: each once, whatever is cut off, lost or tried again."""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from affekt.amt.client import Denial
from affekt.amt.ledger import Ledger, Row
from affekt.amt.terms import DAY, Caller, Terms, check_cap, committed, token
from affekt.errors import UsageError

TOGETHER = 50  # batches whose ids are written at once; a token finds what a kill left unwritten
TOKEN_LIVES = 23 * 3_600  # shorter than the marketplace's day, so that no clock can be wrong enough
FEW = 10  # assignments from which fees are higher; a batch with fewer can never grow to so many
PLANNED, OPEN, DONE = "planned", "open", "done"
GONE = ("HITDoesNotExist",)


class Batch(NamedTuple):
    """What some people are to do in one go."""

    key: str
    items: tuple[str, ...]  # ids of questions
    places: int  # people who do it


def plan(ledger: Ledger, terms: Terms, batches: Sequence[Batch]) -> None:
    """Note batches before anything is asked of the marketplace; one that is there stays.

    Raises:
        Refused: They would cost more than is allowed.
    """
    known = ledger.rows("batch")
    new = [one for one in batches if one.key not in known]
    more = sum((terms.cost(one.places) for one in new), Decimal(0))
    if new:
        check_cap(terms, committed(ledger), more)
    ledger.put("batch", {one.key: _planned(terms, one) for one in new})


def _planned(terms: Terms, one: Batch) -> Row:
    cost = str(terms.cost(one.places))
    return {"items": one.items, "places": one.places, "state": PLANNED, "cost": cost}


def publish(
    caller: Caller,
    ledger: Ledger,
    terms: Terms,
    document: Callable[[tuple[str, ...]], str],
    now: float,
) -> int:
    """Put all planned batches to the workers; give how many there were.

    Args:
        caller: Who asks.
        ledger: What is remembered.
        terms: What is offered.
        document: Gives the question document of some items.
        now: Seconds since 1970.
    """
    waiting = {key: row for key, row in ledger.rows("batch").items() if row["state"] == PLANNED}
    if not waiting:
        return 0
    type_id = hit_type(caller, ledger, terms)
    before = _found_before(caller, terms, waiting, now)
    for some in _batched(waiting.items(), TOGETHER):
        ledger.put("batch", {key: {**row, "tried": row.get("tried", now)} for key, row in some})
        made = {}
        for key, row in some:
            hit = before.get(terms.annotation(key)) or _created(
                caller, terms, type_id, key, (row["places"], document(tuple(row["items"])))
            )
            made[key] = {**row, "state": OPEN, "hit": hit}
        ledger.put("batch", made)
    return len(waiting)


def _batched(rows: Iterable[tuple[str, Row]], size: int) -> list[list[tuple[str, Row]]]:
    listed = list(rows)
    return [listed[at : at + size] for at in range(0, len(listed), size)]


def hit_type(caller: Caller, ledger: Ledger, terms: Terms) -> str:
    """Give the id of the kind of batch; the same terms are the same kind at the marketplace."""
    known = ledger.get("type", "hit")
    if known:
        return str(known["id"])
    made = caller.call("CreateHITType", **terms.hit_type())
    ledger.put("type", {"hit": {"id": made["HITTypeId"]}})
    return str(made["HITTypeId"])


def _found_before(
    caller: Caller, terms: Terms, waiting: dict[str, Row], now: float
) -> dict[str, str]:
    """Give annotation → id of what is at the marketplace, if a token may have lapsed."""
    if not any(now - row.get("tried", now) > TOKEN_LIVES for row in waiting.values()):
        return {}
    wanted = {terms.annotation(key) for key in waiting}
    return {
        one["RequesterAnnotation"]: one["HITId"]
        for page in caller.pages("ListHITs", "HITs")
        for one in page
        if one.get("RequesterAnnotation") in wanted
    }


def _created(caller: Caller, terms: Terms, type_id: str, key: str, asked: tuple[int, str]) -> str:
    places, document = asked
    try:
        made = caller.call(
            "CreateHITWithHITType",
            HITTypeId=type_id,
            MaxAssignments=places,
            LifetimeInSeconds=terms.life_seconds,
            Question=document,
            RequesterAnnotation=terms.annotation(key),
            UniqueRequestToken=token(terms, "batch", key),
        )
    except Denial as trouble:
        if not (trouble.was_done_before and trouble.named()):
            raise
        return trouble.named()
    return str(made["HIT"]["HITId"])


def extend(caller: Caller, ledger: Ledger, terms: Terms, key: str, more: int) -> None:
    """Let more people do a batch; the same goal again changes nothing.

    Raises:
        UsageError: It would grow from fewer than ten people to ten or more.
        Refused: It would cost more than is allowed.
    """
    row = ledger.get("batch", key)
    if row is None or row["state"] != OPEN:
        raise UsageError(f"there is no open batch {key!r} to extend; publish a new one")
    goal = row["places"] + more
    if row["places"] < FEW <= goal:
        raise UsageError(
            f"batch {key!r} was made for {row['places']} people and can never have {FEW} or more; "
            "publish a new batch"
        )
    name = f"{key}/{goal}"
    if ledger.get("extension", name) is None:
        cost = more * terms.cost(1)
        check_cap(terms, committed(ledger), cost)
        ledger.put("extension", {name: {"cost": str(cost)}})
    _extended(caller, row["hit"], goal, token(terms, "extension", name))
    ledger.put("batch", {key: {**row, "places": goal}})


def _extended(caller: Caller, hit: str, goal: int, unique: str) -> None:
    have = caller.call("GetHIT", HITId=hit)["HIT"]["MaxAssignments"]
    if have >= goal:
        return
    try:
        caller.call(
            "CreateAdditionalAssignmentsForHIT",
            HITId=hit,
            NumberOfAdditionalAssignments=goal - have,
            UniqueRequestToken=unique,
        )
    except Denial as trouble:
        if not trouble.was_done_before:
            raise


def expire(caller: Caller, ledger: Ledger, keys: Iterable[str]) -> None:
    """Let nobody begin these batches any more; who has begun may finish. Again changes nothing."""
    for key in keys:
        row = ledger.get("batch", key)
        if row is None or row["state"] != OPEN or row.get("is_ended"):
            continue
        try:
            caller.call("UpdateExpirationForHIT", HITId=row["hit"], ExpireAt=float(DAY))
        except Denial as trouble:
            if not (trouble.was_done_before or trouble.code in GONE):
                raise
        ledger.put("batch", {key: {**row, "is_ended": True}})


def bonus(caller: Caller, ledger: Ledger, terms: Terms, key: str, request: dict[str, Any]) -> None:
    """Pay a worker on top, once for each ``key``, however often it is asked.

    ``request`` holds WorkerId, AssignmentId, BonusAmount and Reason. The reason is the key's own,
    because it is what tells after a day whether the bonus was paid.
    """
    row = ledger.get("bonus", key)
    if row and row["state"] == DONE:
        return
    amount = Decimal(request["BonusAmount"])
    if row is None:
        check_cap(terms, committed(ledger), amount)
        row = {"state": PLANNED, "cost": str(amount)}
        ledger.put("bonus", {key: row})
    elif _was_paid(caller, request):
        ledger.put("bonus", {key: {**row, "state": DONE}})
        return
    try:
        caller.call("SendBonus", UniqueRequestToken=token(terms, "bonus", key), **request)
    except Denial as trouble:
        if not trouble.was_done_before:
            raise
    ledger.put("bonus", {key: {**row, "state": DONE}})


def _was_paid(caller: Caller, request: dict[str, Any]) -> bool:
    lists = caller.pages("ListBonusPayments", "BonusPayments", AssignmentId=request["AssignmentId"])
    return any(one["Reason"] == request["Reason"] for page in lists for one in page)
