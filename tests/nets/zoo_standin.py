"""Small modules with the functions of timm, open_clip and huggingface_hub that affekt calls.

They follow what those libraries document, so that the rest can be tested where the libraries, or a
torchvision that fits the installed PyTorch, are not. Nets are tiny; nothing here connects.
"""

from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import torch
from torch import nn

REPOSITORY = "timm/tiny.a1"
CLIP_REPOSITORY = "timm/vit.openai"


class Tiny(nn.Module):
    """As nets of timm are: features before and after pooling, then a classifier."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 4, 3, stride=2)
        self.norm = nn.BatchNorm2d(4)
        self.blocks = nn.Sequential(nn.ReLU(inplace=True), nn.Conv2d(4, 6, 3))
        self.fc = nn.Linear(6, 5)
        self.pretrained_cfg = {"hf_hub_id": REPOSITORY, "hf_hub_filename": None}

    def forward_features(self, x: Any) -> Any:
        return self.blocks(self.norm(self.stem(x)))

    def forward_head(self, x: Any, pre_logits: bool = False) -> Any:
        pooled = x.mean((2, 3))
        return pooled if pre_logits else self.fc(pooled)

    def forward(self, x: Any) -> Any:
        return self.forward_head(self.forward_features(x))


class TinyClip(nn.Module):
    """As CLIPs of open_clip are: one half that sees, whose features are not made one long."""

    def __init__(self, is_quick: bool) -> None:
        super().__init__()
        self.visual = nn.Linear(3 * 16 * 16, 7)
        self.visual.preprocess_cfg = {
            "size": (16, 16), "mean": (0.48, 0.46, 0.41), "std": (0.27, 0.26, 0.28),
            "interpolation": "bicubic", "resize_mode": "shortest",
        }  # fmt: skip
        self.reading = nn.Linear(2, 2)
        self.is_quick = is_quick

    def encode_image(self, x: Any) -> Any:
        seen = self.visual(x.flatten(1))
        return seen * torch.sigmoid(1.702 * seen) if self.is_quick else nn.functional.gelu(seen)


def timm() -> dict[str, ModuleType]:
    """The modules by their names, as they stand in `sys.modules`."""
    library, data = ModuleType("timm"), ModuleType("timm.data")
    sizes = {"tiny": (3, 16, 16), "wide": (3, 16, 24)}

    def create_model(name: str, pretrained: bool) -> nn.Module:
        if name not in ("tiny.a1", "wide"):
            raise RuntimeError(f"Invalid pretrained tag of {name}")
        assert not pretrained, "affekt loads weights itself"
        net = Tiny()
        net.size = sizes[name.partition(".")[0]]
        return net

    def resolve_model_data_config(net: Any) -> dict[str, Any]:
        return {
            "input_size": net.size, "interpolation": "bilinear", "mean": (0.5, 0.4, 0.3),
            "std": (0.2, 0.25, 0.3), "crop_pct": 0.95, "crop_mode": "center",
        }  # fmt: skip

    given = {
        "is_model": lambda name: name.partition(".")[0] in sizes,
        "list_models": lambda: list(sizes),
        "list_pretrained": lambda: ["tiny.a1"],
        "create_model": create_model,
        "data": data,
    }
    vars(library).update(given)
    vars(data).update(resolve_model_data_config=resolve_model_data_config)
    return {"timm": library, "timm.data": data}


def open_clip() -> dict[str, ModuleType]:
    library = ModuleType("open_clip")
    configs: dict[str, dict[str, Any]] = {
        "ViT": {"text_cfg": {}},
        "reader": {"text_cfg": {"hf_model_name": "roberta"}},
    }
    published = {
        "hf_hub": f"{CLIP_REPOSITORY}/", "quick_gelu": True, "mean": (0.1, 0.2, 0.3),
        "std": (0.5, 0.5, 0.5), "interpolation": "bicubic",
    }  # fmt: skip

    def create_model(name: str, pretrained: None, force_quick_gelu: bool) -> nn.Module:
        return TinyClip(force_quick_gelu)

    given = {
        "get_model_config": configs.get,
        "get_pretrained_cfg": lambda name, tag: published if (name, tag) == ("ViT", "oa") else {},
        "list_models": lambda: list(configs),
        "list_pretrained": lambda as_str: ["ViT:oa"],
        "create_model": create_model,
        "get_model_preprocess_cfg": lambda net: net.visual.preprocess_cfg,
    }
    vars(library).update(given)
    return {"open_clip": library}


def huggingface_hub(files: dict[tuple[str, str], Path]) -> dict[str, ModuleType]:
    """Give a cache that holds these files, by repository and name."""
    library = ModuleType("huggingface_hub")

    def try_to_load_from_cache(repository: str, name: str) -> object:
        found = files.get((repository, name))
        return str(found) if found else SimpleNamespace()  # the library's mark of a lack, or None

    vars(library).update(try_to_load_from_cache=try_to_load_from_cache)
    return {"huggingface_hub": library}
