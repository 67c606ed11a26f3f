"""The people of a replay: those of `affekt.simulation`, as the marketplace meets them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from affekt.amt.batch_page import BROKEN, NO, SKIP, YES
from affekt.amt.emulator.forms import Item
from affekt.amt.emulator.people import Done
from affekt.simulation import Asked, Person, answers
from affekt.taxonomy import MIKELS8

TEST_PACE = 2.0  # times as long as a vote: one of eight is chosen
SHARES = {"honest": 0.13, "hasty": 0.25, "random": 0.58, "always_yes": 0.02, "always_no": 0.02}


@dataclass
class Cast:
    """A population of the emulator.

    Attributes:
        people: Who there is.
        key: Question of the test → its right answer.
        asked: Question → the emotion asked about, and whether it is felt.
    """

    people: Sequence[Person]
    key: Mapping[str, str]
    asked: Mapping[str, tuple[str, bool]]
    _nth: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._by_id = {f"A{number:012}": one for number, one in enumerate(self.people)}

    def workers(self) -> Sequence[str]:
        """Give their ids at the marketplace."""
        return list(self._by_id)

    def test(self, worker: str, items: Sequence[Item]) -> Done:
        """Give a person's answers to the test."""
        one = self._by_id[worker]
        chosen = {
            each.name: one.test_answer(each.name, self.key[each.name], MIKELS8) for each in items
        }
        return Done(chosen, {each.name: TEST_PACE * one.traits.seconds for each in items})

    def answers(self, worker: str, items: Sequence[Item]) -> Done | None:
        """Give a person's votes on a batch; what they pass over is no vote."""
        one, names = self._by_id[worker], [each.name for each in items]
        begun = self._nth.get(worker, 0)
        self._nth[worker] = begun + len(names)
        asked = Asked(
            np.zeros(len(names), int),
            names,
            [self.asked[name][0] for name in names],
            np.array([self.asked[name][1] for name in names]),
            np.arange(begun, begun + len(names)),
        )
        felt, seconds = answers([one], asked)
        words = [_word(one, name, yes) for name, yes in zip(names, felt.tolist(), strict=True)]
        return Done(
            dict(zip(names, words, strict=True)), dict(zip(names, seconds.tolist(), strict=True))
        )


def _word(one: Person, name: str, felt: bool) -> str:
    passed = {"skip": SKIP, "not_loaded": BROKEN}.get(one.passes_over(name))
    return passed or (YES if felt else NO)
