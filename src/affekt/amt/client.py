"""The requester's side of the wire, over boto3; the one file that imports it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from affekt.amt import shapes
from affekt.amt.pace import Pace
from affekt.errors import MissingExtra, Refused, SourceError

PRODUCTION = "https://mturk-requester.us-east-1.amazonaws.com"
SANDBOX = "https://mturk-requester-sandbox.us-east-1.amazonaws.com"
REGION = "us-east-1"
PASSING = frozenset(["ThrottlingException", "ServiceFault", "HITNotReady"])
MOST_ATTEMPTS = 10
DONE_BEFORE = frozenset(["HITAlreadyExists", "HitAlreadyExists", "DuplicateRequest"])
PAGE = 100


class Denial(SourceError):
    """The marketplace refused, and asking again does not help; ``code`` is its own word."""

    def __init__(self, operation: str, code: str, text: str) -> None:
        self.code = code.removeprefix("AWS.MechanicalTurk.")
        self.text = text
        super().__init__(f"Mechanical Turk refused {operation}: {text}")

    @property
    def was_done_before(self) -> bool:
        """Whether the same request was granted before, so that nothing is lost."""
        return self.code in DONE_BEFORE or "already been processed" in self.text

    def named(self) -> str:
        """Give the id that the message names; ``""`` without one."""
        found = re.search(r"\b[A-Z0-9]{20,64}\b", self.text)
        return found[0] if found else ""


@dataclass
class Client:
    """Asks the marketplace, at a pace, again after what passes.

    Attributes:
        endpoint: Address of the service.
        pace: How fast.
        production: Real money may be spent.
        has_cap: A limit of spending is set.
    """

    endpoint: str
    pace: Pace = field(default_factory=Pace)
    production: bool = False
    has_cap: bool = False

    def __post_init__(self) -> None:
        check_endpoint(self.endpoint, production=self.production, has_cap=self.has_cap)
        self._client = _connected(self.endpoint)

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def call(self, operation: str, **request: Any) -> dict[str, Any]:
        """Give the answer to a request, which is checked before it is sent.

        Raises:
            UsageError: The marketplace would not take it.
            Denial: It did not.
            SourceError: It does not answer, or is in trouble for too long.
        """
        shapes.check(operation, request)
        attempt = 0
        while True:
            self.pace.take()
            trouble = self._tried(operation, request)
            if isinstance(trouble, dict):
                self.pace.went_well()
                return trouble
            attempt += 1
            if attempt >= MOST_ATTEMPTS:
                raise SourceError(
                    f"Mechanical Turk at {self.endpoint} did not do {operation} in {attempt} "
                    f"attempts ({trouble}); run again later, nothing is lost"
                )
            self.pace.after(attempt, throttled=trouble == "ThrottlingException")

    def pages(self, operation: str, rows: str, **request: Any) -> Iterator[list[dict[str, Any]]]:
        """Give the rows of a list, page by page."""
        token: Mapping[str, str] = {}
        while True:
            answer = self.call(operation, MaxResults=PAGE, **token, **request)
            yield answer.get(rows, [])
            if not answer.get("NextToken"):
                return
            token = {"NextToken": answer["NextToken"]}

    def _tried(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any] | str:
        """Give the answer, or the word of a trouble that may pass."""
        from botocore import xform_name
        from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

        try:
            answer: dict[str, Any] = getattr(self._client, xform_name(operation))(**request)
        except ClientError as trouble:
            return _passing(operation, trouble.response)
        except (ConnectionError, HTTPClientError) as trouble:
            return type(trouble).__name__
        answer.pop("ResponseMetadata", None)
        return answer


def _passing(operation: str, response: Mapping[str, Any]) -> str:
    error = response.get("Error", {})
    kind, code = error.get("Code", ""), response.get("TurkErrorCode", "")
    for name in (kind, code.rpartition(".")[2]):
        if name in PASSING:
            return str(name)
    if response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400) >= 500:
        return str(kind)
    raise Denial(operation, code or kind, response.get("Message") or error.get("Message", ""))


def is_here(endpoint: str) -> bool:
    """Whether an address is of this machine."""
    return urlsplit(endpoint).hostname in ("127.0.0.1", "localhost", "::1")


def check_endpoint(endpoint: str, *, production: bool, has_cap: bool) -> None:
    """Refuse to spend money that nobody has allowed.

    Raises:
        Refused: The address is neither this machine nor the sandbox, and production was not asked
            for with a limit of spending.
    """
    if is_here(endpoint) or endpoint.rstrip("/") == SANDBOX:
        return
    if not (production and has_cap):
        raise Refused(
            f"{endpoint} spends real money; set `production = true` and a `cap` in dollars, or "
            "name the address of `affekt amt-emulator`"
        )


@cache
def _session() -> Any:
    """Give boto3's session; it reads its tables of all services once."""
    try:
        import boto3
    except ImportError as trouble:
        raise MissingExtra(
            "Mechanical Turk is asked with boto3: pip install 'affekt[amt]'"
        ) from trouble
    return boto3.session.Session()


def _connected(endpoint: str) -> Any:
    session = _session()
    from botocore.config import Config

    here = is_here(endpoint)
    known = {"aws_access_key_id": "emulator", "aws_secret_access_key": "emulator"} if here else {}
    config = Config(
        retries={"total_max_attempts": 1}, proxies={} if here else None, read_timeout=30
    )
    return session.client(
        "mturk", region_name=REGION, endpoint_url=endpoint, config=config, **known
    )
