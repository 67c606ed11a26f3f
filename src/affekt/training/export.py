"""The folder of a trained net: weights, graph, how pictures enter it, its papers, checksums.

timm and, through it, transformers read ``config.json`` and ``model.safetensors`` too; affekt itself
needs ``config.json``, ``model.onnx`` and the checksums, and no PyTorch: `affekt.predicting`.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch
from jaxtyping import UInt8
from safetensors.torch import save_file
from torch import Tensor

from affekt.errors import PartError
from affekt.nets.efficientnet_lite0 import HEAD, SIDE_PX, build
from affekt.nets.lite0_names import ARCHITECTURE, named_as_published
from affekt.nets.trained import CONFIG, FORMAT, GRAPH, LABELS, WEIGHTS, seal
from affekt.pictures.preprocessing import Preprocessing
from affekt.training import lite0
from affekt.training.card import About, card, measured

MOST_OFF = 1e-3  # logits of the graph against those of the net, as a share of the largest


def export(
    folder: Path,
    weights: Mapping[str, Tensor],
    about: About,
    pictures: UInt8[np.ndarray, "picture side side 3"],
) -> float:
    """Write the folder, and give how far graph and net are apart on these pictures.

    Raises:
        PartError: They are further apart than 0.001 of the largest logit.
    """
    folder.mkdir(parents=True, exist_ok=True)
    save_file({name: one.contiguous() for name, one in weights.items()}, folder / WEIGHTS)
    arrays = {name: one.numpy() for name, one in weights.items()}
    facts = {LABELS: json.dumps(about.emotions), "taxonomy": about.taxonomy}
    graph = build(named_as_published(arrays), classes=len(about.emotions), facts=facts)
    (folder / GRAPH).write_bytes(graph)
    apart = _apart(weights, graph, pictures)
    if apart > MOST_OFF:
        raise PartError(
            f"train: the graph's logits are {apart:g} of the largest away from the net's, "
            f"{MOST_OFF:g} is allowed; tell the developers of affekt"
        )
    _write_json(folder / CONFIG, config(about))
    _write_json(folder / "preprocessor_config.json", preprocessing())
    (folder / "README.md").write_text(card(about), encoding="utf-8")
    seal(folder)
    for path in folder.iterdir():
        path.chmod(0o644)  # safetensors lets nobody else read
    return apart


def config(about: About) -> dict[str, Any]:
    """Give architecture, classes and origin, in the form that timm reads."""
    return {
        "architecture": ARCHITECTURE,
        "architectures": ["TimmWrapperForImageClassification"],
        "model_type": "timm_wrapper",
        "num_classes": len(about.emotions),
        "num_features": HEAD,
        "label_names": list(about.emotions),
        "pretrained_cfg": {
            "architecture": ARCHITECTURE,
            "num_classes": len(about.emotions),
            **Preprocessing(SIDE_PX).document(),
            "mean": [0.5, 0.5, 0.5],
            "std": [0.5, 0.5, 0.5],
            "pool_size": [7, 7],
            "first_conv": "conv_stem",
            "classifier": "classifier",
        },
        "affekt": {
            "format": FORMAT,
            "taxonomy": about.taxonomy,
            "data": dict(about.data),
            "recipe": dict(about.recipe),
            "moved": dict(about.moved),
            "trained_on": about.device,
            "chosen_epoch": about.chosen,
            "history": about.history,
            "metrics": measured(about),
        },
    }


def preprocessing() -> dict[str, Any]:
    """Give how a picture enters the net: whole, squashed to a square, scaled to -1 … 1."""
    return {
        "image_processor_type": "TimmWrapperImageProcessor",
        "do_resize": True,
        "framing": "squash",
        "size": {"height": SIDE_PX, "width": SIDE_PX},
        "resample": "bicubic with antialiasing",
        "do_rescale": True,
        "rescale_factor": 1 / 255,
        "do_normalize": True,
        "image_mean": [0.5, 0.5, 0.5],
        "image_std": [0.5, 0.5, 0.5],
    }


def _apart(
    weights: Mapping[str, Tensor], graph: bytes, pictures: UInt8[np.ndarray, "picture side side 3"]
) -> float:
    net = lite0.Lite0(len(weights["classifier.bias"]))
    net.load_state_dict(weights)
    net.eval()
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    (found,) = session.run(["logits"], {"pixels": pictures})
    with torch.inference_mode():
        wanted = net(lite0.normalised(pictures)).numpy()
    return float(np.abs(found - wanted).max() / max(1.0, float(np.abs(wanted).max())))


def _write_json(path: Path, value: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
