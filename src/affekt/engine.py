"""Where tables and per-picture work run: on this machine, or on a Ray cluster.

A process runs on one engine from its first table to its end. Every result is the same on both.
"""

import importlib
import os
import re
import sys
from types import ModuleType

from affekt.errors import MachineError, MissingExtra, UsageError

NATIVE = "native"
RAY = "ray"
ADDRESS = re.compile(r"ray://[A-Za-z0-9.\-\[\]:]+:\d{1,5}")
ALLOWED = "'native', 'ray' or 'ray://host:port'"


def is_known(name: object) -> bool:
    """Tell whether a plan may name this engine.

    >>> is_known("ray://head:10001"), is_known("spark")
    (True, False)
    """
    return name in (NATIVE, RAY) or (isinstance(name, str) and bool(ADDRESS.fullmatch(name)))


def use(name: str) -> None:
    """Let this process run on ``native``, ``ray`` or ``ray://host:port``; again changes nothing.

    ``ray`` joins the cluster that runs on this machine or that ``RAY_ADDRESS`` names, and starts
    one of its own where there is none.

    Raises:
        UsageError: No engine has that name, or the process runs on another one already.
        MissingExtra: Ray is not installed.
        MachineError: The cluster does not answer.
    """
    if not is_known(name):
        raise UsageError(f"engine: {name!r} is not known; {ALLOWED} is expected")
    kind, address = (NATIVE, None) if name == NATIVE else (RAY, name if name != RAY else None)
    if kind == RAY:
        _check_ray()
    if _running() not in (None, kind):
        raise UsageError(
            f"engine: {name!r} was asked for, but this process runs on {_running()!r} already, and "
            "one process keeps one engine; start a new one"
        )
    if _running() is None:
        _start(kind, address)


def is_cluster() -> bool:
    """Tell whether work goes to the workers of a cluster."""
    return _running() == RAY


def places() -> int:
    """Give how many processes can work at once: the processors of this machine or the cluster."""
    if is_cluster():
        return max(1, int(_library("ray").cluster_resources().get("CPU", 1)))
    return len(os.sched_getaffinity(0))


def _running() -> str | None:
    """Give the engine of this process, None before its first table."""
    runner = _library("daft.runners")._get_runner()
    return None if runner is None else str(runner.name)


def _start(kind: str, address: str | None) -> None:
    daft = _library("daft")
    if kind == NATIVE:
        daft.set_runner_native()
        return
    try:
        _join(address)
        daft.set_runner_ray(noop_if_initialized=True)
    except (ConnectionError, RuntimeError, ValueError) as trouble:
        raise MachineError(
            f"engine: the Ray cluster {address or 'of this machine'} cannot be used ({trouble}); "
            "look whether it runs with `ray status`, and whether its Python and its versions of "
            "ray, daft and affekt are the ones of this machine"
        ) from trouble


def _join(address: str | None) -> None:
    ray = _library("ray")
    if ray.is_initialized():
        return
    quiet = {"log_to_driver": False, "logging_level": "ERROR"}
    if address is None:
        ray.init(include_dashboard=False, **quiet)
    else:
        ray.init(address, **quiet)


def _check_ray() -> None:
    try:
        _library("ray")
    except ImportError as missing:
        raise MissingExtra(
            "engine: a cluster needs Ray: pip install 'affekt[cluster]'"
        ) from missing


def _library(name: str) -> ModuleType:
    """Give a heavy library, which is imported when it is first needed."""
    return sys.modules.get(name) or importlib.import_module(name)
