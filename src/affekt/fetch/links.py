"""Which links may be followed, and how they are spelled on the way."""

import re
from functools import lru_cache
from ipaddress import ip_address
from typing import NamedTuple

from yarl import URL

from affekt.errors import PictureError
from affekt.fetch.addresses import Allowed
from affekt.foreign import clean

PORTS = {80, 443, 8080, 8443}
SCHEMES = ("http", "https")
LONGEST = 8_000  # characters; most servers refuse longer ones
TIDY = re.compile(r"[A-Za-z0-9\-._~:/?\[\]@!$&'()*+,;=%]+")  # needs no other spelling
CONTROL = re.compile(r"[\x00-\x1f\x7f\\]")
NUMBER = re.compile(r"(0x[0-9a-f]*|[0-9]+)\.?", re.IGNORECASE)  # what an old form of IPv4 ends in


class Target(NamedTuple):
    """A link that may be asked.

    Attributes:
        url: The link, normalised.
        host: Name or address, and port: who is asked.
    """

    url: URL
    host: str


def target(link: str, allowed: Allowed) -> Target:
    """Give where a link leads: blanks and foreign letters escaped, the fragment cut off.

    Raises:
        PictureError: ``forbidden-link``, or ``forbidden-address`` for a literal one.
    """
    url = _parsed(link)
    if url.scheme not in SCHEMES or not url.raw_host:
        raise _forbidden(link, "only http and https links are followed")
    if url.raw_user is not None or url.raw_password is not None:
        raise _forbidden(url.scheme, "a link with a user or password in it is not followed")
    host, port = url.raw_host.lower(), url.port or 0
    is_own = _is_own_literal(host, allowed)
    if port not in PORTS and not is_own:
        raise _forbidden(f"port {port}", f"only {', '.join(map(str, sorted(PORTS)))} are asked")
    return Target(url, f"{host}:{port}")


def _parsed(link: str) -> URL:
    text = link.strip().partition("#")[0]
    if len(text) > LONGEST or CONTROL.search(text):
        raise _forbidden(text, "too long, or with characters that no link has")
    try:
        url = URL(text, encoded=TIDY.fullmatch(text) is not None)
        _ = url.raw_host, url.port  # read now: what stands there may be no host or port
        return url
    except (ValueError, UnicodeError):
        raise _forbidden(text, "it cannot be read") from None


@lru_cache(maxsize=4_096)  # most links of a run lead to few hosts
def _is_own_literal(host: str, allowed: Allowed) -> bool:
    """Tell whether a host is an address in a network of the owner; refuse any other but public."""
    try:
        address = ip_address(host)
    except ValueError:
        if NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]):
            raise PictureError("forbidden-address", f"{clean(host)!r}, a disguised one") from None
        return False
    if not allowed.allows(host):
        raise PictureError("forbidden-address", str(address))
    return allowed.is_own(address)


def _forbidden(what: str, why: str) -> PictureError:
    return PictureError("forbidden-link", f"{clean(what, 100)!r}: {why}")
