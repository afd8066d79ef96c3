"""Names of things and places: ARNs, hosts, proxies, origins, mail servers, e-mail addresses, phone numbers."""

import contextlib
from email.errors import MessageError
from email.headerregistry import Address
from email.utils import getaddresses
from ipaddress import ip_address
from urllib.parse import urlsplit

from hypothesis import given
from hypothesis import strategies as st

from gatewright.core.address import StageAddress
from gatewright.core.arn import parse_arn
from gatewright.core.channels import check_gateway, is_address, read_sender, read_smtp_url
from gatewright.edge.hosts import Hosts, Place, host_name, is_loopback
from gatewright.edge.plain import HOST
from gatewright.edge.visitors import DevelopmentGuard, trusted_client
from gatewright.services.cognito_idp.factors.web_authn_origins import is_allowed_origin
from gatewright.services.cognito_idp.users.attributes import is_email, is_phone_number
from gatewright.wire.http import Request
from tests.chance import examples

HOSTS = Hosts("gate.example")
PIECES = [
    "a",
    "b1",
    "localhost",
    "execute-api",
    "us-east-1",
    "gate.example",
    "amazonaws.com",
    "127.0.0.1",
    "::1",
    "4566",
]
MARKS = [
    "",
    ".",
    ":",
    "[",
    "]",
    "@",
    "/",
    "//",
    "\\",
    "%2e",
    "?",
    "#",
    " ",
    "\t",
    "\u3002",
    "\u00e9",
    "-",
    "http:",
    "https:",
]
ODD = st.lists(st.sampled_from(PIECES + MARKS), max_size=9).map("".join) | st.text(max_size=30)
LATIN = st.text(st.characters(max_codepoint=255), max_size=30)
HOPS = st.sampled_from(["10.0.0.1", "10.0.0.2:80", "[::1]:9", "::ffff:10.0.0.1", "1.2.3.4", "fe80::1%eth0"])
MAIL = st.lists(
    st.sampled_from(
        ["jane", "@", "example.com", ".", " ", ",", ";", "<", ">", '"', "(", ")", "\\", "\r\n", "=?", "é", ":", "\0"]
    ),
    max_size=8,
).map("".join)


@examples(200)
@given(st.lists(st.text(max_size=6), max_size=9).map(":".join) | st.text(max_size=40).map("arn:".__add__))
def test_an_arn_is_written_as_it_was_read(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert str(parse_arn(text)) == text


@examples(300)
@given(host=ODD, path=st.sampled_from(["/_aws/execute-api/", "/restapis/", "/_gatewright/", "/"]).flatmap(
    lambda head: st.lists(st.sampled_from(["a", "dev", "_user_request_", "", "..", "%2f"]), max_size=6).map(
        lambda rest: head + "/".join(rest))))  # fmt: skip
def test_every_request_is_addressed_to_one_place_and_to_the_same_again(host: str, path: str) -> None:
    request = Request("GET", path, "", (("host", host),), b"")
    found = HOSTS.locate(request)
    assert HOSTS.locate(request) == found
    if isinstance(found, StageAddress):
        assert found.base_path + found.path in (path, path + "/")
    else:
        assert found is (Place.PRODUCT if path.startswith("/_gatewright/") else Place.ENDPOINT)


@examples(300)
@given(ODD)
def test_a_host_is_ours_to_us_only_where_it_is_to_a_browser(host: str) -> None:
    if not HOST.issuperset(host.encode("utf-8", "replace")) or not HOSTS.is_ours(host_name(host)):
        return  # with any other character it is refused before it comes here
    with contextlib.suppress(ValueError):
        said = urlsplit(f"http://{host}").hostname or ""
        assert not said or HOSTS.is_ours(said), said


@examples(300)
@given(ODD)
def test_an_origin_that_may_speak_to_a_development_server_is_this_machine(origin: str) -> None:
    if DevelopmentGuard(HOSTS, ()).allows(origin):
        assert is_loopback(urlsplit(origin).hostname or "")


@examples(300)
@given(
    origin=ODD | ODD.map("https://".__add__), party=st.sampled_from(["example.com", "localhost", "a", "gate.example"])
)
def test_an_origin_of_a_relying_party_is_its_host_or_one_below_it(origin: str, party: str) -> None:
    if is_allowed_origin(origin, party):
        host = urlsplit(origin).hostname or ""
        assert host == party or host.endswith(f".{party}")
        assert origin == urlsplit(origin).geturl()


@examples(300)
@given(hops=st.lists(LATIN | HOPS, max_size=4), proto=LATIN | st.sampled_from(["https", "HTTP", "https,http"]))
def test_a_client_behind_proxies_is_an_address_and_never_one_of_them_that_was_made_up(
    hops: list[str], proto: str
) -> None:
    headers = (("host", "h"), ("x-forwarded-for", ", ".join(hops)), ("x-forwarded-proto", proto))
    proxies = frozenset({"10.0.0.1", "10.0.0.9"})
    request = Request("GET", "/", "", headers, b"", "10.0.0.9", "http")
    found = trusted_client(request, proxies)
    assert str(ip_address(found.client)) == found.client
    assert found.scheme in ("http", "https")
    direct = Request("GET", "/", "", headers, b"", "203.0.113.7", "http")
    assert trusted_client(direct, proxies) is direct


@examples(300)
@given(MAIL | st.text(max_size=30))
def test_an_e_mail_address_is_one_address_to_every_reader(text: str) -> None:
    if is_email(text):
        assert is_address(text)
    if is_address(text):
        assert getaddresses([text]) == [("", text)]
        if text.isascii():  # what the library cannot take is refused when it is sent
            with contextlib.suppress(ValueError, IndexError, MessageError):
                assert Address(addr_spec=text).addr_spec.count("@") == 1


@examples(300)
@given(MAIL | st.text(max_size=30), MAIL)
def test_a_sender_is_one_address_and_a_name_on_one_line(name: str, address: str) -> None:
    for text in (name, address, f"{name}<{address}>", f'"{name}" <{address}>'):
        with contextlib.suppress(ValueError):
            sender = read_sender(text)
            assert is_address(sender.address)
            assert sender.name.isprintable()
            assert sender.address in text


@examples(200)
@given(st.text(max_size=20) | st.text("+0123456789 -()\u0661\u00b2\n", max_size=20))
def test_a_phone_number_is_a_plus_and_digits(text: str) -> None:
    if is_phone_number(text):
        assert text[0] == "+"
        assert text[1:].isascii()
        assert text[1:].isdigit()
        assert len(text) <= 16


@examples(300)
@given(st.sampled_from(["", "smtp://", "smtps://", "smtp+starttls://", "https://"]), ODD)
def test_a_mail_server_or_a_gateway_is_read_or_refused_in_words(scheme: str, rest: str) -> None:
    with contextlib.suppress(ValueError):
        server = read_smtp_url(scheme + rest)
        assert server.host
        assert 0 <= server.port <= 65_535
    with contextlib.suppress(ValueError):
        check_gateway(scheme + rest, "a secret of thirty-two characters")
