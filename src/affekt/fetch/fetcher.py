"""The way out: calls of APIs one by one, pictures many at a time."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from affekt.errors import MissingSecret
from affekt.fetch.manners import Manners
from affekt.fetch.words import Answer, Call, Fetched, Link

Judge = Callable[[Answer], str | None]


class Fetcher:
    """Asks other people's servers; safe to make anew at any time.

    Args:
        manners: How to behave.
        ledger: Folder where allowances used up are remembered; shared by all processes.
        opt_outs: Words in the headers of a picture's answer that forbid its use.
        max_bytes: Size of a picture at most.

    Raises:
        MissingSecret: `manners` name no contact.
    """

    def __init__(
        self,
        manners: Manners,
        ledger: Path,
        *,
        opt_outs: tuple[str, ...] = (),
        max_bytes: int = 20_000_000,
    ) -> None:
        if manners.contact is None:
            raise MissingSecret(
                "fetch: no contact is given, and servers are asked by nobody unnamed; set "
                '`contact = "you@example.org"` in [fetch]'
            )
        self.manners, self.ledger = manners, ledger
        self.opt_outs, self.max_bytes = opt_outs, max_bytes

    def call(self, call: Call, judge: Judge) -> Answer:
        """Give the answer to one call.

        Args:
            call: What is asked.
            judge: Tells why an answer must be asked for again, None when it is good; it may raise
                what ends the asking. It sees every answer that came whole, whatever its status.

        Raises:
            SourceError: No good answer came after all tries; in the server's own words, cleaned.
        """
        raise SystemError

    def pictures(self, links: Iterable[Link]) -> Iterator[Fetched]:
        """Give what became of each link, in the order in which that is known.

        Links are taken as there is room for them, so memory does not grow with their number.
        """
        raise SystemError
