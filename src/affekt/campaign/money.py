"""All of money in one place: earning it, paying it out, and whether it is fair."""

from affekt.campaign.fair import FairPay, fair_pay, top_up
from affekt.campaign.ledger import (
    Totals,
    bonus,
    check_cap,
    earn,
    earn_late,
    earn_test,
    earned_for,
    totals,
)
from affekt.campaign.paying import (
    Difference,
    Line,
    failed,
    lines,
    paid,
    reconcile,
    request,
    retry,
    void,
)

__all__ = [
    "Difference", "FairPay", "Line", "Totals", "bonus", "check_cap", "earn", "earn_late",
    "earn_test", "earned_for", "failed", "fair_pay", "lines", "paid", "reconcile", "request",
    "retry", "top_up", "totals", "void",
]  # fmt: skip
