"""A folder of transformers that holds CLIP, SigLIP or DINOv2: which files, of what state.

The folder is the user's, or one that an earlier download left; nothing is ever fetched.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from affekt.errors import Damaged, UsageError
from affekt.nets.hashed import State, hashes, state
from affekt.nets.zoo import Seen, imported

EXTRA = "clip"
KINDS = ("clip", "siglip", "dinov2")
CONFIG, PREPARED = "config.json", "preprocessor_config.json"
WHAT = "a file of a net of transformers"
# What `resample` says there: numbers of Pillow.
INTERPOLATIONS = {0: "nearest", 1: "lanczos", 2: "bilinear", 3: "bicubic"}


@dataclass(frozen=True)
class Files:
    """A folder of transformers as it is at this moment.

    Attributes:
        folder: Where it is.
        kind: One of `KINDS`.
        seeing: What the vectors of pictures come from: configuration, preparation, weights.
        reading: What those of texts come from besides: the tokenizer.
    """

    folder: Path
    kind: str
    seeing: tuple[State, ...]
    reading: tuple[State, ...]


def found(net: Path, written: str) -> Files:
    """Give the folder of a net: the one of that name, else what an earlier download left.

    Args:
        net: Where the folder would be.
        written: The net as a human wrote it; a name of the hub where there is no such folder.

    Raises:
        MissingExtra: transformers or PyTorch is missing, or a torchvision is there that raises:
            transformers would look into it.
        UsageError: There is no such net on this machine, or it is of a kind that is not run.
        Damaged: A file of it is not whole.
    """
    for library in ("torch", "transformers"):
        imported(library, EXTRA)
    if find_spec("torchvision"):
        imported("torchvision", EXTRA)
    folder = net if net.is_dir() else _left_behind(written)
    kind = _json(state(folder / CONFIG, WHAT)).get("model_type")
    if kind not in KINDS:
        raise UsageError(
            f"the feature 'clip': {folder} holds a net of the kind {kind!r}; these are run: "
            f"{', '.join(KINDS)}"
        )
    weights = sorted(folder.glob("model*.safetensors"))
    if not weights:
        raise UsageError(
            f"the feature 'clip': {folder} has no weights `model.safetensors`; other forms may run "
            "what is in them and are not read; get the net in this form"
        )
    others = {path for path in folder.iterdir() if path.suffix in (".json", ".txt", ".model")}
    tokens = sorted(others - {folder / CONFIG, folder / PREPARED})
    return Files(
        folder,
        kind,
        tuple(state(one, WHAT) for one in (folder / CONFIG, folder / PREPARED, *weights)),
        tuple(state(one, WHAT) for one in tokens),
    )


def sha256(files: Sequence[State]) -> str:
    """Give one hash of the names and bytes of files."""
    told = [f"{hashes(file).sha256}  {file.path.name}\n" for file in files]
    return hashlib.sha256("".join(told).encode()).hexdigest()


def seen(files: Files) -> Seen:
    """Give how a net wants pictures, from the file that says so.

    Raises:
        UsageError: It takes no squares, or the file does not tell all of it.
    """
    path = files.folder / PREPARED
    given = _json(state(path, WHAT))
    try:
        is_cropped = given.get("do_center_crop") and "crop_size" in given
        side, shorter = _sides(given["size"], given["crop_size" if is_cropped else "size"])
        return Seen(
            side_px=side,
            mean=tuple(map(float, given["image_mean"])),
            deviation=tuple(map(float, given["image_std"])),
            interpolation=INTERPOLATIONS[given["resample"]],
            crop_share=side / shorter,
        )
    except (KeyError, TypeError, ValueError) as trouble:
        raise UsageError(
            f"{path}: does not tell how pictures enter the net ({trouble!r}); `size`, "
            "`image_mean`, `image_std` and `resample` of a net of squares are expected"
        ) from trouble


def _sides(size: Mapping[str, int] | int, kept: Mapping[str, int] | int) -> tuple[int, int]:
    """Give the side of the square, and the shorter side of the picture that it is cut from."""
    edges = size if isinstance(size, Mapping) else {"shortest_edge": size}
    square = kept if isinstance(kept, Mapping) else {"height": kept, "width": kept}
    side = square.get("height", square.get("shortest_edge"))
    shorter = edges.get("shortest_edge", edges.get("height"))
    if side is None or shorter is None or side != square.get("width", side) or side < 1:
        raise ValueError(f"sizes {size!r} and {kept!r}")
    return side, max(side, shorter)


def _left_behind(written: str) -> Path:
    """Find the folder that an earlier download left in the cache of huggingface_hub."""
    hub = imported("huggingface_hub", EXTRA)
    try:
        config = hub.try_to_load_from_cache(written, CONFIG)
    except ValueError:  # it is no name of the hub
        config = None
    if isinstance(config, str):
        return Path(config).parent
    raise UsageError(
        f"the feature 'clip': {written!r} is no folder, and no earlier download of that name is on "
        "this machine; affekt never fetches nets unasked: correct the path, or fetch it once "
        f"yourself: hf download {written}"
    )


@lru_cache(maxsize=8)
def _json(file: State) -> Mapping[str, Any]:
    try:
        given = json.loads(file.path.read_text(encoding="utf-8"))
    except ValueError as trouble:
        raise Damaged(f"{file.path}: is no JSON ({trouble}); get the net anew") from trouble
    if not isinstance(given, dict):
        raise Damaged(f"{file.path}: is no JSON object; get the net anew")
    return given
