"""What a campaign offers, and the tokens that keep it from being offered twice."""

from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import Any, Protocol

from affekt.amt import fees
from affekt.amt.client import Denial
from affekt.amt.ledger import Ledger
from affekt.amt.requirements import Requirement
from affekt.errors import Refused

DAY = 86_400
WARN_AT = Decimal("0.9")  # of the cap, at which nothing new begins


class Caller(Protocol):
    """Who asks the marketplace; `affekt.amt.client.Client` is one."""

    def call(self, operation: str, **request: Any) -> dict[str, Any]:
        """Give the answer to one request."""

    def pages(self, operation: str, rows: str, **request: Any) -> Any:
        """Give the rows of a list, page by page."""


@dataclass(frozen=True)
class Terms:
    """What is offered to workers."""

    name: str  # of the campaign; everything of ours at the marketplace carries it
    title: str
    description: str
    keywords: str
    reward: Decimal  # dollars for a batch
    needs: tuple[Requirement, ...] = ()
    cap: Decimal | None = None  # dollars the campaign may cost in all, fees included
    work_seconds: int = 3_600  # for one batch
    life_seconds: int = 7 * DAY
    approval_seconds: int = 3 * DAY  # after which the marketplace approves by itself

    def hit_type(self) -> dict[str, Any]:
        """Give the request that makes the kind of batch."""
        return {
            "Title": self.title,
            "Description": self.description,
            "Keywords": self.keywords,
            "Reward": str(self.reward),
            "AssignmentDurationInSeconds": self.work_seconds,
            "AutoApprovalDelayInSeconds": self.approval_seconds,
            "QualificationRequirements": [dict(need) for need in self.needs],
        }

    def cost(self, places: int) -> Decimal:
        """Give what a batch costs at most."""
        return places * (self.reward + fees.of_assignment(self.reward, places))

    def annotation(self, key: str) -> str:
        """Give the words by which a batch of ours is known at the marketplace."""
        return f"{self.name[:60]}/{key}"


def token(terms: Terms, purpose: str, key: str) -> str:
    """Give the token of one act, the same whenever it is tried again; 64 letters."""
    return sha256(f"{terms.name}\n{purpose}\n{key}".encode()).hexdigest()


def committed(ledger: Ledger) -> Decimal:
    """Give what has been promised or paid so far, in dollars."""
    rows = [*ledger.rows("batch").values(), *ledger.rows("bonus").values()]
    rows += ledger.rows("extension").values()
    return sum((Decimal(row["cost"]) for row in rows), Decimal(0))


def check_cap(terms: Terms, before: Decimal, more: Decimal) -> None:
    """Refuse what would cost more than is allowed.

    Raises:
        Refused: The cap would be passed, or nine tenths of it are gone.
    """
    if terms.cap is None:
        return
    if before + more > terms.cap:
        raise Refused(
            f"{before} dollars are promised and {more} more would pass the cap of {terms.cap}; "
            "raise `cap` or ask for less"
        )
    if before > WARN_AT * terms.cap:
        raise Refused(
            f"{before} of {terms.cap} dollars are promised, more than nine tenths of the cap; "
            "raise `cap` to go on"
        )


def ensure_test(caller: Caller, request: dict[str, Any]) -> str:
    """Give the id of the test of that name; it is made where there is none.

    Raises:
        Refused: The name belongs to a test that was deleted less than two days ago.
    """
    name = request["Name"]
    lists = caller.pages(
        "ListQualificationTypes",
        "QualificationTypes",
        Query=name,
        MustBeRequestable=False,
        MustBeOwnedByCaller=True,
    )
    found = [one for page in lists for one in page if one["Name"] == name]
    if found:
        return str(found[0]["QualificationTypeId"])
    try:
        made = caller.call("CreateQualificationType", **request)
    except Denial as trouble:
        if trouble.code != "QualificationTypeAlreadyExists":
            raise
        raise Refused(
            f"the marketplace keeps the name {name!r} of a deleted test for two days; wait, or "
            "name the campaign otherwise"
        ) from trouble
    return str(made["QualificationType"]["QualificationTypeId"])
