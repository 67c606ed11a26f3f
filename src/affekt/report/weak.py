"""Near copies between pictures with weak labels and those that are tested: withheld, and measured.

References:
    You, Luo, Jin and Yang (2016) exclude every picture that was submitted to the crowd from the
    pool of their noisy model, and do not speak of near copies.
"""

from collections.abc import Iterator

import numpy as np

from affekt.foreign import clean
from affekt.report import leaks
from affekt.report.exhibits import Column, Table
from affekt.report.inputs import ReportInput
from affekt.report.leaked import BITS, OF_BITS, steps
from affekt.report.text import slug
from affekt.store import Product

BY_PARTS = {"protocol": {"kind": "learning_curve"}}  # who is trained on is what the parts say


def tables(given: ReportInput) -> Iterator[Table]:
    """Give what was withheld, and how near what is left comes; nothing without such labels."""
    noisy, asked, pool = (given.made(name) for name in ("noisy", "sample", "pool"))
    if noisy and asked and pool:
        yield withheld(noisy, asked, pool)
    seen: set[str] = set()
    for one in given.curves:
        if one.trained_on and one.curve not in seen and isinstance(one.pictures, Product):
            seen.add(one.curve)
            yield distances(one.curve, one.pictures)


def withheld(noisy: Product, asked: Product, pool: Product) -> Table:
    """Count what no net may learn from because it, or its like, was submitted to the crowd."""
    apart = noisy.dropped().filter(reason="excluded")["image_id"]
    itself = int(apart.is_in(asked.table()["image_id"].implode()).sum())
    left = pool.manifest["reasons"]
    rows = (
        ("submitted to the crowd", "noisy", itself),
        ("near copy of a submitted picture, by its group", "noisy", len(apart) - itself),
        ("near copy of one, by its hashes alone", "pool", left.get("near-copy", 0)),
        ("left to learn from", "pool", pool.manifest["kept"]),
    )
    return Table(
        name="g23-weak",
        title="Pictures that may not be learned from with weak labels",
        columns=(Column("what they are", "text"), Column("step", "text"), Column("pictures")),
        rows=rows,
        notes=(
            "All pictures of a release were submitted, so what is tested of it is among the first, "
            "and its near copies are among the second and third. Counts of all there are, so there "
            "is no interval.",
        ),
        strong=frozenset({len(rows) - 1}),
    )


def distances(dataset: str, pictures: Product) -> Table:
    """Give how many tested pictures have their nearest weakly labelled one at which distance."""
    rows = pictures.table()
    tests = rows.filter(part="test").select("image_id", repeat=0, fold=0)
    bits = leaks.nearest(rows, tests, BY_PARTS).fill_null(-1).to_numpy().astype(np.int64)
    said = pictures.manifest.get("notes", {}).get("remarks", [])
    return Table(
        name=f"g23-weak-distances-{slug(dataset)}",
        title=f"Bits from a tested picture of {clean(dataset)} to the nearest with a weak label",
        columns=BITS,
        rows=steps(bits, np.ones(len(bits))),
        notes=(OF_BITS, *(f"Of these: {clean(one, 600)}." for one in said)),
    )
