"""Whom a transport believes over TLS: the system's certificates, or those that `SSL_CERT_FILE` names."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

#: A process of its own asks itself: the certificates of a process are read once.
ASKS = """
import asyncio, ssl
from reconciler.providers.conversation import Request
from reconciler.providers.forms import anything
from reconciler.runtime.connection.transport import Hosts, NotSent, Transport


async def answers(reader, writer):
    await reader.readuntil(b"\\r\\n\\r\\n")
    writer.write(b"HTTP/1.1 200 OK\\r\\ncontent-length: 2\\r\\n\\r\\n{}")
    await writer.drain()
    writer.close()


async def main():
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    own.load_cert_chain("certificate.pem", "key.pem")
    server = await asyncio.start_server(answers, "127.0.0.1", 0, ssl=own)
    base = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    transport = Transport(Hosts(api=base, auth=base, upload=base), "application/json")
    try:
        print((await transport.send(Request(method="GET", path="/x", expects=anything), {}, None)).status)
    except NotSent:
        print("not sent")
    finally:
        await transport.close()
        server.close()


asyncio.run(main())
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with the key and the certificate of a server that nobody but itself vouches for, and an empty file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "here")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, SHA256())
    )
    packed = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "key.pem").write_bytes(packed)
    (tmp_path / "certificate.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    (tmp_path / "empty.pem").touch()
    return tmp_path


@pytest.mark.parametrize(
    ("believed", "said"),
    [("certificate.pem", "200"), ("", "not sent"), ("empty.pem", "not sent"), ("nowhere.pem", "not sent")],
)
def test_a_server_is_believed_whose_certificate_is_among_those(place: Path, believed: str, said: str) -> None:
    """An empty file, or none, has nobody believed that the system's or certifi's certificates do not vouch for."""
    env = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    env |= {"SSL_CERT_FILE": believed} if believed else {}
    asked = subprocess.run(
        [sys.executable, "-c", ASKS], cwd=place, env=env, capture_output=True, text=True, check=False
    )
    assert asked.stdout.strip() == said, asked.stderr
