"""Runs a net by ONNX Runtime, one thread a call: who wants more calls from more threads.

One session a net serves all threads. With one thread it computes in the thread that calls it, so n
callers use n cores and never more, whatever the library's own defaults are.
"""

import logging
from collections.abc import Mapping
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
import onnxruntime
from jaxtyping import Float32, UInt8
from onnxruntime.capi import onnxruntime_pybind11_state as library

from affekt.nets.cache import kept
from affekt.nets.net import Net

# Best first. Others that may be installed are left out: they compute in lower precision (CoreML,
# TensorRT), allow no calls from several threads (DirectML), or send pictures to another machine
# (Azure).
PROVIDERS = ("CUDAExecutionProvider", "CPUExecutionProvider")
# What the library raises at a file that is no graph, or one it cannot run; they have no class
# in common.
NO_GRAPH: tuple[type[Exception], ...] = (
    library.Fail,
    library.InvalidArgument,
    library.InvalidGraph,
    library.InvalidProtobuf,
    library.NotImplemented,
    library.RuntimeException,
)
QUIET = 3  # errors only; the library's warnings are about its own choices

log = logging.getLogger(__name__)
_sessions: dict[str, "Session"] = {}
_lock = Lock()


class Signature(NamedTuple):
    """What a graph takes and gives.

    Attributes:
        takes: Type and shape of each input by its name; a text is an axis of any length.
        gives: The same of each output.
        facts: What the file says of itself.
    """

    takes: Mapping[str, tuple[Any, ...]]
    gives: Mapping[str, tuple[Any, ...]]
    facts: Mapping[str, str]


def provider() -> str:
    """Name of the execution provider that this machine's ONNX Runtime offers, CPU last."""
    available = onnxruntime.get_available_providers()
    return next(name for name in PROVIDERS if name in available)


class Session:
    """A net ready to run; safe to share between threads."""

    def __init__(self, net: Net) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = QUIET
        graph = kept(net.name, net.digest, net.build) if net.is_kept else net.build()
        self._session = onnxruntime.InferenceSession(graph, options, providers=_choice())
        self.provider: str = self._session.get_providers()[0]
        log.info("%s runs on %s", net.name, self.provider)

    def signature(self) -> Signature:
        """Give what the graph takes, gives and says of itself."""
        took, given = (
            {one.name: (one.type, *one.shape) for one in found}
            for found in (self._session.get_inputs(), self._session.get_outputs())
        )
        return Signature(took, given, dict(self._session.get_modelmeta().custom_metadata_map))

    def run(
        self, pixels: UInt8[np.ndarray, "image row column 3"], output: str
    ) -> Float32[np.ndarray, "image ..."]:
        """Give one output of the net for pictures of its input size."""
        answer: Float32[np.ndarray, "image ..."]
        (answer,) = self._session.run([output], {"pixels": pixels})
        return answer


def session(net: Net) -> Session:
    """Give the session of a net; opened at the first call, then shared by all threads."""
    with _lock:
        if net.digest not in _sessions:
            _sessions[net.digest] = Session(net)
        return _sessions[net.digest]


def _choice() -> list[str | tuple[str, dict[str, str]]]:
    """The chosen provider without reduced precision, and the CPU for what it cannot do."""
    precise = {"CUDAExecutionProvider": {"use_tf32": "0"}}
    chosen = [provider(), "CPUExecutionProvider"]
    return [(name, precise.get(name, {})) for name in dict.fromkeys(chosen)]
