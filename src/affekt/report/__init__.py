"""Products → numbers → figures → page. Reads what the lines made; fits and runs nothing."""

from affekt.report.inputs import ReportInput
from affekt.report.write import rescored, write

__all__ = ["ReportInput", "rescored", "write"]
