"""How many threads the blocks work on: what OpenCV takes by itself is one a processor."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def opencv_on_one_thread() -> Iterator[None]:
    """Let OpenCV work on the thread that calls it, in all of this process, until the block ends."""
    import cv2  # what extracts without it imports this file too

    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(before)
