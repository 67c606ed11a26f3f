"""Walks a line without making anything: what stands, what waits, what would run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from affekt.errors import AffektError
from affekt.stage import Stage
from affekt.store import Failure, Product, Store, recipe_of


@dataclass(frozen=True)
class Open:
    """A step that does not stand.

    Attributes:
        stage: The stage that would run.
        state: ``waiting`` (for the crowd or the world), ``failed``, ``begun`` (was cut off), or
            ``open``.
        text: The sentence that goes with the state.
        tallies: Counts of what a step that was begun has met so far.
    """

    stage: Stage
    state: str = "open"
    text: str = ""
    tallies: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass
class Preview:
    """Has the verbs of a `Store`, and never writes."""

    store: Store
    steps: list[Product | Open] = field(default_factory=list)

    def make(self, stage: Stage, *inputs: Product | Open) -> Product | Open:
        """Give the product that stands, or what is known of the one that does not."""
        step = self._look(stage, inputs)
        self.steps.append(step)
        return step

    def attempt(self, stage: Stage, *inputs: Product | Open | Failure) -> Product | Open:
        """The same as `make`, and what failed before a step is the reason why that one lacks."""
        seen = [one for one in inputs if not isinstance(one, Failure)]
        for one in seen:
            if isinstance(one, Open) and one.state == "failed":
                self.steps.append(Open(stage, one.state, one.text))
                return self.steps[-1]
        return self.make(stage, *seen)

    def _look(self, stage: Stage, inputs: tuple[Product | Open, ...]) -> Product | Open:
        made = [one for one in inputs if isinstance(one, Product)]
        if len(made) < len(inputs):
            return Open(stage)
        try:
            recipe = recipe_of(stage, *made)
        except AffektError as trouble:  # what it reads outside is not there yet
            return Open(stage, "open", str(trouble))
        found = self.store.find(stage, recipe)
        if found:
            return found
        note: Mapping[str, Any] = self.store.state(stage, recipe)
        return Open(stage, note.get("state", "open"), note.get("text", ""), note.get("tallies", {}))
