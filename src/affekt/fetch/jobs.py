"""A link on its way to an end: where it leads by now, and what was tried."""

from affekt.fetch.links import Target
from affekt.fetch.secrets import hide
from affekt.fetch.words import Fetched, Link


class Job:
    """One link and what became of it so far; its queue is that of the host it leads to."""

    __slots__ = (
        "attempts", "detail", "failures", "hops", "link", "naps", "reason", "seen", "status",
        "target", "until", "waits",
    )  # fmt: skip

    def __init__(self, link: Link, target: Target) -> None:
        self.link, self.target = link, target
        self.attempts = 0  # requests sent
        self.failures = 0  # requests that failed and may heal
        self.hops = 0  # redirects followed
        self.seen: set[str] = set()  # links that were redirected from
        self.naps = 0  # times that this machine had no room for a connection
        self.waits = 0  # times put off to the end
        self.until = 0.0  # before this it need not be asked again
        self.status: int | None = None
        self.reason: str | None = None
        self.detail: str | None = None

    @property
    def host(self) -> str:
        """Whom to ask."""
        return self.target.host

    def failed(self, reason: str, detail: str | None) -> Fetched:
        """Give the end of a link without a picture."""
        url = None if self.status is None else hide(str(self.target.url))
        return Fetched(
            self.link.name, None, reason, detail, self.status, url, attempts=self.attempts
        )

    def arrived(self, data: bytes) -> Fetched:
        """Give the end of a link with one."""
        url = hide(str(self.target.url))
        return Fetched(self.link.name, data, None, None, self.status, url, self.attempts)
