"""The maps of a plan, `[[bench.maps]]`: read, and held against the entries and data sets named."""

from collections.abc import Collection
from typing import Any, NamedTuple

from affekt.parts import Keys, Reader, Trouble, did_you_mean
from affekt.plan.shapes import Entry, MapPlan
from affekt.stages.map import Map

HERE: Keys = ("bench", "maps")
MOST = 2  # entries side by side
OWN = ("on", "entries")  # the other settings are those of the layout


class Known(NamedTuple):
    """What a map can name.

    Attributes:
        datasets: Names of those that could be read.
        entries: Those that could be read.
        written: Names of all entries; what is wrong with one is told of that one alone.
    """

    datasets: Collection[str]
    entries: tuple[Entry, ...]
    written: Collection[str]


def maps_in(given: Any, reader: Reader, known: Known) -> tuple[MapPlan, ...]:
    """Give the maps that can be read, after noting with the reader what is wrong."""
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        note(reader, HERE, f"is {given!r}; write [[bench.maps]] with on, entries")
        return ()
    found = [_map(one, reader, known, (*HERE, at)) for at, one in enumerate(given)]
    return tuple(one for one in found if one)


def _map(given: dict[str, Any], reader: Reader, known: Known, path: Keys) -> MapPlan | None:
    before = len(reader.troubles)
    on, entries = given.get("on"), given.get("entries")
    settings = [*OWN, *Map.model_fields]
    for key in [key for key in given if key not in settings]:
        said = f"is not a setting of a map; {did_you_mean(key, settings)}"
        note(reader, (*path, key), said, at_key=True)
    layout = {key: one for key, one in given.items() if key in Map.model_fields}
    how = reader.read(Map, layout, path)
    if not isinstance(on, str) or (known.datasets and on not in known.datasets):
        said = f"is {on!r}; the name of a data set is expected: "
        note(reader, (*path, "on"), said + did_you_mean(str(on), sorted(known.datasets)))
    if not isinstance(entries, list) or not 1 <= len(entries) <= MOST:
        said = f"is {entries!r}; a list of one or two names of entries is expected"
        note(reader, (*path, "entries"), said)
        return None
    shown = [entry_named(one, str(on), known) for one in entries]
    for at, one in enumerate(shown):
        if isinstance(one, str):
            note(reader, (*path, "entries", at), one)
    sides = tuple(one for one in shown if isinstance(one, Entry))
    if how is None or len(reader.troubles) > before or len(sides) < len(shown):
        return None
    return MapPlan(str(on), sides, how)


def entry_named(name: Any, on: str, known: Known) -> Entry | str | None:
    """Give the entry of that name, or what is wrong with it; None where that is told elsewhere."""
    found = next((one for one in known.entries if one.name == name), None)
    if found is None:
        meant = did_you_mean(str(name), sorted(known.written))
        said = f"is {name!r}, and no entry is called so; {meant}"
        return None if name in known.written else said
    if found.on and on not in found.on:
        return f"is {name!r}, which does not run on {on!r}; add it to its `on`, or name another"
    if found.feature and found.feature.is_learned:
        kind = found.feature.kind()
        return (
            f"is {name!r}, whose feature {kind!r} is learned anew in every fold, so that there is "
            "no one vector of a picture; name an entry with another feature"
        )
    return found


def note(reader: Reader, path: Keys, text: str, *, at_key: bool = False) -> None:
    """Note what is wrong at a place of the plan."""
    reader.troubles.append(Trouble(path=path, text=text, at_key=at_key))
