"""Folders of trained nets, made as training makes them; needs PyTorch."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from affekt.nets.trained import seal
from affekt.taxonomy import MIKELS8
from affekt.training.card import About
from affekt.training.finetune import Finetune

EMOTIONS = MIKELS8.names
EPOCH = {
    "epoch": 0, "loss": 1.5, "validation_loss": 1.2, "accuracy": 0.5, "standard_error": 0.1,
}  # fmt: skip


def about(**changes: Any) -> About:
    """Give what is told of a net that learned eight emotions of nothing."""
    told: dict[str, Any] = {
        "emotions": EMOTIONS,
        "taxonomy": MIKELS8.name,
        "data": {"title": "Nothing", "pictures": {"validate": 20}, "sha256": "0" * 64},
        "recipe": Finetune().model_dump(mode="json"),
        "moved": {"mode": "head"},
        "history": [EPOCH],
        "chosen": 0,
        "device": "processor",
    }
    return About(**told | changes)


def write_folder(folder: Path, **changes: Any) -> Any:
    """Write the folder of an untrained net whose answers differ from picture to picture.

    Gives the net in PyTorch.
    """
    from affekt.training import lite0
    from affekt.training.export import export

    net = lite0.with_classes(len(EMOTIONS), seed=1).eval()
    net.classifier.weight.data *= 20  # a new last layer says the same of everything
    squares = np.random.default_rng(0).integers(0, 256, (1, 224, 224, 3), np.uint8)
    export(folder, net.state_dict(), about(**changes), squares)
    return net


def change_config(folder: Path, **changes: Any) -> None:
    """Change keys of the configuration, ``affekt_…`` those of affekt's own part; sealed anew."""
    path = folder / "config.json"
    config = json.loads(path.read_text())
    for name, value in changes.items():
        own = name.removeprefix("affekt_")
        (config if own == name else config["affekt"])[own] = value
    path.write_text(json.dumps(config))
    seal(folder)
