"""People of a campaign as they become workers: invited, consenting, opted into every emotion."""

from collections.abc import Callable
from decimal import Decimal
from threading import Thread
from typing import Any

from sqlalchemy import text

from affekt.campaign import consent, workers
from affekt.campaign.live import Live
from affekt.campaign.settings import Asking, Pay

FREE = Asking(needs_test=False, gold_rate=0)
PAID = FREE.model_copy(
    update={"pay": Pay(per_batch=Decimal("1.00"), per_test=Decimal("0.50"), cap=None)}
)


def invited(live: Live) -> int:
    """Give a new person."""
    [made] = workers.invite(live, 1)
    return workers.by_secret(live, made.secret).id


def consenting(live: Live) -> int:
    """Give a new person who agreed, and looks at every emotion."""
    worker = invited(live)
    agree(live, worker)
    workers.set_preference(live, worker, "opted_in", live.emotions)
    return worker


def agree(live: Live, worker: int) -> None:
    words = consent.text_of(live)
    consent.agree(live, worker, words.version, words.sha256)


def rows(live: Live, statement: str, **names: Any) -> list[tuple[Any, ...]]:
    """Give what a statement finds."""
    with live.database.read() as connection:
        return [tuple(row) for row in connection.execute(text(statement), names)]


def together(n: int, deed: Callable[[], object]) -> None:
    """Do something ``n`` times at once."""
    threads = [Thread(target=deed) for _ in range(n)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def run(live: Live, statement: str, **names: Any) -> None:
    """Run a statement."""
    live.database.write(lambda to: to.execute(text(statement), names) and None)
