"""Only public addresses are asked, whatever form a private one comes in (X2, B27)."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from affekt.fetch.addresses import NOT_PUBLIC_4, Allowed, faces, is_public

NOBODY = Allowed()
PRIVATE_4 = (
    "0.0.0.0", "10.1.2.3", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.254",
    "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.192", "192.0.2.1",
    "192.88.99.1", "192.168.0.1", "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9",
    "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "168.63.129.16",
)  # fmt: skip
PRIVATE_6 = (
    "::", "::1", "fe80::1", "fe80::1%eth0", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1",
    "100::1", "2001:db8::1", "2001:2::1", "2001:10::1", "2001:20::1", "3fff::1", "5f00::1",
    "64:ff9b:1::a00:1", "4000::1", "8000::1", "2620:4f:8000::1",
)  # fmt: skip
PUBLIC = ("1.1.1.1", "8.8.8.8", "93.184.216.34", "2606:2800:220:1::1", "2a00:1450:4001::200e")
FORMS = {  # every way in which version 6 carries an address of version 4
    "mapped": lambda v4: 0xFFFF << 32 | v4,
    "compatible": lambda v4: v4,
    "translated": lambda v4: 0xFFFF << 48 | v4,
    "NAT64": lambda v4: 0x64FF9B << 96 | v4,
    "6to4": lambda v4: 0x2002 << 112 | v4 << 80 | 1,
    "Teredo's server": lambda v4: 0x20010000 << 96 | v4 << 64 | 0xFEFEFEFE,
    "Teredo's client": lambda v4: 0x20010000 << 96 | 0x08080808 << 64 | (v4 ^ 0xFFFFFFFF),
    "ISATAP": lambda v4: 0x2A001450 << 96 | 0x00005EFE << 32 | v4,
}


# The special networks of the standard library, and those that it leaves to other properties.
SPECIAL = (
    *(ip_network(one) for one in ("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8")),
    *(ip_network(one) for one in ("169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24")),
    *(ip_network(one) for one in ("192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15")),
    *(ip_network(one) for one in ("198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3")),
    *(ip_network(one) for one in ("::/127", "64:ff9b:1::/48", "100::/64", "2001::/23")),
    *(ip_network(one) for one in ("2001:db8::/32", "3fff::/20", "fc00::/7", "fe80::/9")),
    ip_network("ff00::/8"),
)


def private() -> st.SearchStrategy[IPv4Address]:
    """Any address of a network that is not public."""
    networks = st.sampled_from([one for one in NOT_PUBLIC_4 if one.prefixlen < 32])
    return networks.flatmap(lambda one: st.ip_addresses(v=4, network=one)).map(
        lambda one: IPv4Address(int(one))
    )


@pytest.mark.parametrize("text", [*PRIVATE_4, *PRIVATE_6])
def test_an_address_that_is_not_public_is_refused(text: str) -> None:
    assert not NOBODY.allows(text)


@pytest.mark.parametrize("text", PUBLIC)
def test_a_public_address_is_allowed(text: str) -> None:
    assert NOBODY.allows(text)


@pytest.mark.parametrize("form", FORMS)
@given(inner=private())
def test_a_private_address_is_refused_in_every_wrapping(form: str, inner: IPv4Address) -> None:
    assert not is_public(inner)
    assert not NOBODY.allows(str(IPv6Address(FORMS[form](int(inner)))))


@given(st.sampled_from(SPECIAL).flatmap(lambda one: st.ip_addresses(network=one)))
def test_nothing_that_the_standard_library_calls_private_is_allowed(
    address: IPv4Address | IPv6Address,
) -> None:
    """X2: its own list is the least that must be refused, wrappings of public ones aside."""
    is_special = not address.is_global or address.is_multicast or address.is_reserved
    is_wrapped = isinstance(address, IPv6Address) and faces(address) != (address,)
    assert is_wrapped or not is_special or not NOBODY.allows(str(address))


@given(st.ip_addresses())
def test_what_is_allowed_is_global_unicast(address: IPv4Address | IPv6Address) -> None:
    """X2."""
    faced = faces(address) if NOBODY.allows(str(address)) else ()
    assert all(one.is_global and not one.is_multicast for one in faced if one.version == 4)


@pytest.mark.parametrize("form", ["mapped", "NAT64", "6to4"])
def test_a_public_address_is_allowed_in_a_wrapping(form: str) -> None:
    assert NOBODY.allows(str(IPv6Address(FORMS[form](int(IPv4Address("8.8.8.8"))))))


@given(st.ip_addresses(v=6))
def test_beyond_global_unicast_nothing_of_version_6_is_public(address: IPv6Address) -> None:
    is_wrapped = faces(address) != (address,)
    assert is_wrapped or not NOBODY.allows(str(address)) or int(address) >> 125 == 1


@pytest.mark.parametrize("text", ["", "localhost", "127.1", "0x7f000001", "::ffff:1.2.3.4.5"])
def test_what_is_no_address_is_refused(text: str) -> None:
    assert not NOBODY.allows(text)


@pytest.mark.parametrize("text", ["127.0.0.1", "::ffff:127.0.0.1", "fd12::7"])
def test_a_network_of_the_owner_is_allowed_besides(text: str) -> None:
    assert Allowed(("127.0.0.0/8", "fd12::/64")).allows(text)


def test_a_network_of_the_owner_opens_no_other() -> None:
    allowed = Allowed(("127.0.0.0/8",))
    assert not allowed.allows("10.0.0.1")
    assert not allowed.allows("::1")


def test_both_ends_of_a_tunnel_must_be_allowed() -> None:
    client = IPv6Address(FORMS["Teredo's client"](int(IPv4Address("127.0.0.1"))))
    assert Allowed(("127.0.0.0/8",)).allows(str(client))
    assert not Allowed(("10.0.0.0/8",)).allows(str(client))


def test_the_lists_hold_networks_of_their_own_version() -> None:
    assert {type(one) for one in NOT_PUBLIC_4} == {IPv4Network}
    assert ip_address("127.0.0.1") in NOT_PUBLIC_4[3]
