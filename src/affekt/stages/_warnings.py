"""Content notes: which pictures may disturb, as far as the tags that people gave them tell."""

from collections.abc import Mapping

import polars as pl

from affekt.stages._tags import folded, glued

WORDS: Mapping[str, tuple[str, ...]] = {
    "gore": ("autopsy", "blood", "bloody", "corpse", "dead body", "gore", "mutilation", "wound"),
    "nudity": ("naked", "nsfw", "nude", "nudes", "nudity", "topless"),
    "self-harm": ("self-harm", "selfharm", "suicide", "cutting myself", "hanging myself"),
    "hate symbols": ("kkk", "ku klux klan", "nazi", "swastika", "white power"),
    "animal harm": ("animal abuse", "animal cruelty", "bullfight", "roadkill", "slaughter"),
    "other": ("abuse", "accident scene", "execution", "terror attack", "torture", "violence"),
}
KNOWN = ", ".join(WORDS)


def of_tags(tags: pl.Series, words: Mapping[str, tuple[str, ...]]) -> pl.Series:
    """Give the notes of every picture, in the order of `words`; null where there are no tags.

    A tag counts as a whole, see `affekt.stages._tags`.
    """
    notes: dict[str, list[str]] = {}
    for note, given in words.items():
        for word in given:
            notes.setdefault(glued(folded(word)), []).append(note)
    found = [None if one is None else _notes(one, notes, list(words)) for one in tags.to_list()]
    return pl.Series(found, dtype=pl.List(pl.String))


def _notes(tags: list[str], notes: Mapping[str, list[str]], order: list[str]) -> list[str]:
    met = {note for tag in tags for note in notes.get(glued(folded(tag)), ())}
    return sorted(met, key=order.index)
