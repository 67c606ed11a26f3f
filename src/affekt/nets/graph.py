"""Writes ONNX graphs: the few operators that affekt's nets are made of."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

OPSET = 17  # the oldest that has all that is used, so that old runtimes read it
IR_VERSION = 8
Array = NDArray[Any]


class Graph:
    """A graph that grows from input to outputs; a method gives the name of what it added."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._nodes: list[Any] = []
        self._model = onnx.ModelProto()

    def constant(self, values: Array) -> str:
        """Add fixed values."""
        # Into the model at once: a list of them would be copied twice more, 244 MB each in one net.
        name = f"constant_{len(self._model.graph.initializer)}"
        tensor = numpy_helper.from_array(np.ascontiguousarray(values), name)
        self._model.graph.initializer.append(tensor)
        return name

    def add(self, operator: str, *inputs: str, result: str = "", **settings: Any) -> str:
        """Add one operator; ``result`` names what it gives."""
        name = result or f"{operator.lower()}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(operator, list(inputs), [name], **settings))
        return name

    def convolution(
        self, x: str, kernel: Array, bias: Array, *, stride: int = 1, groups: int = 1
    ) -> str:
        """Add a convolution with TensorFlow's "same" padding: the odd pixel is below and right."""
        side = kernel.shape[-1]
        return self.add(
            "Conv", x, self.constant(kernel), self.constant(bias), auto_pad="SAME_UPPER",
            kernel_shape=[side, side], strides=[stride, stride], group=groups,
        )  # fmt: skip

    def relu6(self, x: str, *, result: str = "") -> str:
        """Add a cut to 0 … 6."""
        bounds = [self.constant(np.asarray(limit, np.float32)) for limit in (0, 6)]
        return self.add("Clip", x, *bounds, result=result)

    def pictures(self, side_px: int) -> str:
        """Add the input, uint8 (image, row, column, channel); gives float32, channels first."""
        self._input = helper.make_tensor_value_info(
            "pixels", TensorProto.UINT8, ["image", side_px, side_px, 3]
        )
        planes = self.add("Transpose", "pixels", perm=[0, 3, 1, 2])
        return self.add("Cast", planes, to=TensorProto.FLOAT)

    def serialised(self, outputs: Mapping[str, tuple[int, ...]], facts: Mapping[str, str]) -> bytes:
        """Give the ONNX file: outputs with their shape behind the image axis, facts for readers.

        Call it once, at the end.
        """
        results = [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, ["image", *shape])
            for name, shape in outputs.items()
        ]
        graph = helper.make_graph(self._nodes, self.name, [self._input], results)
        self._model.graph.MergeFrom(graph)
        self._model.producer_name, self._model.ir_version = "affekt", IR_VERSION
        self._model.opset_import.append(helper.make_opsetid("", OPSET))
        helper.set_model_props(self._model, dict(facts))
        serialised: bytes = self._model.SerializeToString()
        self._model.Clear()
        onnx.checker.check_model(serialised)
        return serialised
