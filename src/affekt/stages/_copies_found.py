"""The work of dedupe: which pictures are copies of which, and which belong together."""

from typing import Any

from affekt.pictures.alike import NO_LINKS, Limit, Links
from affekt.pictures.phash import WIDTH
from affekt.stage import Desk, Outcome
from affekt.stages import _copies, _copies_groups, _copies_notes, _copies_vectors
from affekt.stages._copies import Pictures, Verdicts
from affekt.stages._copies_rules import CopyRules
from affekt.stages._copies_table import Changes, changed, cuts_of
from affekt.tables import CLEAN, Pieces

RADII = ((5_000_000, 8), (50_000_000, 5))  # fewer pictures than this → bits
SMALLEST = 4  # bits for more pictures: pairs by chance grow with the square of their number


def found(rules: CopyRules, desk: Desk, clean: Any) -> Outcome:
    """Give the pictures that stay, each with its group, and those that are copies."""
    with_owners = rules.series_seconds > 0
    pictures = _copies.in_order(_copies.narrow(clean, with_owners=with_owners), rules.keep)
    copies, groups = limits(rules, len(pictures.hashed))
    prints = pictures.prints(pictures.hashed)
    links = NO_LINKS
    if rules.embedding is not None:
        judge = _copies_vectors.Judge(rules.embedding, rules.min_cosine, rules.workers)
        pairs = _copies_vectors.candidates(prints, copies)
        names = pictures.names(pictures.hashed)
        links = _copies_vectors.confirmed(desk, clean, names, pairs, judge)
    here = _copies.crowd(prints, groups, links) if groups.bits else pictures.hashed[:0]
    links, crowded = _copies.among(here, links), pictures.hashed[here]
    verdicts = _judged(rules, pictures, crowded, copies, links)
    groups_found = _copies_groups.grouped(
        verdicts, crowded, groups, links, _series(rules, verdicts), rules.max_group
    )
    notes = {
        "max_hamming_bits": copies.bits,
        "group_bits": groups.bits,
        **_copies_notes.told(verdicts),
        **_copies_groups.told(verdicts, groups_found),
    }
    dropped = verdicts.dropped()
    changes = Changes(
        dropped.select(CLEAN.key),
        _copies_groups.names(verdicts, groups_found),
        verdicts.relabelled(),
    )
    cuts = cuts_of(pictures.rows["image_id"])
    return Outcome(Pieces(lambda: changed(clean, cuts, changes)), dropped, notes=notes)


def limits(rules: CopyRules, n: int) -> tuple[Limit, Limit]:
    """Give what is a copy, and what is a step inside a group, among so many pictures."""
    bits, step = (
        given if isinstance(given, int) else _radius(n)
        for given in (rules.max_hamming_bits, rules.group_bits)
    )
    other = 2 * bits if rules.confirm_bits is None else rules.confirm_bits
    step = max(step, bits)
    return Limit(bits, other, other), Limit(step, WIDTH, max(2 * step, other))


def _judged(
    rules: CopyRules, pictures: Pictures, crowded: _copies.Numbers, limit: Limit, links: Links
) -> Verdicts:
    kinds = () if rules.across_sources else ("source",)
    if rules.disagree == "keep":
        kinds = (*kinds, "emotion")
    some = crowded if limit.bits else crowded[:0]
    keeper = _copies.keepers(pictures, some, limit, links, kinds)
    return _copies.judged(pictures, keeper, rules.disagree)


def _series(rules: CopyRules, verdicts: Verdicts) -> Links:
    return (
        _copies_groups.series(verdicts, rules.series_seconds) if rules.series_seconds else NO_LINKS
    )


def _radius(n: int) -> int:
    """Give the bits that fit so many pictures."""
    return next((bits for most, bits in RADII if n < most), SMALLEST)
