"""Keeps on record how people are asked, whenever a plan says it otherwise (I11)."""

import json

from sqlalchemy import Connection, text

from affekt.campaign.audit import note
from affekt.campaign.live import Live
from affekt.parts import canonical

ACTION = "set how people are asked"
LAST = text(
    "SELECT after FROM audit WHERE thing = :thing AND action = :action ORDER BY id DESC LIMIT 1"
)


def note_settings(live: Live, actor: str) -> None:
    """Add a row to the audit where the settings are not those of the last one.

    Args:
        live: The campaign; what it holds of its plan: pay, cap, test, care and the others.
        actor: Who opens it.
    """
    live.database.write(lambda to: _note_settings(to, live, actor))


def _note_settings(to: Connection, live: Live, actor: str) -> None:
    thing = f"campaign {live.number}"
    last = to.execute(LAST, {"thing": thing, "action": ACTION}).scalar()
    now = live.asking.model_dump(mode="json")
    if last != canonical(now).decode():
        before = json.loads(last) if last else None
        note(to, live, actor, ACTION, thing, "the plan says so", before, now)
