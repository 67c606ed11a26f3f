"""The folder of a trained net, held against its own checksums before anything of it is used."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from affekt.datasets.release.reading import Unreadable, checksums_in, text_of
from affekt.durable import file_sha256
from affekt.errors import Refused, UsageError
from affekt.foreign import clean
from affekt.nets.net import Net
from affekt.nets.session import NO_GRAPH, Signature, session
from affekt.nets.trained import CONFIG, FORMAT, GRAPH, LABELS, SUMS, trained
from affekt.pictures.preprocessing import Preprocessing

NEEDED = (CONFIG, GRAPH, SUMS)
AGAIN = "get the folder again from where it was made"


@dataclass(frozen=True)
class NetFolder:
    """A folder whose files are whole and fit together.

    Attributes:
        path: Where it lies.
        emotions: Names of the logits, in order.
        taxonomy: Name of their taxonomy.
        preprocessing: How a picture enters.
        temperature: By which probabilities are softened or sharpened; None where none was fitted.
        config: All that ``config.json`` says.
        net: Its graph, ready to be opened.
    """

    path: Path
    emotions: tuple[str, ...]
    taxonomy: str
    preprocessing: Preprocessing
    temperature: float | None
    config: Mapping[str, Any]
    net: Net


def opened(path: Path) -> NetFolder:
    """Give the folder of a trained net after a look at every file that its checksums name.

    Nothing in it is run but the graph, by ONNX Runtime, and no pickle is ever read.

    Raises:
        UsageError: It is no such folder, or its format is newer than what is read here.
        Refused: A file is missing or not what was written, or the files do not fit together.
    """
    config = _config(path)
    _check_sums(path)
    emotions = _emotions(path, config)
    try:
        preprocessing = Preprocessing.read(_inner(config, "pretrained_cfg"))
    except ValueError as trouble:
        raise Refused(f"{path}: {CONFIG}: {trouble}; this net sees pictures otherwise") from trouble
    net = trained(file_sha256(path / GRAPH), path / GRAPH, len(emotions))
    about = _inner(config, "affekt")
    found = NetFolder(
        path,
        emotions,
        str(about.get("taxonomy")),
        preprocessing,
        _temperature(path, about),
        config,
        net,
    )
    _check_graph(found)
    return found


def _config(path: Path) -> dict[str, Any]:
    if not path.is_dir():
        what = "is a file" if path.exists() else "does not exist"
        raise UsageError(
            f"{path}: {what}; name the folder of a trained net, with {', '.join(NEEDED)}; "
            "`affekt nets PLAN --take NAME --out FOLDER` writes one, files of weights are not read"
        )
    lacking = [name for name in NEEDED if not (path / name).is_file()]
    if lacking:
        raise UsageError(
            f"{path}: is no folder of a trained net, it lacks {', '.join(lacking)}; "
            "`affekt nets PLAN --take NAME --out FOLDER` writes one"
        )
    try:
        config = json.loads(text_of(path / CONFIG))
        made_with = config["affekt"]["format"]
        if type(made_with) is not int or made_with < 1:
            raise ValueError(f"the format is {made_with!r}")
    except (Unreadable, ValueError, KeyError, TypeError, RecursionError) as trouble:
        raise Refused(
            f"{path}: {CONFIG} is not that of a net which affekt trained ({clean(repr(trouble))}); "
            f"{AGAIN}"
        ) from trouble
    if made_with > FORMAT:
        raise UsageError(
            f"{path}: was written in format {made_with}, up to {FORMAT} is read here; update affekt"
        )
    return dict(config)


def _check_sums(path: Path) -> None:
    try:
        digests = checksums_in(path / SUMS)
    except Unreadable as trouble:
        raise Refused(f"{path}: {SUMS} {trouble}; {AGAIN}") from trouble
    for name in (CONFIG, GRAPH):
        if name not in digests:
            raise Refused(f"{path}: {SUMS} does not name {name}; {AGAIN}")
    changed = [name for name, digest in digests.items() if _sha256(path / name) != digest]
    if changed:
        raise Refused(
            f"{path}: {', '.join(changed)}: missing or not as the checksums in {SUMS} say; {AGAIN}"
        )


def _sha256(path: Path) -> str | None:
    try:  # reading a pipe, or a device behind a link, would never end
        return file_sha256(path) if path.is_file() else None
    except OSError:
        return None


def _inner(config: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = config.get(name)
    return found if isinstance(found, dict) else {}


def _emotions(path: Path, config: Mapping[str, Any]) -> tuple[str, ...]:
    names = config.get("label_names")
    if not isinstance(names, list) or len(names) < 2 or not all(map(_is_name, names)):
        raise Refused(
            f"{path}: label_names of {CONFIG} are {clean(repr(names))}; two names or more are "
            f"needed, in the order of the logits, each of which can be shown; {AGAIN}"
        )
    if len(set(names)) < len(names):
        raise Refused(f"{path}: label_names of {CONFIG} hold a name twice; {AGAIN}")
    return tuple(names)


def _is_name(name: object) -> bool:
    """Tell a name that can be a label and part of a column's name, on a console too."""
    return isinstance(name, str) and bool(name) and clean(name) == name and name.isprintable()


def _temperature(path: Path, about: Mapping[str, Any]) -> float | None:
    found = about.get("temperature")
    if found is None:
        return None
    if not isinstance(found, int | float) or not 0 < found < float("inf"):
        raise Refused(f"{path}: temperature of {CONFIG} is {found!r}, a number above 0 is needed")
    return float(found)


def _check_graph(folder: NetFolder) -> None:
    """Open the graph, and fail where it does not fit what ``config.json`` says.

    Raises:
        Refused: It cannot be opened, takes or gives something else, or names other labels.
    """
    try:
        signature = session(folder.net).signature()
    except NO_GRAPH as trouble:
        words = re.sub(r"\s+", " ", str(trouble))
        raise Refused(
            f"{folder.path}: {GRAPH} cannot be opened ({clean(words)}); {AGAIN}"
        ) from trouble
    wrong = next(_misfits(folder, signature), None)
    if wrong:
        raise Refused(f"{folder.path}: {GRAPH} does not fit {CONFIG}: {wrong}; {AGAIN}")


def _misfits(folder: NetFolder, signature: Signature) -> Iterator[str]:
    side_px, n_labels = folder.preprocessing.side_px, len(folder.emotions)
    match signature.takes:
        case {"pixels": ("tensor(uint8)", str(), int(height), int(width), 3)} if (
            len(signature.takes) == 1 and height == width == side_px
        ):
            pass
        case takes:
            yield (
                f"it takes {clean(takes)}, `pixels` of any number of uint8 squares of {side_px} px "
                "are given"
            )
    match signature.gives.get("logits"):
        case ("tensor(float)", str(), int(n)) if n == n_labels:
            pass
        case gives:
            yield f"`logits` are {clean(gives)}, {n_labels} labels are named"
    said = signature.facts.get(LABELS)
    if said is not None and said != json.dumps(folder.emotions):
        yield f"it names the labels {clean(said)}, not {', '.join(folder.emotions)}"
