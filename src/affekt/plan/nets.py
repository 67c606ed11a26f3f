"""The nets of a plan, `[[bench.nets]]`: read, and held against the entries that need them.

Models that hold pictures against texts are held against the features of their entries, too.
"""

from collections.abc import Callable
from typing import Any

from affekt.datasets import Dataset
from affekt.parts import Keys, Reader, Trouble, did_you_mean
from affekt.plan.shapes import Entry, NetPlan
from affekt.training.finetune import Finetune

NOISY = "noisy"  # what a net learns on besides data sets: the draw that nobody is asked about
HERE: Keys = ("bench", "nets")


def nets_in(
    given: Any, reader: Reader, named: Callable[[Any], Any], *, has_noisy: bool
) -> tuple[NetPlan, ...]:
    """Give the nets that can be read, after noting with the reader what is wrong.

    Args:
        given: What the plan says.
        reader: Reads parts and keeps troubles.
        named: Gives what a bare word for a data set means in this plan.
        has_noisy: Whether the plan has a section [noisy].
    """
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        _note(reader, HERE, f"is {given!r}; write [[bench.nets]] with name, on, train")
        return ()
    found = []
    for at, one in enumerate(given):
        if one.get("on") == NOISY and not has_noisy:
            _note(reader, (*HERE, at, "on"), "is 'noisy', and the plan has no section [noisy]")
        _check_after(one, given[:at], reader, (*HERE, at, "after"))
        found.append(_net(one, reader, named, (*HERE, at)))
    nets = [net for net in found if net]
    names = [net.name for net in nets]
    for name in sorted({name for name in names if names.count(name) > 1}):
        _note(reader, HERE, f"two of them are called {name!r}; choose another name")
    return tuple(nets)


def check_needs(entries: tuple[Entry, ...], given: Any, reader: Reader) -> None:
    """Note every entry that looks through a net which nothing trains.

    Nets count as they are written: what is wrong with one is told of that one alone.
    """
    written = given if isinstance(given, list) else []
    names = [str(one.get("name")) for one in written if isinstance(one, dict)]
    for at, entry in enumerate(entries):
        for need in [need for need in entry.needs if need not in names]:
            known = did_you_mean(need, names) if names else "the plan has no [[bench.nets]]"
            said = f"looks through the net {need!r}, which nothing trains; {known}"
            _note(reader, ("bench", "entries", at, "feature"), said)


def check_texts(entries: tuple[Entry, ...], reader: Reader) -> None:
    """Note every entry whose model holds pictures against texts that its feature cannot read."""
    for at, entry in enumerate(entries):
        if entry.model.reads and (entry.feature is None or entry.feature.texts is None):
            said = (
                f"reads no texts, and the model {entry.model.kind()!r} holds pictures against "
                'some; give the entry { kind = "clip", net = "folder of a CLIP or SigLIP" }'
            )
            _note(reader, ("bench", "entries", at, "feature"), said)


def _net(
    given: dict[str, Any], reader: Reader, named: Callable[[Any], Any], path: Keys
) -> NetPlan | None:
    """Read one net; its data set is named as in `datasets`, or is ``noisy``."""
    known = list(NetPlan._fields)
    for key in [key for key in given if key not in known]:
        said = f"is not a setting of a net; {did_you_mean(key, known)}"
        _note(reader, (*path, key), said, at_key=True)
    name, on = given.get("name"), given.get("on")
    if not isinstance(name, str) or not name.strip() or not name.isprintable():
        _note(reader, (*path, "name"), f"is {name!r}; a text on one line is expected")
        return None
    train = reader.read(Finetune, given.get("train", {}), (*path, "train"))
    after = given.get("after")
    if on == NOISY:
        return NetPlan(name, None, train, after) if train else None
    family: type[Any] = Dataset
    dataset = reader.read(family, named(on), (*path, "on"))
    return NetPlan(name, dataset, train, after) if train and dataset else None


def _check_after(net: dict[str, Any], earlier: list[Any], reader: Reader, path: Keys) -> None:
    """Note a net that begins with the weights of one that stands nowhere above it."""
    names = [str(one.get("name")) for one in earlier]
    after = net.get("after")
    if after is None or after in names:
        return
    above = f"nets above it: {', '.join(names)}" if names else "no net stands above it"
    said = f"is {after!r}; the name of a net that stands above this one is expected; {above}"
    _note(reader, path, said)


def _note(reader: Reader, path: Keys, text: str, *, at_key: bool = False) -> None:
    reader.troubles.append(Trouble(path=path, text=text, at_key=at_key))
