"""Where the pictures that are left come from: licences, owners, dates and sizes."""

from collections.abc import Iterable, Iterator, Sequence

import polars as pl

from affekt import licences
from affekt.census.rows import Standing, kept
from affekt.census.tally import tallied

SHARES = (0.01, 0.1)  # of the owners, those with most pictures
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
MEASURES = ("shorter_px", "longer_px", "n_bytes")
BITS = 12  # numbers of one upper part are at most 4,096


def of_licences(steps: Standing) -> pl.DataFrame:
    """Give rows ``source emotion licence redistribution pictures`` of what dedupe kept.

    ``licence`` is null where the source names none; ``redistribution`` is the class of
    `affekt.licences`, ``reference`` for what is not known.
    """
    group = ("source", "emotion", "licence")
    counted = tallied(_counted(kept(steps, "dedupe", *group), group, "pictures"), group)
    counted = counted.sort(group, nulls_last=True)
    known = [licences.of(word) for word in counted["licence"]]
    classes = ["reference" if one is None else one.redistribution for one in known]
    return counted.with_columns(
        redistribution=pl.Series(classes, dtype=pl.String),
    ).select("source", "emotion", "licence", "redistribution", "pictures")


def _counted(
    pieces: Iterable[pl.DataFrame], group: Sequence[str], name: str
) -> Iterator[pl.DataFrame]:
    return (rows.group_by(group).agg(pl.len().cast(pl.Int64).alias(name)) for rows in pieces)


def of_owners(steps: Standing) -> pl.DataFrame:
    """Give one row a source: ``source pictures owners unowned largest top_1 top_10``.

    ``owners`` counts those who are named, ``unowned`` the pictures without; ``largest`` is the
    share of the owner with most pictures, ``top_1`` and ``top_10`` those of the one and the ten
    per cent of owners with most, at least one owner; all of the owned pictures, 0–1, null when no
    picture has an owner. Nobody is named.
    """
    pieces = (
        rows.select("source", owner=pl.coalesce("owner_id", "owner"))
        for rows in kept(steps, "dedupe", "source", "owner", "owner_id")
    )
    group = ("source", "owner")
    each = tallied(_counted(pieces, group, "n"), group, _by_size)
    totals = each.group_by("source").agg(
        pictures=(pl.col("n") * pl.col("owners")).sum(),
        unowned=pl.col("n").filter(~pl.col("is_named")).sum(),
    )
    named = each.filter("is_named").sort("source", "n", descending=[False, True])
    of_named = named.group_by("source", maintain_order=True).agg(
        *(_of_most(share) for share in SHARES),
        owners=pl.col("owners").sum(),
        largest=pl.col("n").max() / (pl.col("n") * pl.col("owners")).sum(),
    )
    columns = ("source", "pictures", "owners", "unowned", "largest", "top_1", "top_10")
    whole = totals.join(of_named, on="source", how="left").sort("source")
    return whole.with_columns(pl.col("owners").fill_null(0)).select(columns)


def _by_size(each: pl.DataFrame) -> pl.DataFrame:
    """Count the owners that have so many pictures; the pictures of nobody are one owner's."""
    is_named = pl.col("owner").is_not_null()
    return each.group_by("source", "n", is_named=is_named).agg(owners=pl.len().cast(pl.Int64))


def _of_most(share: float) -> pl.Expr:
    """Give the share of pictures of this share of owners, those with most; rows fall by ``n``."""
    most = (pl.col("owners").sum() * share).ceil().cast(pl.Int64)
    before = pl.col("owners").cum_sum() - pl.col("owners")
    among = pl.min_horizontal(pl.col("owners"), (most - before).clip(0))
    part = (pl.col("n") * among).sum() / (pl.col("n") * pl.col("owners")).sum()
    return part.alias(f"top_{share * 100:.0f}")


def of_years(steps: Standing) -> pl.DataFrame:
    """Give rows ``source year pictures`` by the year of upload; null where it is not known."""
    year = pl.col("uploaded_at").str.slice(0, 4).cast(pl.Int32, strict=False)
    pieces = (
        rows.select("source", year=year) for rows in kept(steps, "dedupe", "source", "uploaded_at")
    )
    group = ("source", "year")
    return tallied(_counted(pieces, group, "pictures"), group).sort(group, nulls_last=True)


def of_sizes(steps: Standing) -> pl.DataFrame:
    """Give rows ``source quantile shorter_px longer_px n_bytes``, quantiles 5, 25, 50, 75, 95 %.

    A quantile is a number that occurs: of n in order, the one at place (n − 1) · quantile, rounded
    down. They are found in two readings, first by the upper part of each number, so that what is
    counted does not grow with the pictures.
    """
    group = ("source", "measure", "upper")
    counted = tallied(_counted(_measures(steps), group, "n"), group)
    each = counted.group_by("source", "measure").agg(last=pl.col("n").sum() - 1)
    places = each.join(pl.DataFrame({"quantile": QUANTILES}), how="cross").with_columns(
        place=(pl.col("last") * pl.col("quantile")).floor().cast(pl.Int64)
    )
    rough = _reached(counted, places, "upper")
    near = (rows.join(rough, on=group, how="semi") for rows in _measures(steps))
    values = tallied(_counted(near, (*group, "value"), "n"), (*group, "value"))
    exact = _reached(values, rough, "value")
    columns = pl.DataFrame(schema=dict.fromkeys(MEASURES, pl.Int64))
    told = exact.pivot("measure", index=["source", "quantile"], values="value")
    whole = pl.concat([told, columns], how="diagonal")
    return whole.select("source", "quantile", *MEASURES).sort("source", "quantile")


def _measures(steps: Standing) -> Iterator[pl.DataFrame]:
    """Give rows ``source measure value upper``."""
    sides = ("width_px", "height_px")
    for rows in kept(steps, "dedupe", "source", *sides, "n_bytes"):
        numbers = [pl.min_horizontal(sides), pl.max_horizontal(sides), pl.col("n_bytes")]
        named = [
            one.cast(pl.Int64).alias(name) for one, name in zip(numbers, MEASURES, strict=True)
        ]
        long = rows.select("source", *named).unpivot(
            index="source", variable_name="measure", value_name="value"
        )
        yield long.drop_nulls("value").with_columns(upper=pl.col("value") // (1 << BITS))


def _reached(counted: pl.DataFrame, places: pl.DataFrame, name: str) -> pl.DataFrame:
    """Give for every place the number at which the counts reach it, and the place among its own."""
    by = [one for one in counted.columns if one not in (name, "n")]
    before = (pl.col("n").cum_sum() - pl.col("n")).over(by)
    steps = counted.sort(*by, name).with_columns(before=before)
    is_here = (pl.col("before") <= pl.col("place")) & (
        pl.col("place") < pl.col("before") + pl.col("n")
    )
    found = places.join(steps, on=by).filter(is_here)
    return found.select(*by, name, "quantile", place=pl.col("place") - pl.col("before"))
