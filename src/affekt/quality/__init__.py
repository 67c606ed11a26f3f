"""What is known of each worker, with its evidence; proposals, never verdicts."""

from affekt.quality.events import EVENTS, checked, counted
from affekt.quality.gold import GoldErrors, Standing, error_table, gold_errors, standing
from affekt.quality.proposals import Deed, Proposal, propose
from affekt.quality.qualification import ANSWERS, TestReport, report_test
from affekt.quality.shared import SharedMistakes, shared_mistakes
from affekt.quality.signs import SIGNS, Findings, findings
from affekt.quality.twins import TWINS, twins
from affekt.quality.workers import WORKERS, evidence

__all__ = [
    "ANSWERS", "EVENTS", "SIGNS", "TWINS", "WORKERS", "Deed", "Findings", "GoldErrors", "Proposal",
    "SharedMistakes", "Standing", "TestReport", "checked", "counted", "error_table", "evidence",
    "findings", "gold_errors", "propose", "report_test", "shared_mistakes", "standing", "twins",
]  # fmt: skip
