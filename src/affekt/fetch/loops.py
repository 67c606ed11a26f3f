"""An event loop in a thread of its own, so that the rest of affekt need not know of any."""

import asyncio
import contextlib
import logging
import os
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import wait
from typing import Any, TypeVar

from affekt.fetch.secrets import hide

CLOSING_SECONDS = 5.0
LONGEST_NAP = 0.5  # s; an interrupt that comes just before a wait is noticed behind it

T = TypeVar("T")
log = logging.getLogger(__name__)


class Loop:
    """Runs coroutines for threads that have no loop."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(_tell)
        self._thread = threading.Thread(target=self._main, name="affekt-fetch", daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Give what a coroutine gives; an interrupt of the caller ends it too."""
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            while not future.done():
                wait((future,), LONGEST_NAP)
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def soon(self, function: Callable[..., object], *given: object) -> None:
        """Call a function in the loop; when that has ended there is nothing to be done."""
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(function, *given)

    def is_alive(self) -> bool:
        """Tell whether it runs, in this process."""
        return self.pid == os.getpid() and self._thread.is_alive()

    def is_here(self) -> bool:
        """Tell whether the caller runs inside it, where nothing may be waited for."""
        return threading.current_thread() is self._thread

    def close(self, last: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """End the loop after a last piece of work."""
        if not self.is_alive():
            return
        self.soon(lambda: self._loop.create_task(self._end(last)))
        if not self.is_here():
            self._thread.join(CLOSING_SECONDS)

    async def _end(self, last: Callable[[], Coroutine[Any, Any, None]]) -> None:
        try:
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
            await last()
        finally:
            self._loop.stop()

    def _main(self) -> None:
        try:
            self._loop.run_forever()
        finally:
            self._loop.close()


def _tell(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Log what nobody waits for; the loop's own message could show a link with its key."""
    log.warning("%s", hide(f"{context.get('message')}: {context.get('exception')!r}"))
