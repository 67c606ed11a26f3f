"""What the choices of a plan did: the two-emotion rule, every other way of it, and the copies.

Both were counted by the steps themselves, `clean` and `dedupe`, and are read from their notes.
"""

from collections.abc import Mapping
from typing import Any

import polars as pl

from affekt.store import Product

FLAGS = ("word_forms", "machine_tags", "query_counts")
CONFLICTS = {
    "conflicts": pl.String,
    **dict.fromkeys(FLAGS, pl.Boolean),
    "two_emotions": pl.Int64,
    "two_queries": pl.Int64,
    "is_chosen": pl.Boolean,
}
COPIES = {"what": pl.String, "pictures": pl.Int64}
MEANINGS = {
    "exact-copy": "dropped: equal bytes",
    "near-copy": "dropped: nearly equal",
    "copies-disagree": "dropped: its copies have another emotion",
    "near-left-by-exact": "near copies that removing equal bytes leaves",
    "near-across-emotions": "near copies of another emotion than the picture kept",
    "relabelled": "kept with the emotion of most copies",
    "near-left": "kept, in a group with others that are kept",
    "groups": "groups of several pictures",
    "groups-across-emotions": "groups of several emotions",
    "groups-across-sources": "groups of several sources",
    "largest-group": "pictures in the largest group",
    "chains-cut": "chains cut because they grew too long",
    "chain-pictures": "pictures in the chains that were cut",
}


def conflicts(steps: Mapping[str, Product]) -> pl.DataFrame:
    """Give one row a way of looking for two emotions: what it drops, and whether the plan chose it.

    ``two_emotions`` counts the rows of `found` that name two emotions, ``two_queries`` the others
    whose picture was found for two; the first row looks nowhere, so its flags are null.
    """
    made = steps.get("clean")
    noted = made.manifest["notes"].get("conflicts", []) if made else []
    recipe = made.manifest["recipe"] if made else {}
    rows = [
        {
            **{name: one.get(name) for name in ("conflicts", *FLAGS)},
            "two_emotions": sum(one["two_emotions"].values()),
            "two_queries": one["two_queries"],
            "is_chosen": _is_chosen(one, recipe),
        }
        for one in noted
    ]
    return pl.DataFrame(rows, schema=CONFLICTS)


def _is_chosen(way: Mapping[str, Any], recipe: Mapping[str, Any]) -> bool:
    """Tell whether the step looked this way; where it looked nowhere, the flags say nothing."""
    flags = () if way["conflicts"] == "off" else FLAGS
    return all(name in recipe and way[name] == recipe[name] for name in ("conflicts", *flags))


def copies(steps: Mapping[str, Product]) -> pl.DataFrame:
    """Give rows ``what pictures`` about copies and groups; `MEANINGS` says what each word counts.

    ``near-left-by-exact`` is what a removal of equal bytes alone leaves: the near copies that were
    dropped, and all but one of each group that stays. Null where nobody looked for what is near,
    or where the step noted no such thing.
    """
    made = steps.get("dedupe")
    notes = made.manifest["notes"] if made else {}
    if "copies" not in notes:
        return pl.DataFrame(schema=COPIES)
    told, groups, chains = notes["copies"], notes["groups"], notes["chains"]
    near = {
        "near-copy": told["near-copy"],
        "near-left-by-exact": told["near-copy"] + groups["pictures"] - groups["shared"],
        "near-across-emotions": told["near_across_emotions"],
        "near-left": groups["pictures"],
        "groups": groups["shared"],
        "groups-across-emotions": groups["across_emotions"],
        "groups-across-sources": groups["across_sources"],
        "largest-group": groups["largest"],
        "chains-cut": chains["cut"],
        "chain-pictures": chains["pictures"],
    }
    if not notes["group_bits"]:
        near = dict.fromkeys(near)
    exact = {name: told[name] for name in ("exact-copy", "copies-disagree", "relabelled")}
    counted = {**exact, **near}
    return pl.DataFrame([(what, counted[what]) for what in MEANINGS], schema=COPIES, orient="row")
