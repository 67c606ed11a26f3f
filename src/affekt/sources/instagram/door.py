"""Asking the Graph API: with the token, slowly where little is left, later where it says so."""

from collections.abc import Mapping

from affekt.fetch.fetcher import Fetcher
from affekt.fetch.words import Call
from affekt.sources._rest import rest
from affekt.sources.instagram.answers import Reading
from affekt.sources.instagram.usage import Usage

FIRST_WAIT = 60.0  # s, when the server throttles and does not say for how long


class Door:
    """The way to the API for one account.

    Args:
        root: Address of the API with its version, without a slash at its end.
        token: The token.
        token_env: The variable that it comes from, to be named when it is refused.
        account: Number of the account.
        fetcher: The way out.
    """

    def __init__(
        self, root: str, token: str, token_env: str, account: str, fetcher: Fetcher
    ) -> None:
        self.root, self.account, self.fetcher = root, account, fetcher
        self._token, self._token_env = token, token_env
        self._usage = Usage()

    def ask(self, path: str, asked: Mapping[str, str]) -> Reading:
        """Give what the server says, throttling apart: that is waited for.

        Raises:
            NotYet: It would have to be waited for longer than a server may ask.
        """
        longest = self.fetcher.manners.wait_seconds
        rest(self.fetcher, self._usage.closed, "instagram: the server will refuse for a while")
        slower = min(self._usage.pause(), longest)
        rest(self.fetcher, slower, f"instagram: {self._usage.percent:g} % of the calls are used")
        n_waits, is_repeated = 0, False
        while True:
            reading = self._asked(path, asked)
            is_repeated = reading.is_repeated = is_repeated or reading.is_repeated
            if reading.refusal is None or reading.refusal.kind != "throttled":
                return reading
            n_waits += 1
            wait = max(self._usage.closed, FIRST_WAIT * n_waits)
            rest(self.fetcher, wait, f"instagram: too many calls: {reading.refusal.words}")

    def _asked(self, path: str, asked: Mapping[str, str]) -> Reading:
        reading = Reading(self._token_env)
        secrets = {"access_token": self._token, "user_id": self.account}
        answer = self.fetcher.call(Call(f"{self.root}/{path}", asked, secrets), reading)
        reading.is_repeated = answer.tries > 1
        self._usage = reading.usage
        return reading
