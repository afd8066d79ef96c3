"""What is fetched and what is not: schemes, addresses, sizes, redirects, certificates."""

import datetime
import hashlib
import http.server
import ssl
import threading
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from gatewright.control.federation import fetch as fetching
from gatewright.control.federation.fetch import FetchFailed, check_url, fetch, is_forbidden, resolve


@pytest.mark.parametrize(
    "url",
    [
        "http://login.example.com/x",
        "ftp://login.example.com",
        "file:///etc/passwd",
        "https://",
        "https://user@login.example.com/",
        "https://user:password@login.example.com/",
        "https://login.example.com:99999/",
        "https://[::1",
        "gopher://127.0.0.1:11211/",
        "",
    ],
)
def test_urls_that_are_never_fetched(url):
    for dev in (True, False):
        with pytest.raises(FetchFailed):
            check_url(url, dev=dev)


def test_plain_http_is_for_loopback_in_development_only():
    check_url("http://127.0.0.1:8080/", dev=True)
    check_url("http://idp.localhost:8080/", dev=True)
    with pytest.raises(FetchFailed):
        check_url("http://127.0.0.1:8080/", dev=False)


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "169.254.170.2",
        "fe80::1%eth0",
        "fd00:ec2::254",
        "0.0.0.0",
        "::",
        "224.0.0.1",
        "ff02::1",
        "255.255.255.255",
        "240.0.0.1",
        "::ffff:169.254.169.254",
    ],
)
def test_addresses_that_are_never_connected_to(address):
    assert is_forbidden(address, dev=True)
    assert is_forbidden(address, dev=False)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"])
def test_loopback_is_for_development(address):
    assert is_forbidden(address, dev=False)
    assert not is_forbidden(address, dev=True)


@pytest.mark.parametrize("address", ["10.1.2.3", "192.168.1.1", "93.184.216.34", "2606:2800:220:1::1"])
def test_an_operator_s_own_network_is_allowed(address):
    assert not is_forbidden(address, dev=False)


async def test_a_name_that_leads_to_a_forbidden_address_is_refused():
    with pytest.raises(FetchFailed):
        await resolve("localhost", 443, dev=False)
    assert await resolve("localhost", 443, dev=True)
    for spelled in ("2130706433", "0x7f.1", "127.1"):  # spellings of 127.0.0.1 that resolvers understand
        with pytest.raises(FetchFailed):
            await resolve(spelled, 443, dev=False)


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/redirect":
            self.send_response(302)
            self.send_header("Location", "/document")
            self.end_headers()
            return
        body = {"/document": b"{}", "/long": b"x" * 300_000, "/slow": b"x" * 40}.get(self.path, b"")
        self.send_response(200 if body else 404)
        self.end_headers()
        if self.path == "/slow":
            for byte in body:
                time.sleep(0.05)
                try:
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                except OSError:
                    return
            return
        self.wfile.write(body)

    def log_message(self, *_):
        return


def _serve(context=None):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    return server


@pytest.fixture
def plain():
    server = _serve()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


async def test_a_document_is_fetched(plain):
    assert await fetch(f"{plain}/document", dev=True) == b"{}"


@pytest.mark.parametrize("path", ["/redirect", "/long", "/missing"])
async def test_redirects_long_documents_and_errors_are_refused(plain, path):
    with pytest.raises(FetchFailed):
        await fetch(f"{plain}{path}", dev=True)


async def test_a_slow_answer_is_not_waited_for(plain, monkeypatch):
    monkeypatch.setattr(fetching, "_SECONDS", 0.3)
    begun = time.monotonic()
    with pytest.raises(FetchFailed, match="did not answer"):
        await fetch(f"{plain}/slow", dev=True)
    assert time.monotonic() - begun < 1.5


def _certificate(tmp_path, name="localhost", *, issuer=None, ca=False):
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    issuer_name, issuer_key = issuer if issuer else (subject, key)
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer_name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .sign(issuer_key, hashes.SHA256())
    )
    return key, certificate


def _context(tmp_path, key, *chain):
    file = tmp_path / "tls.pem"
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ) + b"".join(one.public_bytes(serialization.Encoding.PEM) for one in chain)
    file.write_bytes(pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def _thumbprint(certificate):
    return hashlib.sha1(certificate.public_bytes(serialization.Encoding.DER)).hexdigest()


async def test_a_certificate_that_nobody_vouches_for_needs_its_thumbprint(tmp_path):
    key, certificate = _certificate(tmp_path)
    server = _serve(_context(tmp_path, key, certificate))
    url = f"https://localhost:{server.server_address[1]}/document"
    try:
        with pytest.raises(FetchFailed, match="not trusted"):
            await fetch(url, dev=True)
        with pytest.raises(FetchFailed, match="not trusted"):
            await fetch(url, dev=True, thumbprints=("00" * 20,))
        assert await fetch(url, dev=True, thumbprints=("00" * 20, _thumbprint(certificate).upper())) == b"{}"
    finally:
        server.shutdown()
        server.server_close()


async def test_a_thumbprint_names_an_anchor_and_replaces_no_check_of_the_host(tmp_path):
    key, certificate = _certificate(tmp_path, "elsewhere.example")
    server = _serve(_context(tmp_path, key, certificate))
    url = f"https://localhost:{server.server_address[1]}/document"
    try:
        with pytest.raises(FetchFailed):
            await fetch(url, dev=True, thumbprints=(_thumbprint(certificate),))
    finally:
        server.shutdown()
        server.server_close()


async def test_the_thumbprint_of_an_authority_in_the_chain_is_enough(tmp_path):
    authority_key, authority = _certificate(tmp_path, "authority.example", ca=True)
    key, certificate = _certificate(tmp_path, issuer=(authority.subject, authority_key))
    server = _serve(_context(tmp_path, key, certificate, authority))
    url = f"https://localhost:{server.server_address[1]}/document"
    try:
        assert await fetch(url, dev=True, thumbprints=(_thumbprint(authority),)) == b"{}"
    finally:
        server.shutdown()
        server.server_close()


async def test_an_attacker_who_only_shows_the_pinned_certificate_is_not_trusted(tmp_path):
    """The pinned certificate is public: whoever sends it beside their own must still be signed by it."""
    _, authority = _certificate(tmp_path, "authority.example", ca=True)
    key, forged = _certificate(tmp_path)
    server = _serve(_context(tmp_path, key, forged, authority))
    url = f"https://localhost:{server.server_address[1]}/document"
    try:
        with pytest.raises(FetchFailed, match="not trusted"):
            await fetch(url, dev=True, thumbprints=(_thumbprint(authority),))
    finally:
        server.shutdown()
        server.server_close()
