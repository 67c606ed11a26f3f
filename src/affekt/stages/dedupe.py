"""Keep one of all copies of a picture, and say which pictures belong together."""

from collections.abc import Mapping
from typing import Any, ClassVar

from affekt.stage import Desk, Outcome, Stage
from affekt.stages._copies_rules import CopyRules
from affekt.tables import CLEAN, IMAGES


class Dedupe(CopyRules, Stage):
    """Keep one of all copies of a picture.

    Copies have equal bytes, or are near: one of the two hashes, perceptual or difference, differs
    in at most `max_hamming_bits` and the other in at most `confirm_bits`. What only one hash calls
    near may be confirmed by a feature instead, see `embedding`. A flat picture has no hashes and is
    compared by its bytes only.

    Pictures are taken in order of preference, those with an emotion first, see `keep`: one that is
    near a keeper is its copy, any other becomes a keeper. So a chain of small changes is no single
    group: every copy is near its own keeper, and no two pictures that stay are near each other. A
    picture without emotion never disagrees.

    What stays gets a `group_id`: the smallest image_id among all that steps join, where a step is
    one hash within `group_bits` (the perceptual one alone, the difference hash when the perceptual
    one is within twice as many) or two pictures of one owner's series.
    """

    takes = CLEAN
    gives = IMAGES
    engine = "daft"
    version = 2
    idle = frozenset({"workers"})
    reasons: ClassVar[Mapping[str, str]] = {
        "exact-copy": "another picture has the same bytes",
        "near-copy": "a better picture has nearly the same perceptual hashes",
        "copies-disagree": "it and its copies were found for different emotions",
    }

    def run(self, desk: Desk, clean: Any, *_: Any, **__: Any) -> Outcome:
        from affekt.stages._copies_found import found  # its kernels take half a second to import

        return found(self, desk, clean)
