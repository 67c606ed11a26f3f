"""What must be so after a process was killed: nothing acknowledged lost, and the books add up."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from affekt.campaign.answers import answer
from affekt.campaign.books import verify_books
from affekt.campaign.claim import current
from affekt.campaign.live import Live, open_campaign
from affekt.campaign.places import open_waiting
from affekt.campaign.submit import submit
from tests.campaign.crowd import ask
from tests.campaign.people import consenting, rows
from tests.campaign.victim import WAY_OF_WORK, Nursery, Order, answer_to

FOREVER = 200  # statements of a deed, if it never ended
FEWEST = 4  # kills that any deed gives: a look, a change, the commit, and after it


@contextmanager
def prepared(place: Path | str, n_questions: int) -> Iterator[Live]:
    """Open a campaign at a place, with questions."""
    live = open_campaign(place, WAY_OF_WORK)
    with closing(live.database):
        ask(live, n_questions)
        open_waiting(live)
        yield live


def killed_at_each(nursery: Nursery, live: Live, deed: str) -> list[str]:
    """Kill a worker at every statement of a deed, one after the other, and tell what broke."""
    told: list[str] = []
    kind = deed if deed in ("give back", "sweep") else "submit"
    for nth in range(1, FOREVER):
        worker = consenting(live)
        said = nursery.run(Order(str(live.database.place), worker, deed, nth, kind=kind))
        if said[-1:] == ["over"]:
            return told if nth > FEWEST else [f"{deed}: was killed {nth - 1} times only"]
        told += [f"{deed}, statement {nth}: {one}" for one in broken(live, said, worker)]
    return [f"{deed}: never ends"]


def broken(live: Live, said: Sequence[str], worker: int) -> list[str]:
    """Tell what is wrong in a database after a kill, and when its worker comes back."""
    wrong = [*lost(live, said), *map(str, verify_books(live.database))]
    return wrong + go_on(live, worker, said)


def lost(live: Live, said: Sequence[str]) -> list[str]:
    """Tell every acknowledged answer and end of a batch that the database does not know."""
    votes = {(row[0], int(row[1])) for row in rows(live, "SELECT key, felt FROM votes")}
    found = "SELECT token, state FROM assignments"
    ends = {row[0] for row in rows(live, found) if row[1] not in ("started", "offered")}
    words = [line.split() for line in said]
    wrong = [one for one in words if one[0] == "answer" and (one[1], int(one[2])) not in votes]
    wrong += [one for one in words if one[0] == "end" and one[1] not in ends]
    return [f"lost: {' '.join(one)}" for one in wrong]


def go_on(live: Live, worker: int, said: Sequence[str]) -> list[str]:
    """Let a worker send everything of the open batch again, as a browser does, and hand it in."""
    batch = current(live, worker)
    if batch is None:
        return []
    known = {line.split()[1] for line in said if line.startswith("answer")}
    again = {
        card.token: answer(
            live, worker, card.token, answer_to(card), key=card.token, seconds=1
        ).state
        for card in batch.cards
        if not card.is_passed
    }
    submit(live, worker, batch.token)
    return [f"not repeated: {one}" for one in known & set(again) if again[one] != "repeated"]
