"""What timm and open_clip know of their nets; each library is imported when it is asked.

References:
    Wightman (2019), PyTorch Image Models. Cherti et al. (2023), Reproducible Scaling Laws for
    Contrastive Language-Image Learning, CVPR.
"""

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, NamedTuple

from affekt.errors import MissingExtra, UsageError
from affekt.nets.quiet import quiet

EXTRA = "zoo"
TIMM_FILES = ("model.safetensors", "pytorch_model.bin")
OPEN_CLIP_FILES = ("open_clip_model.safetensors", "open_clip_pytorch_model.bin")


class Seen(NamedTuple):
    """How a net wants pictures: what it was trained with, by the settings of its library.

    Attributes:
        side_px: Height and width of its input.
        mean: Subtracted from red, green and blue between 0 and 1.
        deviation: What they are divided by then.
        interpolation: Word for how pictures are resized.
        crop_share: Side of the central square it is tested on, as a share of the shorter side.
    """

    side_px: int
    mean: tuple[float, ...]
    deviation: tuple[float, ...]
    interpolation: str
    crop_share: float


@dataclass(frozen=True)
class Loaded:
    """What a library gives of a net.

    Attributes:
        net: The module in evaluation mode, with random weights.
        seen: How it wants pictures.
        answers: What it can be asked for, by name, each a function of a batch.
        repository: Where its weights are published, or ``""``.
        files: Names they may have there, best first.
    """

    net: Any
    seen: Seen
    answers: Mapping[str, Any]
    repository: str
    files: Sequence[str]


def of_timm(name: str) -> Loaded:
    """Give a net of timm, such as ``resnet50.a1_in1k``, with random weights.

    Raises:
        MissingExtra: timm cannot be imported.
        UsageError: It has no such net, or one that takes no square pictures.
    """
    timm = imported("timm")
    if not timm.is_model(name):
        raise _unknown("timm", name, timm.list_models())
    try:
        net = timm.create_model(name, pretrained=False).eval()
    except RuntimeError as trouble:  # of a tag that it does not know
        raise _unknown("timm", name, timm.list_pretrained()) from trouble
    config = imported("timm.data").resolve_model_data_config(net)
    published = net.pretrained_cfg
    own = published.get("hf_hub_filename")
    return Loaded(
        net=net,
        seen=Seen(
            side_px=_side(config["input_size"][1:], f"timm/{name}"),
            mean=tuple(config["mean"]),
            deviation=tuple(config["std"]),
            interpolation=config["interpolation"],
            crop_share=config["crop_pct"],
        ),
        answers={
            "features": lambda x: net.forward_head(net.forward_features(x), pre_logits=True),
            "logits": net,
        },
        repository=published.get("hf_hub_id") or "",
        files=(own,) if own else TIMM_FILES,
    )


def of_open_clip(name: str) -> Loaded:
    """Give the half of a CLIP that sees, such as ``ViT-B-32:openai``, with random weights.

    Raises:
        MissingExtra: open_clip cannot be imported.
        UsageError: It has no such net or tag, or one whose other half reads with a net of a third
            library, which would be fetched.
    """
    clip = imported("open_clip")
    architecture, _, tag = name.partition(":")
    config = clip.get_model_config(architecture)
    if config is None:
        raise _unknown("open_clip", architecture, clip.list_models())
    published = clip.get_pretrained_cfg(architecture, tag) if tag else {}
    if tag and not published:
        raise _unknown("open_clip", name, clip.list_pretrained(as_str=True))
    if "hf_model_name" in config.get("text_cfg", {}):
        raise UsageError(
            f"the feature 'zoo': {name!r} reads with a net that would be fetched first; take one "
            "of open_clip's own, such as 'open_clip/ViT-B-32:openai'"
        )
    with quiet("No pretrained weights"):  # they are random as yet
        net = clip.create_model(
            architecture, pretrained=None, force_quick_gelu=published.get("quick_gelu", False)
        ).eval()
    usual = clip.get_model_preprocess_cfg(net)
    repository, _, own = published.get("hf_hub", "").rpartition("/")
    side = usual["size"]
    return Loaded(
        net=net,
        seen=Seen(
            side_px=_side((side, side) if isinstance(side, int) else side, f"open_clip/{name}"),
            mean=tuple(published.get("mean", usual["mean"])),
            deviation=tuple(published.get("std", usual["std"])),
            interpolation=published.get("interpolation", usual["interpolation"]),
            crop_share=1.0,
        ),
        answers={"features": net.encode_image},
        repository=repository,
        files=(own,) if own else OPEN_CLIP_FILES,
    )


LIBRARIES: Mapping[str, Callable[[str], Loaded]] = {"timm": of_timm, "open_clip": of_open_clip}


def imported(module: str, extra: str = EXTRA) -> Any:
    """Import a library of an extra that has the name of its feature.

    Raises:
        MissingExtra: It is not there, or raises: torchvision does when it is of another torch.
    """
    try:
        return import_module(module)
    except (ImportError, RuntimeError, OSError) as trouble:
        said = str(trouble).partition("\n")[0]
        raise MissingExtra(
            f"the feature {extra!r} needs {module.partition('.')[0]}, which cannot be imported "
            f"({said}): pip install 'affekt[{extra}]', with a torchvision that belongs to the "
            f"installed torch{'' if extra == EXTRA else ', or none'}"
        ) from trouble


def _unknown(library: str, name: str, known: Iterable[str]) -> UsageError:
    near = difflib.get_close_matches(name, list(known), n=3)
    meant = (
        f"did you mean {' or '.join(map(repr, near))}?" if near else f"see the list of {library}"
    )
    return UsageError(f"the feature 'zoo': {library} has no net {name!r}; {meant}")


def _side(size: Sequence[int], model: str) -> int:
    height, width = size
    if height != width:
        raise UsageError(
            f"the feature 'zoo': {model!r} takes pictures of {height} × {width} px; only nets that "
            "take squares are run, name another"
        )
    return int(height)
