"""Votes out of what was handed in; a worker becomes a number on the way."""

from collections.abc import Mapping

import polars as pl

from affekt.amt.batch_page import NO, YES, seconds_of
from affekt.amt.collecting import Group
from affekt.amt.ledger import Ledger
from affekt.tables import VOTES


def numbered(ledger: Ledger, group: Group) -> dict[str, str]:
    """Give worker → token, and keep those who are new; the tokens tell nothing of the workers."""
    known = {worker: str(row["token"]) for worker, row in ledger.rows("worker").items()}
    new = [one for one in dict.fromkeys(each.worker for each in group.handed) if one not in known]
    tokens = {one: f"worker-{len(known) + at:05}" for at, one in enumerate(new)}
    if tokens:
        ledger.put("worker", {one: {"token": token} for one, token in tokens.items()})
    return known | tokens


def votes(group: Group, token: Mapping[str, str], emotion: Mapping[str, str]) -> pl.DataFrame:
    """Give the votes (schema `affekt.tables.VOTES`) in what was handed in.

    Only yes and no are votes. What was skipped, did not load, is missing or makes no sense is not,
    and the question is asked of somebody else.
    """
    rows = []
    for one in group.handed:
        items = group.batches[one.key]["items"]
        seconds = seconds_of(one.fields, items)
        rows += [
            (name, token[one.worker], emotion[name], one.fields[name] == YES, seconds.get(name))
            for name in items
            if one.fields.get(name) in (YES, NO) and name in emotion
        ]
    return pl.DataFrame(rows, schema=VOTES.types(), orient="row")
