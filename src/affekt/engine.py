"""Where tables and per-picture work run: on this machine, or on a Ray cluster.

A process runs on one engine from its first table to its end. Every result is the same on both.
"""

import importlib
import os
import platform
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from affekt.errors import MachineError, MissingExtra, UsageError
from affekt.files import Files, endpoint, region

if TYPE_CHECKING:
    import daft

NATIVE = "native"
RAY = "ray"
ADDRESS = re.compile(r"ray://[A-Za-z0-9.\-\[\]:]+:\d{1,5}")
CREDENTIALS = {
    "key_id": "AWS_ACCESS_KEY_ID",
    "access_key": "AWS_SECRET_ACCESS_KEY",
    "session_token": "AWS_SESSION_TOKEN",
}
READ_AT_ONCE = 2  # files, or parts of a file, on one machine
MOST_PARTS = 128  # of a file; each of them reads its footer again
ROW_GROUPS = 2  # of a part at least
ALLOWED = "'native', 'ray' or 'ray://host:port'"


def is_known(name: object) -> bool:
    """Tell whether a plan may name this engine.

    >>> is_known("ray://head:10001"), is_known("spark")
    (True, False)
    """
    return name in (NATIVE, RAY) or (isinstance(name, str) and bool(ADDRESS.fullmatch(name)))


def hardware() -> dict[str, str]:
    """Give what is known of the machine, name → words; no name of the machine or of its user."""
    return {
        "processor": platform.machine(),
        "cores": str(len(os.sched_getaffinity(0))),
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 1e9:.0f} GB",
        "system": platform.system(),
    }


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


def read(files: Files, paths: Sequence[str | Path]) -> "daft.DataFrame":
    """Give the rows of Parquet files, lazily, so that every machine of the engine can read them.

    Where the project lies in an object store and a cluster does the work, its machines read there;
    what is only here, the scratch of a stage, is published for them first.
    """
    read_parquet: Callable[..., daft.DataFrame] = _library("daft").read_parquet
    whole = [Path(path) for path in paths]
    groups = parts_of(files.ensure(whole[0])) if len(whole) == 1 else None
    n_parts = len(groups or [0])
    if is_cluster() and files.url:
        for path in whole:
            if path.exists():
                files.publish(path)
        there = [files.address(path) for path in whole] * n_parts
        return read_parquet(there, row_groups=groups, io_config=_access())
    if not is_cluster():  # it reads ahead as far as it is let, into memory
        _library("daft").set_execution_config(scantask_max_parallel=READ_AT_ONCE)
    here = [str(files.ensure(path)) for path in whole] * n_parts
    return read_parquet(here, row_groups=groups)


def parts_of(path: Path) -> list[list[int]] | None:
    """Give the row groups of a file in parts that are read one after the other; None for one."""
    n_groups = _library("pyarrow.parquet").read_metadata(path).num_row_groups
    step = max(ROW_GROUPS, -(-n_groups // MOST_PARTS))
    parts = [list(range(start, min(start + step, n_groups))) for start in range(0, n_groups, step)]
    return parts if len(parts) > 1 else None


def _access() -> Any:
    """Give how machines of a cluster reach the object store: as this one does."""
    io = _library("daft.io")
    server = endpoint()
    given = {name: os.environ.get(variable) for name, variable in CREDENTIALS.items()}
    known = {name: value for name, value in given.items() if value}
    if server:
        known |= {"endpoint_url": server}
    use_ssl = not (server or "").startswith("http://")
    return io.IOConfig(s3=io.S3Config(region_name=region(), use_ssl=use_ssl, **known))


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
