"""Removes pictures from a project, wherever they lie, and lists them so that they stay away.

`forget` first writes the list, then removes; so an interruption at any moment loses nothing of the
request, and the same call finishes it. `withdraw` only writes the list, for releases to come.
"""

from affekt.removal.run import Removal, forget
from affekt.removal.withdraw import CLASSES, Withdrawn, withdraw

__all__ = ["CLASSES", "Removal", "Withdrawn", "forget", "withdraw"]
