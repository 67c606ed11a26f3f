"""Collecting from one source at a local server, cut off at any call and gone on with."""

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import polars as pl
import pytest

from affekt.errors import SourceError
from affekt.fetch.manners import Manners
from affekt.sources import Source
from affekt.stages.collect import Collect
from affekt.taxonomy import Emotion, Taxonomy
from tests.stages.test_collect import desk_at

TWO = Taxonomy(name="two", emotions=(Emotion(name="fear"), Emotion(name="awe")))
WORDS = Taxonomy(
    name="words",
    emotions=(Emotion(name="fear", keywords=("fear", "dread")), Emotion(name="awe")),
)
MANNERS = Manners(
    contact="test@example.org", allowed_networks=("127.0.0.0/8",), pause_seconds=0.001, tries=3
)


class Server(Protocol):
    """What a server must have: see `tests.servers.instagram.Graph`."""

    faults: dict[int, str]
    before: Callable[[int], None]


class Run(NamedTuple):
    """What a source gave, row by row as it came, and the calls that the server answered."""

    found: list[tuple[Any, ...]]
    dropped: list[tuple[Any, ...]]
    calls: list[Any]

    @property
    def rows(self) -> tuple[list[tuple[Any, ...]], ...]:
        """What is found and what is dropped."""
        return self.found, self.dropped


@dataclass(frozen=True)
class Trial:
    """A source that is cut off.

    Attributes:
        server: Where it asks.
        answered: The calls that the server has answered; grows.
        source: The source.
        taxonomy: The emotions that it is asked for.
        fault: What the server does at the call where the source is cut off; it ends the asking.
    """

    server: Server
    answered: list[Any]
    source: Source
    taxonomy: Taxonomy = field(default=TWO)
    fault: str = "404"

    def whole(self, project: Path) -> Run:
        """Collect, or go on with it, to the end."""
        n_before = len(self.answered)
        outcome = collected(self.source, project, self.taxonomy)
        assert isinstance(outcome.table, pl.DataFrame)
        assert isinstance(outcome.dropped, pl.DataFrame)
        found = outcome.table.drop("found_at")
        return Run(found.rows(), outcome.dropped.rows(), self.answered[n_before:])

    def cut(self, project: Path, call: int) -> Run:
        """Collect, cut off at a call, counted from 1, and go on to the end."""
        n_before, numbers = len(self.answered), count(1)
        self.server.before = lambda place: (
            self.server.faults.update({place: self.fault}) if next(numbers) == call else None
        )
        with pytest.raises(SourceError):
            collected(self.source, project, self.taxonomy)
        self.server.before = lambda _: None
        return self.whole(project)._replace(calls=self.answered[n_before:])

    def cut_everywhere(self, folder: Path) -> tuple[Run, dict[int, Run]]:
        """Give an undisturbed run, and those cut off at each of its calls that ended otherwise."""
        whole = self.whole(folder / "whole")
        calls = range(1, len(whole.calls) + 1)
        cuts = {call: self.cut(folder / f"{call}", call) for call in calls}
        return whole, {call: cut for call, cut in cuts.items() if cut != whole}

    def killed(self, project: Path, call: int) -> Run:
        """Collect in a process that is killed while the server has a call, and go on to the end."""
        n_before, numbers = len(self.answered), count(1)
        work = (self.source, project, self.taxonomy)
        child = get_context("spawn").Process(target=collected, args=work)
        self.server.before = lambda _: (
            os.kill(child.pid or 0, signal.SIGKILL) if next(numbers) == call else None
        )
        child.start()
        child.join()
        assert child.exitcode == -signal.SIGKILL
        child.close()
        self.server.before = lambda _: None
        return self.whole(project)._replace(calls=self.answered[n_before:])


def collected(source: Source, project: Path, taxonomy: Taxonomy) -> Any:
    """Collect from a source into a project."""
    stage = Collect(sources=(source,), taxonomy=taxonomy, fetch=MANNERS)
    return stage.run(desk_at(project))
