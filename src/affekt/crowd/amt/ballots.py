"""Votes out of what was handed in; a worker becomes a token on the way."""

from collections.abc import Callable, Mapping

import polars as pl

from affekt.amt.batch_page import NO, YES, seconds_of
from affekt.amt.collecting import Group
from affekt.rank import rank_of
from affekt.tables import VOTES


def pseudonym(worker: str, campaign: str, seed: int) -> str:
    """Give the token that stands for a worker in votes, another one in every campaign.

    Whoever knows the seed, the campaign and a worker's id can make it too, so it belongs into the
    journal and not into a release.
    """
    return f"worker-{rank_of(worker, seed, campaign):016x}"


def votes(group: Group, token: Callable[[str], str], emotion: Mapping[str, str]) -> pl.DataFrame:
    """Give the votes (schema `affekt.tables.VOTES`) in what was handed in; ``token`` of a worker.

    Only yes and no are votes. What was skipped, did not load, is missing or makes no sense is not,
    and the question is asked of somebody else.
    """
    rows = []
    for one in group.handed:
        items = group.batches[one.key]["items"]
        seconds = seconds_of(one.fields, items)
        rows += [
            (name, token(one.worker), emotion[name], one.fields[name] == YES, seconds.get(name))
            for name in items
            if one.fields.get(name) in (YES, NO) and name in emotion
        ]
    return pl.DataFrame(rows, schema=VOTES.types(), orient="row")
