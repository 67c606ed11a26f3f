"""A net computed in 8-bit integers: faster on processors, a little less exact.

References:
    Jacob et al. (2018), Quantization and Training of Neural Networks for Efficient
    Integer-Arithmetic-Only Inference, CVPR: static ranges, found on pictures beforehand.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from jaxtyping import UInt8

from affekt.nets.net import Net
from affekt.nets.quiet import quiet

VERSION = 1  # raise when the same pictures give another graph
# What costs time; input and normalisation stay as they are.
COMPUTED = ("Conv", "Clip", "Add", "GlobalAveragePool", "Gemm")

Square = UInt8[np.ndarray, "side side 3"]
Squares = Callable[[], Iterable[Square]]


def quantised(net: Net, squares: Squares, sha256: str) -> Net:
    """Give the net computed in integers; its graph is made when it first runs, and kept.

    Weights have 7 bits and a range for each channel of their own: with 8 bits, sums of two products
    overflow on processors that have AVX2 and no instructions for such nets (VNNI). Activations have
    8 bits, and the range that they have on the given pictures.

    Args:
        net: The net, in float32.
        squares: Gives the pictures that ranges are found on, as the net sees them.
        sha256: Of these pictures; the graph is filed under it.
    """
    return replace(
        net,
        name=f"{net.name}-int8",
        facts={**net.facts, "quantiser": str(VERSION), "calibration_sha256": sha256},
        build=partial(_build, net.build, squares),
        is_kept=True,
    )


def _build(build: Callable[[], bytes], squares: Squares) -> bytes:
    # Importing it takes longer than opening a net, and few ask for it.
    library = import_module("onnxruntime.quantization")

    class Reader(library.CalibrationDataReader):  # type: ignore[misc, name-defined]
        """Hands out one picture after the other."""

        def __init__(self) -> None:
            self._left: Iterator[Square] = iter(squares())

        def get_next(self) -> dict[str, UInt8[np.ndarray, "1 side side 3"]] | None:
            square = next(self._left, None)
            return None if square is None else {"pixels": square[None]}

    with TemporaryDirectory(prefix="affekt-") as folder, quiet("pre-processing"):
        whole, small = Path(folder, "float32.onnx"), Path(folder, "int8.onnx")
        whole.write_bytes(build())
        library.quantize_static(
            whole,
            small,
            Reader(),
            quant_format=library.QuantFormat.QDQ,
            per_channel=True,
            reduce_range=True,
            activation_type=library.QuantType.QUInt8,
            weight_type=library.QuantType.QInt8,
            calibrate_method=library.CalibrationMethod.MinMax,
            op_types_to_quantize=list(COMPUTED),
        )
        return small.read_bytes()
