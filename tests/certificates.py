"""Certificates for the servers of the tests, signed by an authority that is made for them."""

from __future__ import annotations

import datetime as dt
import ipaddress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Authority:
    """A certificate authority, in a folder; `certificate` makes what a server needs."""

    folder: Path
    key: ec.EllipticCurvePrivateKey
    own: x509.Certificate

    @property
    def file(self) -> Path:
        """What a program must trust."""
        return self.folder / "ca.pem"

    def certificate(self, name: str, host: str, *, days: int = 30) -> Path:
        """Return a file with a certificate for a host and its key; it is over where `days` is negative."""
        key = ec.generate_private_key(ec.SECP256R1())
        start = dt.datetime.now(dt.UTC) - dt.timedelta(days=60)
        end = dt.datetime.now(dt.UTC) + dt.timedelta(days=days)
        made = (
            _builder(host, self.own.subject, key, start, end)
            .add_extension(_names(host), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
            .sign(self.key, hashes.SHA256())
        )
        return _pem(self.folder / f"{name}.pem", made, key)


def _names(host: str) -> x509.SubjectAlternativeName:
    if host.replace(".", "").isdigit():
        return x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))])
    return x509.SubjectAlternativeName([x509.DNSName(host)])


def _builder(
    name: str, issuer: x509.Name | None, key: ec.EllipticCurvePrivateKey, start: dt.datetime, end: dt.datetime
) -> x509.CertificateBuilder:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer or subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
    )


def _pem(path: Path, made: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> Path:
    encoding, none = serialization.Encoding.PEM, serialization.NoEncryption()
    private = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, none)
    path.write_bytes(made.public_bytes(encoding) + private)
    return path


def new_authority(folder: Path, name: str = "test authority") -> Authority:
    """Return a new authority."""
    folder.mkdir(parents=True, exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    start = dt.datetime.now(dt.UTC) - dt.timedelta(days=90)
    usage = x509.KeyUsage(*(number in (5, 6) for number in range(9)))
    own = (
        _builder(name, None, key, start, start + dt.timedelta(days=400))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "ca.pem").write_bytes(own.public_bytes(serialization.Encoding.PEM))
    return Authority(folder, key, own)
