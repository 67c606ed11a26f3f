"""The processes that train one net together: whose rows are whose, and what each is told."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from affekt.errors import UsageError

CPU = torch.device("cpu")
INTERFACES = ("GLOO_SOCKET_IFNAME", "NCCL_SOCKET_IFNAME")
PATIENCE = timedelta(minutes=30)  # a process that says nothing for so long is taken for dead


class Share(NamedTuple):
    """What a process does of a step.

    Attributes:
        rows: Its part of the batch; never empty, because all have to take part in every step.
        counts: False where the batch has fewer rows than there are processes, and its row is
            another one's.
    """

    rows: slice
    counts: bool


@dataclass(frozen=True)
class Group:
    """The processes that share every step; one alone has nobody to tell anything.

    Attributes:
        rank: Place of this process, from 0.
        size: How many there are.
    """

    rank: int = 0
    size: int = 1

    def share(self, rows: int) -> Share:
        """Give the part of a batch that is this process's: each row is counted by one of them."""
        first, end = (rows * at // self.size for at in (self.rank, self.rank + 1))
        return Share(slice(first, end), True) if first < end else Share(slice(0, 1), False)

    def total(self, values: Tensor) -> Tensor:
        """Give the sum of what all processes have here, the same to each.

        All that is sent lies on the devices that the processes met with, see `join`.
        """
        values = values.detach().clone()
        if self.size > 1:
            dist.all_reduce(values)
        return values

    def of_each(self, value: Tensor) -> list[Tensor]:
        """Give what each process has here, by rank."""
        if self.size == 1:
            return [value]
        values = [torch.empty_like(value) for _ in range(self.size)]
        dist.all_gather(values, value)
        return values

    def in_step(self, module: nn.Module) -> nn.Module:
        """Let every backward pass leave the mean of all processes' gradients, the same to each."""
        if self.size == 1:
            return module
        shared = DistributedDataParallel(module)
        shared.register_comm_hook(None, lambda _, bucket: _mean_by_rank(self.size, bucket.buffer()))
        return shared

    def level(self, net: nn.Module) -> None:
        """Make running means those of all processes: the mean of what each has seen."""
        if self.size == 1:
            return
        held = [one for one in net.buffers() if one.is_floating_point()]
        means = self.total(torch.cat([one.flatten() for one in held])) / self.size
        for one, mean in zip(held, means.split([one.numel() for one in held]), strict=True):
            one.copy_(mean.view_as(one))


ALONE = Group()


def _mean_by_rank(size: int, own: Tensor) -> Any:
    """Give the mean of all processes' gradients as a future, added up by rank.

    A ring would add each weight up in an order that depends on its place among the others, and that
    place changes behind the first step of a process: a run that was gone on with would differ.
    """
    parts = [torch.empty_like(own) for _ in range(size)]
    future = dist.all_gather(parts, own, async_op=True).get_future()
    return future.then(lambda _: _mean(parts))


def _mean(parts: list[Tensor]) -> Tensor:
    """Give the mean of what came, added up in this order."""
    for one in parts:
        if one.is_cuda:  # a card works on what follows a future beside all else, and has to be told
            one.record_stream(torch.cuda.current_stream(one.device))
    return sum(parts[1:], parts[0]) / len(parts)


def join(meeting: Path, rank: int, size: int, device: torch.device = CPU) -> Group:
    """Wait until all processes have come, and give their group; `leave` it in the end.

    They find each other through a file, not a port, and talk over the loopback interface alone;
    graphics cards of one machine reach each other's memory.

    Args:
        meeting: A file that does not exist before; on a local disk.
        rank: Place of this process, from 0.
        size: How many are to come.
        device: Of this process; all have the same kind. What they send each other lies there.

    Raises:
        UsageError: This process belongs to another group already, such as one of torchrun.
    """
    if dist.is_initialized() or dist.is_torchelastic_launched():
        raise UsageError(
            "train: this process is one of a group already, and affekt starts its own; start it "
            "without torchrun and set `processes` of [bench.nets.train]"
        )
    is_card = device.type == "cuda"
    with _over_loopback():
        dist.init_process_group(
            "nccl" if is_card else "gloo",
            f"file://{meeting.resolve()}",
            PATIENCE,
            world_size=size,
            rank=rank,
            device_id=device if is_card else None,  # makes NCCL connect while it is told how
        )
    return Group(rank, size)


def leave() -> None:
    """Leave the group, if this process is in one."""
    if dist.is_initialized():
        dist.destroy_process_group()


@contextmanager
def _over_loopback() -> Iterator[None]:
    """Let processes listen where no other machine can ask; read when a group is made."""
    before = {key: os.environ.get(key) for key in INTERFACES}
    os.environ.update(dict.fromkeys(INTERFACES, "lo0" if sys.platform == "darwin" else "lo"))
    try:
        yield
    finally:
        for key, value in before.items():
            if value is None:
                del os.environ[key]
            else:
                os.environ[key] = value
