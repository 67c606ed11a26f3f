"""What no packet is sent for: addresses inside networks, names that lead there, odd links."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from affekt.fetch.fetcher import Fetcher
from affekt.fetch.manners import Manners
from affekt.fetch.words import Fetched, Link
from tests.fetch.names import Places, answering, tried
from tests.servers.faults import Host, serving

PUBLIC = "93.184.216.34"
INSIDE = (
    "127.0.0.1", "127.8.9.10", "10.0.0.1", "172.16.0.1", "192.168.0.1", "169.254.169.254",
    "100.64.0.1", "0.0.0.0", "224.0.0.1", "240.0.0.1", "255.255.255.255", "198.18.0.1",
    "192.0.2.1", "192.0.0.8", "168.63.129.16", "::1", "::", "fe80::1", "fd00::1", "fec0::1",
    "ff02::1", "2001:db8::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::10.0.0.1",
    "64:ff9b::10.0.0.1", "64:ff9b:1::1", "2002:a00:1::1", "2001:0:a00:1::1", "100::1",
    "fd00:ec2::254",
)  # fmt: skip
DISGUISED = (
    "2130706433", "0x7f000001", "0x7f.1", "127.1", "017700000001", "0177.0.0.1", "127.0.0.1.",
    "10.1", "①②⑦.0.0.1",
)  # fmt: skip
ODD = (
    "file:///etc/passwd", "ftp://a.example/a.jpg", "data:image/png;base64,AAAA",
    "gopher://a.example/1", "javascript:alert(1)", "a.example/a.jpg", "//a.example/a.jpg",
    "/a.jpg", "", "   ", "http://", "http:///a.jpg", "http://me:secret@a.example/a.jpg",
    "http://me@a.example/a.jpg", "http://a.example:22/a.jpg", "http://a.example:25/a.jpg",
    "http://a.example:0/a.jpg", "http://a.example:99999/a.jpg", "http://a.example/a\nb.jpg",
    "http://a.example\\@b.example/a.jpg", "http://[::1/a.jpg", "http://a.example/" + "a" * 9000,
)  # fmt: skip
NAMES: Places = {
    "inside.example": [["10.0.0.1"]],
    "both.example": [[PUBLIC, "192.168.0.1"]],
    "six.example": [["fd00::1"]],
    "mapped.example": [["::ffff:127.0.0.1"]],
    "metadata.example": [["169.254.169.254"]],
    "turning.example": [[PUBLIC], ["10.0.0.1"]],
}


@pytest.fixture
def places(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Where connections go to."""
    return tried(monkeypatch)


@pytest.fixture
def host() -> Iterator[Host]:
    with serving() as running:
        yield running


def end_of(url: str, tmp_path: Path, **manners: object) -> Fetched:
    given = {"contact": "test@example.org", "tries": 2, **manners}
    fetcher = Fetcher(Manners.model_validate(given), tmp_path / "ledger")
    (end,) = fetcher.pictures([Link("one", url)])
    return end


def written(address: str) -> str:
    return f"[{address}]" if ":" in address else address


@pytest.mark.parametrize("address", INSIDE)
def test_no_packet_goes_to_an_address_inside(
    address: str, tmp_path: Path, places: Counter[str]
) -> None:
    """B27."""
    assert end_of(f"http://{written(address)}/a.jpg", tmp_path).reason == "forbidden-address"
    assert not places


@pytest.mark.parametrize("address", DISGUISED)
def test_no_disguise_of_an_address_helps(
    address: str, tmp_path: Path, places: Counter[str]
) -> None:
    """B27: what the system's own resolver would take for an address."""
    assert end_of(f"http://{address}/a.jpg", tmp_path).reason == "forbidden-address"
    assert not places


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"turning.example"}))
def test_no_packet_goes_to_a_name_that_leads_inside(
    name: str, tmp_path: Path, places: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """B27: one address inside is enough."""
    answering(monkeypatch, NAMES)
    assert end_of(f"http://{name}/a.jpg", tmp_path).reason == "forbidden-address"
    assert not places


@pytest.mark.parametrize("address", INSIDE)
def test_no_packet_goes_to_a_name_of_an_address_inside(
    address: str, tmp_path: Path, places: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """B27."""
    answering(monkeypatch, {"a.example": [[address]]})
    assert end_of("https://a.example/a.jpg", tmp_path).reason == "forbidden-address"
    assert not places


def test_a_name_may_not_turn_inward_between_check_and_use(
    tmp_path: Path, places: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """B28: public when it is checked, private whenever it is asked again."""
    answering(monkeypatch, NAMES)
    end = end_of("http://turning.example/a.jpg", tmp_path)
    assert end.reason in ("no-connection", "forbidden-address")
    assert set(places) == {PUBLIC}


@pytest.mark.parametrize("place", ["http://inside.example/a.jpg", "http://10.0.0.1/a.jpg"])
def test_no_redirect_leads_inside(
    place: str,
    tmp_path: Path,
    places: Counter[str],
    host: Host,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """B27: every hop is checked; the own network that is allowed opens no other."""
    answering(monkeypatch, NAMES)
    end = end_of(f"{host.base}/lead?{place}", tmp_path, allowed_networks=("127.0.0.0/8",))
    assert end.reason == "forbidden-address"
    assert set(places) == {"127.0.0.1"}


def test_an_allowed_network_is_asked(tmp_path: Path, host: Host) -> None:
    end = end_of(f"{host.base}/ok/a.jpg", tmp_path, allowed_networks=("127.0.0.0/8",))
    assert end.reason is None


@pytest.mark.parametrize("url", ODD)
def test_no_packet_goes_to_an_odd_link(
    url: str, tmp_path: Path, places: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """B29."""
    names = answering(monkeypatch, {"a.example": [[PUBLIC]], "b.example": [[PUBLIC]]})
    assert end_of(url, tmp_path).reason == "forbidden-link"
    assert not places
    assert not names.asked


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("ftp://a.example/a.jpg", "redirect"),
        ("file:///etc/passwd", "redirect"),
        ("http://me:secret@a.example/a.jpg", "forbidden-link"),
        ("http://a.example:25/a.jpg", "forbidden-link"),
        ("", "redirect"),
    ],
)
def test_no_redirect_leads_to_an_odd_link(
    place: str, reason: str, tmp_path: Path, places: Counter[str], host: Host
) -> None:
    """B26, B29."""
    end = end_of(f"{host.base}/lead?{place}", tmp_path, allowed_networks=("127.0.0.0/8",))
    assert end.reason == reason
    assert places == {"127.0.0.1": 1}


def test_a_password_in_a_link_is_not_repeated(tmp_path: Path) -> None:
    """B35."""
    end = end_of("http://me:canary-4711@a.example/a.jpg", tmp_path)
    assert "canary" not in repr(end)
