"""Less room reserved in advance, where the system gives a process little address space."""

import ctypes
import os
import resource

ARENA_MAX = -8  # of mallopt
SPARING = {"ARROW_DEFAULT_MEMORY_POOL": "system", "MALLOC_ARENA_MAX": "2"}


def spare() -> None:
    """Keep libraries from reserving what they may never use; to be called before their import.

    They reserve two gigabytes in advance, and under a limit of as much nothing is left to work in.
    Without a limit that costs nothing and makes them a little quicker, so then they may.
    """
    if resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY:
        return
    os.environ |= SPARING  # the second is for processes that are started from here
    ctypes.CDLL(None).mallopt(ARENA_MAX, int(SPARING["MALLOC_ARENA_MAX"]))
