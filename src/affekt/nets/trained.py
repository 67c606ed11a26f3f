"""A net that was trained here: the files of its folder, and its graph as something that runs."""

from functools import cache, partial
from pathlib import Path

from affekt.durable import file_sha256
from affekt.nets.efficientnet_lite0 import NET
from affekt.nets.net import Net

FORMAT = 1  # of the folder
WEIGHTS, GRAPH, CONFIG = "model.safetensors", "model.onnx", "config.json"
SUMS = "CHECKSUMS.sha256"
LABELS = "label_names"  # in the metadata of the graph, as a JSON list


@cache
def trained(address: str, graph: Path, classes: int) -> Net:
    """Give a trained net; its product's address stands for its weights.

    Args:
        address: Of the product that holds it.
        graph: Its ONNX file, checked.
        classes: Number of its logits.
    """
    return Net(
        name=f"{NET.name}-{address[:16]}",
        side_px=NET.side_px,
        shapes={**NET.shapes, "logits": (classes,)},
        weights_sha256=address,
        builder=1,
        build=partial(Path.read_bytes, graph),
        is_kept=False,
    )


def seal(folder: Path) -> None:
    """Write the checksums of all other files of a net's folder."""
    paths = sorted(path for path in folder.iterdir() if path.name != SUMS)
    lines = [f"{file_sha256(path)}  {path.name}\n" for path in paths]
    (folder / SUMS).write_text("".join(lines), encoding="utf-8")
