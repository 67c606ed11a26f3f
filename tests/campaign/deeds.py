"""What a person does in a campaign, in a few words."""

from secrets import token_hex

from sqlalchemy import text

from affekt.campaign.answers import Answered, Said, answer
from affekt.campaign.batch import Batch, Card
from affekt.campaign.claim import claim
from affekt.campaign.live import Live
from affekt.campaign.submit import submit
from affekt.campaign.workers import set_preference
from tests.campaign.people import consenting


def say(live: Live, worker: int, card: Card, said: Said = True, key: str = "") -> Answered:
    """Answer one card, by a new key unless one is given."""
    return answer(live, worker, card.token, said, key=key or token_hex(16), seconds=2.0)


def say_all(live: Live, worker: int, batch: Batch, said: bool = True) -> None:
    """Answer every card of a batch and hand it in."""
    for card in batch.cards:
        say(live, worker, card, said)
    submit(live, worker, batch.token)


def do_batch(live: Live, worker: int, said: bool = True, size: int | None = None) -> Batch:
    """Claim a batch, answer it all alike, hand it in, and give it."""
    batch = claim(live, worker, size=size)
    say_all(live, worker, batch, said)
    return batch


def verdicts(live: Live) -> dict[str, tuple[str, int | None]]:
    """Give question → state and verdict."""
    find = text("SELECT question_id, state, verdict FROM items WHERE campaign = :campaign")
    with live.database.read() as connection:
        rows = connection.execute(find, {"campaign": live.number}).all()
    return {row[0]: (row[1], row[2]) for row in rows}


def counts(live: Live, table: str) -> dict[str, int]:
    """Give state → rows of a table."""
    find = text(f"SELECT state, count(*) FROM {table} GROUP BY state")
    with live.database.read() as connection:
        return {row[0]: row[1] for row in connection.execute(find)}


def held(live: Live) -> dict[str, int]:
    """Give question → counted votes and live leases of it."""
    find = text(
        """SELECT i.question_id, i.votes + (SELECT count(*) FROM slots s
            WHERE s.item = i.id AND s.state = 'leased') FROM items i WHERE i.gold IS NULL"""
    )
    with live.database.read() as connection:
        return {row[0]: row[1] for row in connection.execute(find)}


def workers(live: Live, n: int, opted_in: tuple[str, ...] | None = None) -> list[int]:
    """Give people who may work at once and look at every emotion, or at those of the hard ones."""
    people = [consenting(live) for _ in range(n)]
    if opted_in is not None:
        for one in people:
            set_preference(live, one, "opted_in", opted_in)
    return people
