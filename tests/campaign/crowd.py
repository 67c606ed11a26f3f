"""People and questions for the tests of a campaign."""

from affekt.campaign.live import Live, Way
from affekt.campaign.settings import Asking
from affekt.journal.schema import items
from affekt.policies.curtailed import Curtailed
from affekt.taxonomy import MIKELS8

EMOTIONS = MIKELS8.names
SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
WAY = Way("test", Curtailed(), Asking(), EMOTIONS, seed=1)


def ask(live: Live, count: int, *, emotions: tuple[str, ...] = EMOTIONS, first: int = 0) -> None:
    """Ask ``count`` questions, each on a picture of its own, numbered from ``first``."""
    rows = [
        {
            "campaign": live.number,
            "question_id": f"q{at:03}",
            "image_id": f"image-{at:03}",
            "emotion": emotions[at % len(emotions)],
            "role": "task",
            "apart": f"image-{at:03}",
            "votes": 0,
            "yes": 0,
            "no": 0,
            "log_odds": live.policy.start(emotions[at % len(emotions)]),
            "skips": 0,
            "state": "waiting",
        }
        for at in range(first, first + count)
    ]
    live.database.write(lambda to: to.execute(items.insert(), rows) and None)


def wait(live: Live, microseconds: int) -> None:
    """Let time pass."""
    live.clock.not_before(live.now() + microseconds)
