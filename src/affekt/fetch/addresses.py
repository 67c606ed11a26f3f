"""Which addresses may be asked: those of the public network, whatever form they come in.

The rule allows rather than forbids. An address of version 6 may carry one of version 4; then that
one is judged, because the packets end there. The lists are those of the IANA special-purpose
registries (RFC 6890 and its updates), with two metadata services on public numbers.
"""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

NOT_PUBLIC_4 = tuple(
    IPv4Network(one)
    for one in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24",
        "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15",
        "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "168.63.129.16/32",  # the host of a machine in Azure
    )
)  # fmt: skip
UNICAST_6 = IPv6Network("2000::/3")  # all that is given out for global unicast
NOT_PUBLIC_6 = tuple(
    IPv6Network(one)
    for one in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)
# Where a version 6 address carries a version 4 one in its last four bytes: compatible, mapped,
# translated (RFC 6052 section 2.1, RFC 7915) and the well-known prefix of NAT64.
CARRIERS = tuple(
    IPv6Network(one) for one in ("::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96")
)
SIX_TO_FOUR, TEREDO = IPv6Network("2002::/16"), IPv6Network("2001::/32")
ISATAP = (0x00005EFE, 0x02005EFE)  # the first half of its interface identifier (RFC 5214)


def faces(address: Address) -> tuple[Address, ...]:
    """Give the addresses that an address stands for: itself, or what is wrapped in it.

    >>> faces(ip_address("::ffff:127.0.0.1")), faces(ip_address("2002:7f00:1::"))
    ((IPv4Address('127.0.0.1'),), (IPv4Address('127.0.0.1'),))
    """
    if isinstance(address, IPv4Address):
        return (address,)
    number = int(address)
    if any(address in one for one in CARRIERS):
        return (IPv4Address(number & 0xFFFFFFFF),)
    if address in SIX_TO_FOUR:
        return (IPv4Address(number >> 80 & 0xFFFFFFFF),)
    if address in TEREDO:  # its server, and its client with all bits turned
        return IPv4Address(number >> 64 & 0xFFFFFFFF), IPv4Address(~number & 0xFFFFFFFF)
    if number >> 32 & 0xFFFFFFFF in ISATAP:
        return address, IPv4Address(number & 0xFFFFFFFF)
    return (address,)


def is_public(address: Address) -> bool:
    """Tell whether an address, unwrapped, is globally routable unicast."""
    if isinstance(address, IPv4Address):
        return address.is_global and not any(address in one for one in NOT_PUBLIC_4)
    if address.scope_id is not None or address not in UNICAST_6:
        return False
    return address.is_global and not any(address in one for one in NOT_PUBLIC_6)


class Allowed:
    """The rule of one fetcher: public addresses, and networks of its owner besides."""

    def __init__(self, networks: Iterable[str] = ()) -> None:
        self.networks: tuple[Network, ...] = tuple(ip_network(one) for one in networks)

    def is_own(self, address: Address) -> bool:
        """Tell whether an address lies in a network of the owner."""
        return any(address.version == one.version and address in one for one in self.networks)

    def allows(self, text: str) -> bool:
        """Tell whether an address may be asked; what is no address may not."""
        try:
            address = ip_address(text)
        except ValueError:
            return False
        return self.is_own(address) or all(
            is_public(face) or self.is_own(face) for face in faces(address)
        )
