"""What a fetcher is told beyond its manners."""

from pathlib import Path
from typing import NamedTuple

from affekt.fetch.neighbours import Together
from affekt.fetch.quotas import Clock


class Settings(NamedTuple):
    """Limits on pictures, and what only few need.

    Attributes:
        opt_outs: Words in the headers of a picture's answer that forbid its use.
        max_bytes: Size of a picture at most.
        placeholders: SHA-256, in hexadecimal, of pictures that stand for missing ones.
        authority: File with a further certificate authority, for servers of one's own.
        clock: What time it is for allowances, and how calls wait.
        together: The other processes that ask for pictures, None where there are none.
    """

    opt_outs: tuple[str, ...] = ()
    max_bytes: int = 20_000_000
    placeholders: tuple[str, ...] = ()
    authority: Path | None = None
    clock: Clock = Clock()
    together: Together | None = None
