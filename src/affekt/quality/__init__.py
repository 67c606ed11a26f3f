"""What is known of each worker, with its evidence; proposals, never verdicts."""

from affekt.quality.events import EVENTS, checked, counted
from affekt.quality.gold import GoldErrors, Standing, error_table, gold_errors, standing
from affekt.quality.proposals import Deed, Proposal, propose
from affekt.quality.signs import SIGNS, Findings, findings
from affekt.quality.twins import TWINS, twins
from affekt.quality.workers import WORKERS, evidence

__all__ = [
    "EVENTS", "SIGNS", "TWINS", "WORKERS", "Deed", "Findings", "GoldErrors", "Proposal", "Standing",
    "checked", "counted", "error_table", "evidence", "findings", "gold_errors", "propose",
    "standing", "twins",
]  # fmt: skip
