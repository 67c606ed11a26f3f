"""Gives slots back: for somebody else, or for nobody where the item needs no more votes."""

from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, text

from affekt.campaign.live import Live
from affekt.campaign.places import next_opened, open_places

GIVE_BACK = text(
    """UPDATE slots SET state = 'open', worker = NULL, assignment = NULL, opened = :opened
    WHERE id IN :ids AND state = 'leased'"""
).bindparams(bindparam("ids", expanding=True))
CANCEL_GOLD = text(
    """UPDATE slots SET state = 'cancelled', worker = NULL, assignment = NULL
    WHERE id IN :ids AND state = 'leased'
        AND EXISTS (SELECT 1 FROM items i WHERE i.id = slots.item
            AND (i.gold IS NOT NULL OR i.state = 'withdrawn'))"""
).bindparams(bindparam("ids", expanding=True))
ITEMS = text("SELECT DISTINCT item FROM slots WHERE id IN :ids").bindparams(
    bindparam("ids", expanding=True)
)


def give_back_slots(to: Connection, live: Live, slots: Iterable[int]) -> None:
    """Let leased slots be open again, or cancelled where they are gold or not needed."""
    ids = sorted(set(slots))
    if not ids:
        return
    to.execute(CANCEL_GOLD, {"ids": ids})
    to.execute(GIVE_BACK, {"ids": ids, "opened": next_opened(to, live)})
    items = [row[0] for row in to.execute(ITEMS, {"ids": ids})]
    open_places(to, live, items)
