"""Pictures of one table that another one holds too: by their bytes, or by their hashes."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from affekt.pictures.alike import Limit, Prints, alike_pairs


def copies(train: pl.DataFrame, test: pl.DataFrame, bits: int) -> pl.DataFrame:
    """Give the pictures of the first that the second holds too, each once, with the reason."""
    same = train.join(test, on="image_id", how="semi")["image_id"].to_list()
    known = set(same)
    near = [one for one in _near(train, test, bits) if one not in known]
    names = [*same, *near]
    reasons = ["same-bytes"] * len(same) + ["near-copy"] * len(near)
    schema = dict.fromkeys(("image_id", "reason", "detail"), pl.String)
    return pl.DataFrame([names, reasons, ["train"] * len(names)], schema=schema)


def _near(train: pl.DataFrame, test: pl.DataFrame, bits: int) -> list[str]:
    """Give the pictures of the first that are near one of the second, sorted."""
    both = pl.concat([train, test]).select("image_id", "part", "phash", "dhash")
    both = both.drop_nulls(["phash", "dhash"])
    prints = Prints(both["phash"].to_numpy(), both["dhash"].to_numpy())
    is_test = (both["part"] == "test").to_numpy()
    found = set(_crossing(prints, is_test, Limit(bits, 2 * bits, 2 * bits)))
    return sorted(both["image_id"].gather(sorted(found)).to_list())


def _crossing(prints: Prints, is_test: np.ndarray, limit: Limit) -> Iterator[int]:
    """Give the rows that are not tested of each alike pair that has one on either side."""
    if not is_test.any() or is_test.all():
        return
    for left, right, _ in alike_pairs(prints, limit):
        crosses = is_test[left] != is_test[right]
        yield from np.where(is_test[left], right, left)[crosses].tolist()
