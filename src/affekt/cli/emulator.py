"""`amt-emulator`: a marketplace on this machine, until it is interrupted."""

import sys
import time
from pathlib import Path
from typing import Any

from affekt.amt.emulator import faults as wrong
from affekt.amt.emulator import market
from affekt.amt.emulator.market import Market
from affekt.amt.emulator.people import People, shares_of
from affekt.amt.emulator.server import Emulator
from affekt.amt.emulator.world import World
from affekt.cli import voice

NAP_SECONDS = 0.2


def emulate(*, seed: int, workers: int, state: str | None, as_json: bool, **options: Any) -> None:
    """Open the port, say where it is, and wait."""
    path = Path(state) if state else None
    begun = market.load(path) if path and path.exists() else Market(seed=seed)
    people = People(seed, workers, shares_of(options["kinds"])) if workers else None
    faults = wrong.read(options["faults"], seed)
    world = World(begun, people, options["speed"])
    with Emulator(world, options["port"], options["host"], faults) as emulator:
        told = {"address": emulator.address, "seed": seed, "workers": workers}
        if as_json:
            voice.document(told)
        else:
            voice.line(f"a marketplace that pays nobody: {emulator.address}/worker")
        sys.stdout.flush()
        try:
            while True:  # in short naps: a signal that another thread takes wakes nobody
                time.sleep(NAP_SECONDS)
        finally:
            if path:
                emulator.do(lambda there: market.save(there.market, path))
