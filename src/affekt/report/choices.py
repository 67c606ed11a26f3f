"""What the rules about two emotions and about copies did, and what other choices would have done.

References:
    You, Luo, Jin and Yang (2016), "Building a Large Scale Dataset for Image Emotion Recognition",
    AAAI: pictures whose tags name two emotions are deleted, and then equal files. Where and how a
    tag counts is not told.
"""

from affekt.census import choices
from affekt.measures.intervals import wilson
from affekt.report.exhibits import Column, Exhibit, Gap, Row, Table
from affekt.report.inputs import ReportInput
from affekt.store import Product

COPIED = ("exact-copy", "near-copy", "copies-disagree", "near-left-by-exact")
WORDS = {True: "yes", False: "no", None: None}


def exhibit(given: ReportInput) -> Exhibit:
    """Both tables, as far as the line has come, and a box for the stage that does not stand."""
    lead = "What the rule of two emotions and the removal of copies took, and other choices would."
    blocks: list[Table | Gap] = []
    for stage, title, make in (
        ("clean", "Every way to look for two emotions", conflicts),
        ("dedupe", "Copies and groups", copies),
    ):
        made = given.made(stage)
        table = make(made) if made else None
        reason = given.lost(stage) or f"the product of the stage {stage!r} has no such counts"
        blocks.append(table or Gap(title, reason, given.build_command))
        if not made:
            break
    return Exhibit("C", "Choices and copies", lead, tuple(blocks))


def conflicts(clean: Product) -> Table | None:
    """Give one row a way of looking, the plan's own marked; None where none was counted."""
    ways, n = choices.conflicts({"clean": clean}), clean.manifest["came_in"]
    if ways.is_empty():
        return None
    return Table(
        name="c-conflicts",
        title="Every way to look for two emotions",
        columns=(
            Column("looked at", "text"),
            Column("chosen", "text"),
            Column("other forms", "text"),
            Column("machine tags", "text"),
            Column("query counts", "text"),
            Column("two emotions"),
            Column("share", "percent"),
            Column("95 %", "percent"),
            Column("two queries"),
        ),
        rows=tuple(_way(*row, n=n) for row in ways.iter_rows()),
        notes=(
            f"Of {n:,} rows found. Intervals: Wilson, 95 %, as if the rows were drawn at random.",
            "Two queries: further rows whose picture was found for two emotions.",
            "The way that the plan chose stands out, with “yes” in its second column.",
        ),
        strong=frozenset(ways["is_chosen"].arg_true()),
    )


def _way(  # noqa: PLR0913  (the columns of a row)
    looked_at: str,
    forms: bool | None,
    machine: bool | None,
    query: bool | None,
    two_emotions: int,
    two_queries: int,
    is_chosen: bool,
    *,
    n: int,
) -> Row:
    flags = (WORDS[flag] for flag in (forms, machine, query))
    name = "nowhere" if looked_at == "off" else looked_at.replace("+", ", ")
    return (name, "yes" if is_chosen else "", *flags, two_emotions, *_share(two_emotions, n),
            two_queries)  # fmt: skip


def _share(part: int | None, n: int) -> Row:
    """Give the share and its interval."""
    return (None, None) if part is None or not n else (part / n, wilson(part, n))


def copies(dedupe: Product) -> Table | None:
    """Give what was dropped as a copy and what belongs together; None where it was not counted."""
    found, n = choices.copies({"dedupe": dedupe}), dedupe.manifest["came_in"]
    if found.is_empty():
        return None
    bits = [dedupe.manifest["notes"][name] for name in ("max_hamming_bits", "group_bits")]
    told = [
        f"Of {n:,} clean pictures. Intervals: Wilson, 95 %, as if they were drawn at random.",
        f"A near copy is within {bits[0]} bits, a step inside a group within {bits[1]}."
        if bits[0]
        else f"Only equal bytes were removed; a step inside a group is within {bits[1]} bits.",
        "Near copies that removing equal bytes leaves: those dropped, and all but one of each "
        "group that stays. A random split could put them on both sides.",
    ]
    if not bits[1]:
        told[1:] = ["Nobody looked for near copies: group_bits is 0."]
    return Table(
        name="c-copies",
        title="Copies and groups",
        columns=(
            Column("what", "text"),
            Column("count"),
            Column("share", "percent"),
            Column("95 %", "percent"),
        ),
        rows=tuple(
            (choices.MEANINGS[what], count, *_share(count if what in COPIED else None, n))
            for what, count in found.iter_rows()
        ),
        notes=tuple(told),
    )
