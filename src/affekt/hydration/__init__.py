"""Fetches what a release names without shipping it, and says how much of it is left.

Nothing that comes is decoded before its SHA-256 is known to be the one in the release, unless the
user allows to look at what differs.
"""

from affekt.hydration.run import SAME_BITS, Waiting, ahead, hydrate
from affekt.hydration.survival import Receipt

__all__ = ["SAME_BITS", "Receipt", "Waiting", "ahead", "hydrate"]
