"""Certificates for loopback, sound and not, made while a test runs."""

import datetime as dt
import ssl
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from tests.servers._wire import HERE

DAY = dt.timedelta(days=1)


class Signer(NamedTuple):
    """Who vouches for a certificate: a name and its key."""

    name: x509.Name
    key: ec.EllipticCurvePrivateKey


class Tls(NamedTuple):
    """What servers need to speak TLS, and the file of the authority that vouches for the sound one.

    Attributes:
        sound: For loopback, valid now, signed by the authority.
        expired: As sound, but until yesterday.
        wrong_name: As sound, but for another host.
        self_signed: For loopback, vouched for by nobody but itself.
    """

    authority: Path
    sound: ssl.SSLContext
    expired: ssl.SSLContext
    wrong_name: ssl.SSLContext
    self_signed: ssl.SSLContext


def made(folder: Path) -> Tls:
    """Make an authority and four certificates in a folder."""
    boss = Signer(_named("authority of the tests"), ec.generate_private_key(ec.SECP256R1()))
    path = folder / "authority.pem"
    path.write_bytes(_signed(boss, boss, is_authority=True).public_bytes(Encoding.PEM))
    own = Signer(_named("loopback"), ec.generate_private_key(ec.SECP256R1()))
    certificates = {
        "sound": _signed(own, boss),
        "expired": _signed(own, boss, ends_in=-DAY),
        "wrong_name": _signed(own, boss, host=x509.DNSName("other.example")),
        "self_signed": _signed(own, own),
    }
    contexts = {name: _context(folder / name, one, own) for name, one in certificates.items()}
    return Tls(path, **contexts)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _signed(
    own: Signer,
    by: Signer,
    *,
    ends_in: dt.timedelta = 30 * DAY,
    host: x509.GeneralName | None = None,
    is_authority: bool = False,
) -> x509.Certificate:
    now = dt.datetime.now(dt.UTC)
    names = [host or x509.IPAddress(ip_address(HERE))]
    builder = (
        x509.CertificateBuilder()
        .subject_name(own.name)
        .issuer_name(by.name)
        .public_key(own.key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 10 * DAY)
        .not_valid_after(now + ends_in)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    )
    return builder.sign(by.key, hashes.SHA256())


def _context(path: Path, certificate: x509.Certificate, own: Signer) -> ssl.SSLContext:
    key = own.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(key + certificate.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context
