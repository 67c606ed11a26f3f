"""Which hashtags an account has asked for in the last seven days: 30 different ones it may.

A file in the ledger folder of the fetcher, shared by all processes and kept across runs. A hashtag
is written down before it is asked for, so that the allowance is never exceeded, whoever is killed
when. What the server itself lists counts too, as others may use the account.
"""

import fcntl
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from affekt import durable
from affekt.errors import Damaged, NotYet

WINDOW = 7 * 86_400.0  # s
FORMAT = 1


class Asked(NamedTuple):
    """One hashtag that counts.

    Attributes:
        id: As the server calls it, None before it was told.
        since: When it was asked for, or first seen in the server's list; s since 1970.
        is_ours: Whether we asked for it; else the server lists it.
    """

    id: str | None
    since: float
    is_ours: bool


class Ledger:
    """The hashtags of one account.

    Args:
        folder: Where the file lies.
        account: Number of the account; only a digest of it is written.
        most: How many different hashtags may be asked for in seven days.
        now: Tells the time, s since 1970.
    """

    def __init__(self, folder: Path, account: str, most: int, now: Callable[[], float]) -> None:
        name = sha256(f"instagram\0{account}".encode()).hexdigest()[:32]
        self.path = folder / f"hashtags-{name}.json"
        self.most, self.now = most, now

    def meet(self, listed: Iterable[tuple[str, str | None]]) -> None:
        """Take over what the server lists: id of each hashtag, and its name where it is told."""
        with self._open() as asked:
            there = dict(listed)
            known = {one.id for one in asked.values()}
            for key in [key for key, one in asked.items() if _is_gone(one, there)]:
                del asked[key]
            for number, name in there.items():
                if number not in known and name not in asked:
                    asked[name or f"#{number}"] = Asked(number, self.now(), is_ours=False)

    def check(self, names: Iterable[str]) -> None:
        """Check that hashtags may all be asked for.

        Raises:
            NotYet: There are too few places; says when there are enough.
        """
        with self._open() as asked:
            self._check(asked, names)

    def claim(self, name: str) -> None:
        """Write down that a hashtag is asked for now; free where it is written down already.

        Raises:
            NotYet: There is no place; says when there is one.
        """
        with self._open() as asked:
            self._check(asked, [name])
            asked.setdefault(name, Asked(None, self.now(), is_ours=True))

    def settle(self, name: str, number: str) -> None:
        """Write down the id of a hashtag, which the server may have listed before by that alone."""
        with self._open() as asked:
            met = asked.pop(f"#{number}", None)
            before = asked.get(name)
            since = min([one.since for one in (met, before) if one], default=self.now())
            asked[name] = Asked(number, since, is_ours=before is not None and before.is_ours)

    def _check(self, asked: Mapping[str, Asked], names: Iterable[str]) -> None:
        new = [name for name in names if name not in asked]
        missing = len(asked) + len(new) - self.most
        if not new or missing <= 0:
            return
        free = max(0, self.most - len(asked))
        leaving = sorted(one.since + WINDOW for one in asked.values())
        when = datetime.fromtimestamp(leaving[missing - 1] + 60, UTC).strftime("%Y-%m-%d %H:%M")
        raise NotYet(
            f"instagram: #{', #'.join(new)} would be new, and {free} of {self.most} places for "
            f"different hashtags in 7 days are free; run the command again from {when} UTC on, or "
            "leave words out; what has come is kept"
        )

    @contextmanager
    def _open(self) -> Iterator[dict[str, Asked]]:
        """Give what counts now, to be changed; nobody else may meanwhile."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.with_suffix(".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            before = self._read()
            asked = {key: one for key, one in before.items() if one.since > self.now() - WINDOW}
            yield asked
            if asked != before:
                content = {"format": FORMAT, "asked": dict(sorted(asked.items()))}
                with durable.replaced(self.path) as beside:
                    beside.write_text(json.dumps(content), encoding="utf-8")

    def _read(self) -> dict[str, Asked]:
        if not self.path.exists():
            return {}
        try:
            content: Any = json.loads(self.path.read_text(encoding="utf-8"))
            return {
                key: Asked(number, float(since), bool(is_ours))
                for key, (number, since, is_ours) in content["asked"].items()
            }
        except (ValueError, TypeError, KeyError, AttributeError) as trouble:
            raise Damaged(
                f"{self.path}: no list of hashtags ({type(trouble).__name__}); remove it: the "
                "server's own list stands in for it"
            ) from trouble


def _is_gone(one: Asked, there: Mapping[str, str | None]) -> bool:
    """Tell whether a hashtag that only the server knew of counts no longer."""
    return not one.is_ours and one.id not in there
