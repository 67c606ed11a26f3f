"""Asking Openverse: without a key or with a registered client, slowly where little is left."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from affekt.errors import MissingSecret, SourceError
from affekt.fetch.fetcher import Fetcher
from affekt.fetch.words import Call, Quota
from affekt.sources._rest import rest
from affekt.sources.openverse.answers import Found, Reading, TokenReading
from affekt.sources.openverse.rates import Rate

EARLY = 60.0  # s before its end that a token is no longer used


class Client(NamedTuple):
    """A registered client; its representation shows neither id nor secret."""

    id: str
    secret: str
    names: str  # of the variables, to be named when they are refused

    def __repr__(self) -> str:
        return f"Client(***, ***, {self.names!r})"


class _Token(NamedTuple):
    text: str
    until: float  # s since 1970

    def __repr__(self) -> str:
        return "_Token(***)"


# A token is good for hours and for every query, so it is asked for once a process; never written.
_TOKENS: dict[str, _Token] = {}


@dataclass
class Door:
    """The way to the API.

    Attributes:
        base: Address of the API, with a slash at its end.
        client: Who asks; None for nobody in particular.
        calls_per_minute: Calls at most, of all processes together.
        fetcher: The way out.
    """

    base: str
    client: Client | None
    calls_per_minute: int
    fetcher: Fetcher

    def __post_init__(self) -> None:
        self._rates: list[Rate] = []

    def ask(self, asked: Mapping[str, str]) -> Found:
        """Give a page of a search.

        Raises:
            NotYet: The calls allowed are used up for longer than may be waited for.
            MissingSecret: Id and secret are refused.
        """
        for rate in self._rates:
            why = f"openverse: {rate.left} of {rate.told} calls are left"
            rest(self.fetcher, rate.pause(self.fetcher.manners.wait_seconds), why)
        reading = self._asked(asked)
        if reading.is_denied:  # the token may have ended early
            self._forget()
            reading = self._asked(asked)
        if reading.is_denied:
            assert self.client is not None
            raise MissingSecret(
                f"openverse: the server does not accept the client in {self.client.names}; confirm "
                "its mail address, or register another one; what has come is kept"
            )
        return reading.found

    def _asked(self, asked: Mapping[str, str]) -> Reading:
        token = self._token()
        reading = Reading(has_token=token is not None)
        secret_headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
        owner = self.client.id if self.client else self.base
        has_client = self.client is not None
        quota = Quota("openverse", owner, self.calls_per_minute, 60.0, is_secret=has_client)
        call = Call(f"{self.base}images/", asked, secret_headers=secret_headers, quota=quota)
        self.fetcher.call(call, reading)
        self._rates = reading.rates
        return reading

    def _token(self) -> str | None:
        """Give the token to send, asked for where there is none that is still good."""
        if self.client is None:
            return None
        now = self.fetcher.settings.clock.now()
        known = _TOKENS.get(self._key())
        if known is None or known.until - EARLY <= now:
            known = self._new_token(self.client, now)
            _TOKENS[self._key()] = known
        return known.text

    def _new_token(self, client: Client, now: float) -> _Token:
        reading = TokenReading(client.names)
        call = Call(
            f"{self.base}auth_tokens/token/",
            {"grant_type": "client_credentials"},
            {"client_id": client.id, "client_secret": client.secret},
            is_posted=True,
        )
        self.fetcher.call(call, reading)
        if not reading.token:
            raise SourceError("openverse: the server gave no token; run the command again later")
        return _Token(reading.token, now + reading.seconds)

    def _forget(self) -> None:
        _TOKENS.pop(self._key(), None)

    def _key(self) -> str:
        assert self.client is not None
        return sha256(f"{self.base}\0{self.client.id}\0{self.client.secret}".encode()).hexdigest()
