"""Holds what a release names against its own list of what was withdrawn."""

from collections.abc import Iterator

from affekt.datasets.release.agreement import Tables, at_picture
from affekt.datasets.release.finding import Finding
from affekt.datasets.release.inventory import AGAIN
from affekt.datasets.release.shape import REMOVED
from affekt.forgotten import NEAR_BITS, Entry, Forgotten, trouble_with


def withdrawn(tables: Tables) -> Iterator[Finding]:
    """Find pictures that were withdrawn or are near copies of what was; lines that are none."""
    entries = []
    for row in tables.removed or ():
        value = f"{row['sha256']}/{row['phash']}" if row["phash"] else f"{row['sha256']}"
        entry = Entry("withdrawn", value)
        if trouble := trouble_with(entry):
            place = f"{REMOVED}: {str(row['sha256'])[:12]}"
            yield Finding("unreadable", place, f"is no removal; {trouble}", AGAIN)
        else:
            entries.append(entry)
    gone = Forgotten(entries)
    columns = ("image_id", "original_sha256", "phash")
    for image_id, original, phash in tables.rows.select(columns).iter_rows() if gone else ():
        if gone.has("image", image_id) or gone.has("image", original):
            yield at_picture(image_id, "withdrawn", f"was withdrawn, says {REMOVED}")
        elif _is_hash(phash) and gone.is_near(int(phash, 16)):
            text = f"differs in at most {NEAR_BITS} bits from what was withdrawn, says {REMOVED}"
            yield at_picture(image_id, "withdrawn", text)


def _is_hash(phash: str | None) -> bool:
    return phash is not None and not trouble_with(Entry("withdrawn", f"{'0' * 64}/{phash}"))
