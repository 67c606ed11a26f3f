"""What one step of a campaign has at hand: who asks, what is remembered, and where."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from affekt.amt.client import Client
from affekt.amt.emulator.server import Emulator
from affekt.amt.ledger import LedgerFile

if TYPE_CHECKING:
    from affekt.journal.votes import Votes


class Desk(NamedTuple):
    """Open while a step runs."""

    client: Client
    ledger: LedgerFile
    address: str  # of the marketplace
    emulator: Emulator | None  # the marketplace itself, where it is ours


def ledger_path(journal: "Votes") -> Path:
    """Give the file beside the journal in which a campaign remembers what it asked and owes."""
    return journal.folder / f"amt-{journal.campaign[:32]}.db"
