"""Which of the pictures that stay belong together, and where a chain of near copies is cut."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from affekt.pictures.alike import Limit, Links, alike_components, alike_keepers
from affekt.pictures.near import components
from affekt.stages._copies import Numbers, Verdicts, among

MOST_TOLD = 10  # chains told in the notes, longest first


class Chain(NamedTuple):
    """A group that grew too large: how many pictures it had, and how many groups it became."""

    pictures: int
    groups: int


@dataclass(frozen=True)
class Groups:
    """Groups of the pictures that stay.

    Attributes:
        kept: The pictures.
        label: Number of the group of each; members of one group have the same.
        chains: Groups that were cut, longest first.
    """

    kept: Numbers
    label: Numbers
    chains: tuple[Chain, ...] = ()


def grouped(
    verdicts: Verdicts, crowded: Numbers, limit: Limit, links: Links, series: Links, most: int
) -> Groups:
    """Join what is alike, step by step, and what is of one series; cut what grows too large.

    A group of more than `most` pictures is a chain. First its series are left out; where that is
    not enough, each picture is joined only to a keeper that it is alike itself.

    Args:
        verdicts: What stays.
        crowded: Pictures that may be alike another one; `links` are between these.
        limit: What is alike.
        links: Further pairs that are alike.
        series: Pairs of pictures that stay, numbered among these, of one owner's series.
        most: Pictures in a group.
    """
    kept = verdicts.kept
    label = np.arange(len(kept), dtype=np.int32)
    here = np.flatnonzero(np.isin(crowded, kept, assume_unique=True))
    inner, prints = among(here, links), verdicts.pictures.prints(crowded[here])
    members = np.searchsorted(kept, crowded[here]).astype(np.int32)
    label[members] = members[alike_components(prints, limit, inner)]
    near, label = label, components(len(label), *series, start=label)
    too_large = _sizes(label) > most
    chained = label[too_large]
    label = np.where(too_large, near, label)
    still = _sizes(label)[members] > most
    if still.any():
        some = np.flatnonzero(still)
        stars = alike_keepers(prints.of(some), limit, None, among(some, inner))
        label[members[some]] = members[some][stars]
    return Groups(kept, label, _chains(chained, label[too_large]))


def _sizes(label: Numbers) -> Numbers:
    sizes: Numbers = np.bincount(label, minlength=len(label))[label]
    return sizes


def _chains(before: Numbers, after: Numbers) -> tuple[Chain, ...]:
    cut = pl.DataFrame({"before": before, "after": after}).group_by("before")
    counted = cut.agg(pl.len(), pl.col("after").n_unique()).sort(["len", "before"], descending=True)
    return tuple(Chain(n, into) for _, n, into in counted.iter_rows())


def series(verdicts: Verdicts, seconds: float) -> Links:
    """Give the pairs of pictures that stay and follow each other in one owner's series.

    They were taken, or where that is unknown uploaded, within so many seconds of each other, or the
    source gave them consecutive numbers.
    """
    columns = ("owner", "taken", "uploaded", "number")
    kept = verdicts.pictures.rows.select(columns)[verdicts.pictures.shown[verdicts.kept]]
    kept = kept.with_columns(at=pl.int_range(pl.len(), dtype=pl.Int32))
    uploaded = pl.when(pl.col("taken").is_null()).then("uploaded")
    found = [
        _followers(kept, pl.col("taken"), seconds),
        _followers(kept, uploaded, seconds),
        _followers(kept, pl.col("number"), 1),
    ]
    left, right = pl.concat(found).select("left", "right").get_columns()
    return Links(left.to_numpy(), right.to_numpy())


def _followers(kept: pl.DataFrame, value: pl.Expr, most: float) -> pl.DataFrame:
    """Give the pairs of one owner whose values follow each other at most so far apart."""
    rows = kept.select("owner", "at", value=value).drop_nulls().sort("owner", "value", "at")
    follows = (pl.col("owner") == pl.col("owner").shift()) & (pl.col("value").diff() <= most)
    pairs = rows.select(left=pl.col("at").shift(), right="at", follows=follows)
    return pairs.filter(pl.col("follows"))


def names(verdicts: Verdicts, groups: Groups) -> pl.DataFrame:
    """Give image_id and group_id of each picture whose group has another one's name."""
    shared = _shared(verdicts, groups)
    smallest = pl.col("picture").sort_by("image").first().over("group")
    others = shared.with_columns(smallest=smallest).filter(pl.col("picture") != pl.col("smallest"))
    columns = {"image_id": "picture", "group_id": "smallest"}
    return pl.DataFrame(
        {name: verdicts.pictures.names(others[of].to_numpy()) for name, of in columns.items()}
    )


def told(verdicts: Verdicts, groups: Groups) -> dict[str, Any]:
    """Count the groups for the manifest: sizes, chains, and those that cross emotions (K16)."""
    shared = _shared(verdicts, groups)
    emotions = pl.col("emotion").filter(pl.col("emotion") >= 0).n_unique()
    each = shared.group_by("group").agg(
        n=pl.len(), emotions=emotions, sources=pl.n_unique("source")
    )
    sizes = each.group_by("n").len().sort("n")
    return {
        "groups": {
            "alone": len(groups.kept) - shared.height,
            "shared": each.height,
            "pictures": shared.height,
            "largest": int(_sizes(groups.label).max(initial=0)),
            "sizes": {str(n): count for n, count in sizes.iter_rows()},
            "across_emotions": each.filter(pl.col("emotions") > 1).height,
            "across_sources": each.filter(pl.col("sources") > 1).height,
        },
        "chains": {
            "cut": len(groups.chains),
            "pictures": sum(chain.pictures for chain in groups.chains),
            "longest": [chain._asdict() for chain in groups.chains[:MOST_TOLD]],
        },
    }


def _shared(verdicts: Verdicts, groups: Groups) -> pl.DataFrame:
    """Give the pictures whose group has others too: nearly none of all."""
    at = np.flatnonzero(_sizes(groups.label) > 1)
    picture = groups.kept[at]
    row = verdicts.pictures.shown[picture]
    return pl.DataFrame(
        {
            "group": groups.label[at],
            "picture": picture,
            "image": verdicts.pictures.rows["image"].gather(row),  # rises as names do
            "emotion": verdicts.emotions[picture],
            "source": verdicts.pictures.codes("source")[row],
        }
    )
