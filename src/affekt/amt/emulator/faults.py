"""What goes wrong on purpose, so that a client can be held to what it promises."""

from dataclasses import dataclass, fields

from affekt.amt.emulator.state import Event
from affekt.errors import UsageError
from affekt.rank import ranked, share_of

CALLS = ("throttle", "fault", "lost")


@dataclass(frozen=True)
class Faults:
    """Shares of calls and notifications that go wrong, drawn by rank of their number.

    Attributes:
        throttle: Calls refused because there were too many.
        fault: Calls that fail in the service before anything is done.
        lost: Calls that are done and whose reply never comes.
        event_lost: Notifications that never come.
        event_twice: Notifications that come twice.
        seed: Of the draws.
    """

    throttle: float = 0.0
    fault: float = 0.0
    lost: float = 0.0
    event_lost: float = 0.0
    event_twice: float = 0.0
    seed: int = 1

    def of_call(self, number: int) -> str:
        """Say what happens to a call: one of `CALLS`, or ``""``."""
        at = share_of(str(number), self.seed, "fault")
        for name in CALLS:
            at -= float(getattr(self, name))
            if at < 0:
                return name
        return ""

    def of_events(self, events: list[Event]) -> list[Event]:
        """Give the notifications that come, in the order in which they come.

        Where any goes wrong they are in no order either.
        """
        if not (self.event_lost or self.event_twice):
            return events
        kept = [one for one in events if not self._falls(one, self.event_lost, "lost")]
        twice = [one for one in kept if self._falls(one, self.event_twice, "twice")]
        place = {name: at for at, name in enumerate(ranked({e.id for e in kept}, self.seed))}
        return sorted(kept + twice, key=lambda one: place[one.id])

    def _falls(self, one: Event, share: float, purpose: str) -> bool:
        return share_of(one.id, self.seed, purpose) < share


def read(text: str, seed: int = 1) -> Faults:
    """Give the faults of a text such as ``throttle=0.05,lost=0.01``; none of ``""``.

    Raises:
        UsageError: It names no fault, or no share.
    """
    known = [one.name for one in fields(Faults) if one.name != "seed"]
    given: dict[str, float] = {}
    for part in filter(None, text.split(",")):
        name, _, share = part.partition("=")
        try:
            given[name.strip()] = float(share)
        except ValueError as trouble:
            raise UsageError(f"the fault {part!r} has no share; write {known[0]}=0.05") from trouble
        if name.strip() not in known or not 0 <= given[name.strip()] <= 1:
            raise UsageError(f"the fault {part!r}: {', '.join(known)} with 0 to 1 are allowed")
    return Faults(**given, seed=seed)
