"""Writes the export of a plan's campaign: votes, labels, workers and all that belongs to them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
from sqlalchemy import Connection, text

from affekt.campaign import frames, keys, wording
from affekt.campaign.live import Live
from affekt.exports import write_export
from affekt.plan import Plan
from affekt.quality import checked, evidence

IDENTITIES = text("SELECT sealed FROM identities ORDER BY worker")
UNIT = ["question_id", "emotion"]


def export(plan: Plan, live: Live, folder: Path) -> Mapping[str, Any]:
    """Write the export of a plan's campaign into a new folder, and give its manifest.

    All tables are of one moment. A worker's numbers are without gold, as everything is (I8).

    Raises:
        Refused: The folder exists, or an identity would leave.
    """
    with frames.moment(live) as connection:
        events = frames.events(connection, live)
        items = frames.items(connection, live)
        workers = frames.workers(connection, live)
        never = _identities(connection, plan)
    return write_export(
        folder,
        votes=events,
        items=_asked(items, events),
        workers=_workers(workers, events),
        campaign=_configuration(plan, live),
        never=never,
    )


def _asked(items: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """Add emotions that were ticked though another one was asked about; nothing decides them."""
    ticked = events.select(*UNIT, "image_id", "is_gold", "policy").unique(UNIT)
    others = ticked.join(items, on=UNIT, how="anti").with_columns(decision=pl.lit("undecided"))
    rows = pl.concat([items, others], how="diagonal")
    return rows.with_columns(image=pl.lit(None, pl.String))


def _workers(workers: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    told = evidence(checked(events.filter(~pl.col("is_gold"))))
    numbers = [name for name in told.columns if not name.startswith("gold")]
    return workers.join(told.select(numbers), on="worker", how="left")


def _configuration(plan: Plan, live: Live) -> dict[str, Any]:
    assert plan.build is not None
    verify, asking = plan.build.verify, live.asking
    told = {
        "name": plan.title,
        "crowd": verify.crowd.kind(),
        "is_simulated": verify.crowd.is_simulated,
        "taxonomy": list(live.emotions),
        "policy": dict(live.policy.identity()),
        "question": asking.question.get("en") or next(iter(asking.question.values())),
    }
    if not hasattr(verify.crowd, "asking"):
        return told
    words = wording.text_of(live)
    pay = {"currency": asking.pay.currency, "batch_size": asking.batch}
    amounts = ("per_batch", "per_test", "floor_per_hour")
    return told | {
        "asking": asking.model_dump(mode="json"),
        "consent": {"version": words.version, "sha256": words.sha256},
        "pay": pay | {name: str(getattr(asking.pay, name)) for name in amounts},
    }


def _identities(connection: Connection, plan: Plan) -> list[str]:
    """Give who workers are elsewhere, so that nothing of it leaves."""
    sealed = [row[0] for row in connection.execute(IDENTITIES)]
    if not sealed:
        return []
    key = keys.project_key(plan.project / "journal")
    return [keys.unseal(key, one) for one in sealed]
