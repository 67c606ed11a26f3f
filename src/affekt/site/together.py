"""Answers that come at the same time: one thread writes them, in one commit."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from affekt.journal.database import Database

T = TypeVar("T")


class Together:
    """Takes jobs of one event loop to the database; what comes meanwhile goes with the next.

    Each job in a thread of its own would cost two changes of thread a job, which is as much as the
    job itself. A server, which has no such common commit, gets its jobs side by side.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[tuple[Callable[[Connection], Any], asyncio.Future[Any]]] = []
        self._work: asyncio.Task[None] | None = None

    async def write(self, job: Callable[[Connection], T]) -> T:
        """Give what a job gives once that is on the disk, or raise what it raises."""
        if not self._database.is_sqlite:
            return await run_in_threadpool(self._database.write, job)
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append((job, done))
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._write_all())
        return await done

    async def _write_all(self) -> None:
        while self._waiting:
            pairs, self._waiting = self._waiting, []
            jobs = [job for job, _ in pairs]
            given: Sequence[object]
            try:
                given = await run_in_threadpool(self._database.write_each, jobs)
            except Exception as trouble:
                given = [trouble] * len(jobs)
            for (_, done), one in zip(pairs, given, strict=True):
                _tell(done, one)


def _tell(done: asyncio.Future[Any], outcome: object) -> None:
    if done.done():  # its request has gone away
        return
    if isinstance(outcome, Exception):
        done.set_exception(outcome)
    else:
        done.set_result(outcome)
