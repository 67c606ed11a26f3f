"""Pictures → one table of a feature's values, for people who only want the numbers.

No plan and no project are needed. The work goes in shards beside the output, so that a run that was
stopped goes on where it was; the table is written when all shards are there.
"""

from affekt.tabulate.found import Refusal
from affekt.tabulate.run import Tabulated, tabulate

__all__ = ["Refusal", "Tabulated", "tabulate"]
