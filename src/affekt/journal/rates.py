"""How well workers answer, as far as gold and settled items tell."""

from typing import NamedTuple

from sqlalchemy import Connection, text

# A Beta prior of mean 0.8 that weighs as much as eight answers.
PRIOR_RIGHT, PRIOR_WRONG = 6.4, 1.6
FIND = text(
    """SELECT felt_yes, felt_no, unfelt_yes, unfelt_no FROM enrolments
    WHERE campaign = :campaign AND worker = :worker"""
)


class Rates(NamedTuple):
    """Posterior means of a worker's two rates."""

    sensitivity: float  # P(YES) where the emotion is felt
    specificity: float  # P(NO) where it is not


def rates(felt_yes: int, felt_no: int, unfelt_yes: int, unfelt_no: int) -> Rates:
    """Give the rates after so many answers on items whose truth is known."""
    weight = PRIOR_RIGHT + PRIOR_WRONG
    return Rates(
        (felt_yes + PRIOR_RIGHT) / (felt_yes + felt_no + weight),
        (unfelt_no + PRIOR_RIGHT) / (unfelt_yes + unfelt_no + weight),
    )


def rates_of(connection: Connection, campaign: int, worker: int) -> Rates:
    """Give the rates of a worker in a campaign; the prior's where nothing is known."""
    found = connection.execute(FIND, {"campaign": campaign, "worker": worker}).first()
    return rates(*found) if found else rates(0, 0, 0, 0)
