"""A marketplace in this process, for a campaign that has no other: it pays nobody, costs nothing.

Its state lies beside the journal between two steps, so that a campaign goes on after any of them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from affekt.amt.emulator import market
from affekt.amt.emulator.market import Market
from affekt.amt.emulator.people import Population
from affekt.amt.emulator.server import Emulator
from affekt.amt.emulator.world import World


@contextmanager
def rehearsal(path: Path, people: Population, seed: int) -> Iterator[Emulator]:
    """Give a marketplace with people in it; what became of it is kept in ``path``.

    Args:
        path: Where its state lies between two rehearsals; it begins anew where there is none.
        people: Who works there.
        seed: Of a marketplace that begins anew.
    """
    state = market.load(path) if path.exists() else Market(seed=seed)
    with Emulator(World(state, people)) as emulator:
        yield emulator
        emulator.do(lambda world: market.save(world.market, path))
