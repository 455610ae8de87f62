"""Self-signed certificates, made once a process and removed at its end."""

import atexit
from datetime import UTC, datetime
from functools import cache
from ipaddress import ip_address
from pathlib import Path
import shutil
import ssl
import tempfile

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DEFAULT_NAMES = ("frigate.test", "localhost")


@cache
def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="fake-frigate-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


@cache
def certificate_for(names: tuple[str, ...] = DEFAULT_NAMES) -> Path:
    """Return a PEM file with a certificate for these names and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    # Fixed dates, so that a frozen clock does not make the certificate look expired.
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2099, 1, 1, tzinfo=UTC))
        .add_extension(
            x509.SubjectAlternativeName([_general_name(name) for name in names]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    public = certificate.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    number = len(list(_folder().glob("*.pem")))
    path = _folder() / f"certificate-{number}.pem"
    path.write_bytes(public)
    path.with_suffix(".key").write_bytes(private)
    return path


@cache
def server_context(names: tuple[str, ...]) -> ssl.SSLContext:
    """Return the TLS settings of the external port: version 1.3 and nothing older."""
    path = certificate_for(names)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(path, path.with_suffix(".key"))
    context.set_alpn_protocols(["http/1.1"])
    return context


# The first signature of a process has `cryptography` look up the class `datetime`, which
# it then insists on: that has to happen before a test stops the clock and replaces it.
certificate_for()
