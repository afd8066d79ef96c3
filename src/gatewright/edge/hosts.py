"""Host and path -> what the request is addressed to.

In: a `Request`. Out: a stage, an AWS endpoint, or the product itself. The addresses are:

    {api}.execute-api.{region}.{domain}/{stage}/…       and AWS's own host name, when it is sent as `Host`
    /_aws/execute-api/{api}/{stage}/…                   where *.localhost does not resolve
    /restapis/{api}/{stage}/_user_request_/…            the same, as other emulators have it
    /_gatewright/…                                      the product itself
    anything else                                       an AWS endpoint

Law: only the `Host` header and the path decide; no `X-Forwarded-Host`, which any client can send.
"""

from enum import Enum
from ipaddress import ip_address
from sys import intern

from gatewright.core.address import StageAddress
from gatewright.wire.http import Request

_AWS_DOMAINS = ("amazonaws.com", "amazonaws.com.cn")
_BY_PATH = "/_aws/execute-api/"
_BY_RESTAPI = "/restapis/"
_USER_REQUEST = "_user_request_"
_LONGEST_NAME = 253  # characters of a host name (RFC 1035); what is longer is nobody's, and is not remembered
_REMEMBERED = 16_384
_REMEMBERED_LENGTH = 200  # characters; with the number above, what clients can fill stays below 16 MB
_OURSELVES = "/_gatewright/"


class Place(Enum):
    """What is not a stage."""

    ENDPOINT = "an AWS endpoint"
    PRODUCT = "the product itself"


Address = StageAddress | Place


class Hosts:
    """The names that the product answers to."""

    def __init__(self, domain: str) -> None:
        self._domains = (domain.lower(), *_AWS_DOMAINS)
        self._stage_hosts: dict[str, tuple[str, str] | None] = {}
        self._located: dict[str, Address] = {}  # by host and path, which begins with the first slash

    def locate(self, request: Request) -> Address:
        """Say what a request is addressed to, remembering the answer for the next request to the same place."""
        host, path = request.host, request.path
        key = host + path
        found = self._located.get(key)
        if found is None:
            found = self._locate(host, path)
            if len(key) <= _REMEMBERED_LENGTH:
                if len(self._located) >= _REMEMBERED:  # paths are the clients' to choose
                    self._located.clear()
                self._located[key] = found
        return found

    def _locate(self, host: str, path: str) -> Address:
        host = host_name(host)
        named = self._stage_host(host)
        if named is not None:
            stage, rest, base = _split_stage(path, "")
            return StageAddress(named[0], stage, rest, base, host, named[1])
        if path.startswith(_BY_PATH):
            api, slash, rest = path[len(_BY_PATH) :].partition("/")
            stage, rest, base = _split_stage(slash + rest, _BY_PATH + api)
            return StageAddress(api, stage, rest, base, host)
        if path.startswith(_BY_RESTAPI):
            parts = path.split("/", 5)
            if len(parts) > 4 and parts[4] == _USER_REQUEST:
                rest = "/" + parts[5] if len(parts) > 5 else ""
                return StageAddress(parts[2], parts[3], rest, "/".join(parts[:5]), host)
        return Place.PRODUCT if path.startswith(_OURSELVES) else Place.ENDPOINT

    def _stage_host(self, host: str) -> tuple[str, str] | None:
        """Return the API and the region that a host name says, remembering the answer for the next request."""
        if len(host) > _LONGEST_NAME:
            return None
        if host in self._stage_hosts:
            return self._stage_hosts[host]
        if len(self._stage_hosts) > 10_000:  # names are the clients' to choose
            self._stage_hosts.clear()
        labels = host.split(".", 3)
        named = len(labels) == 4 and labels[1] == "execute-api" and labels[3] in self._domains
        self._stage_hosts[host] = (labels[0], intern(labels[2])) if named else None
        return self._stage_hosts[host]

    def is_ours(self, host: str) -> bool:
        """Say whether a host name (without port) can only have been meant for this machine or for AWS.

        A page of a foreign name that was rebound to our address still sends its own name.
        """
        if any(host == domain or host.endswith("." + domain) for domain in self._domains):
            return True
        return is_loopback(host)


def host_name(host: str) -> str:
    """Return a `Host` header without its port, and an IPv6 address without its brackets."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def is_loopback(name: str) -> bool:
    """Say whether a host name is this machine to every browser: a loopback address, or in `localhost`."""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def _split_stage(path: str, before: str) -> tuple[str, str, str]:
    """Take `/dev/pets/1` apart: the stage, the path below it, and all that stands before that."""
    stage, slash, rest = path[1:].partition("/")
    return stage, slash + rest, f"{before}/{stage}"
