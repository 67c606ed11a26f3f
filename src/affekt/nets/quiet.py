"""Keeps libraries from warning, through the root logger, of what is meant."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet(words: str) -> Iterator[None]:
    """Leave out messages of the root logger that hold these words."""
    root = logging.getLogger()

    def is_other(record: logging.LogRecord) -> bool:
        return words not in record.getMessage()

    root.addFilter(is_other)
    try:
        yield
    finally:
        root.removeFilter(is_other)
