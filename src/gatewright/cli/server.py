"""The product at the other end of the wire, for commands that ask it something.

In: the endpoint and the credentials that AWS's own clients would use: `AWS_ENDPOINT_URL`, `AWS_ACCESS_KEY_ID` and so
on, or a profile. Out: what the product's pages answer. Law: every question is signed; what goes wrong is one line for
the person at the keyboard, and says what to do.
"""

import http.client
import json
import os
import re
import time
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import msgspec

from gatewright.wire.sigv4.sign import Credentials, sign

_USUAL = "http://localhost:4566"
_SERVICE = "gatewright"
_SECONDS = 30.0
_NUMBER = re.compile(r"^\[Errno -?[0-9]+\] ")
_NOT_OUR_KEY = ("InvalidSignatureException", "UnrecognizedClientException")
_OTHER_KEY = (
    ' (Is the key in the environment this server\'s? eval "$(gatewright env)"; with --dev for a development server.)'
)


class Unanswered(Exception):  # a line for the person who asked
    """The product did not answer what was asked."""


def said_by_system(error: Exception) -> str:
    """Return what went wrong in the system's words, without its number."""
    said = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return _NUMBER.sub("", said)  # httpx quotes the system


class Server(msgspec.Struct, frozen=True):
    """Where the product is, and who asks."""

    endpoint: str
    region: str
    credentials: Credentials

    def get(self, page: str, **query: str) -> dict[str, Any]:
        """Return a page.

        Raises:
            Unanswered: it could not be had.
        """
        # Encoded as it will be signed: a space is %20.
        text = urlencode({name: value for name, value in query.items() if value}, quote_via=quote)
        return self._ask("GET", page + (f"?{text}" if text else ""), b"")

    def post(self, page: str, question: Mapping[str, Any]) -> dict[str, Any]:
        """Return the answer to a question.

        Raises:
            Unanswered: there is none.
        """
        return self._ask("POST", page, json.dumps(question).encode())

    def every(self, page: str, member: str, **query: str) -> Iterator[dict[str, Any]]:
        """Return the items of all pages of a list.

        Raises:
            Unanswered: a page could not be had.
        """
        following = ""
        while True:
            answer = self.get(page, next=following, **query)
            yield from answer[member]
            following = answer.get("next", "")
            if not following:
                return

    def _ask(self, method: str, page: str, body: bytes) -> dict[str, Any]:
        url = f"{self.endpoint.rstrip('/')}/_gatewright/{page}"
        place = urlsplit(url)
        headers = {"Host": place.netloc, "Accept": "application/json"}
        if body:
            headers["Content-Type"] = "application/json"
        headers |= sign(method, url, list(headers.items()), body, self.credentials, _SERVICE, self.region, time.time())
        opener = http.client.HTTPSConnection if place.scheme == "https" else http.client.HTTPConnection
        connection = opener(place.hostname or "", place.port, timeout=_SECONDS)
        try:
            connection.request(method, url[len(f"{place.scheme}://{place.netloc}") :], body or None, headers)
            answer = connection.getresponse()
            return self._read(answer.status, answer.read())
        except (OSError, http.client.HTTPException) as error:
            why = f"no answer from {self.endpoint}: {said_by_system(error)}"
            raise Unanswered(f"{why}. Start the server (gatewright serve) or set AWS_ENDPOINT_URL.") from None
        finally:
            connection.close()

    def _read(self, status: int, content: bytes) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = json.loads(content)
        except ValueError:
            raise Unanswered(f"{self.endpoint} does not answer as Gatewright does (status {status})") from None
        if status != 200:
            # AWS puts the whole canonical request behind its first line.
            said = str(answer.get("message") or f"status {status}").partition("\n")[0]
            raise Unanswered(said + (_OTHER_KEY if answer.get("__type") in _NOT_OUR_KEY else ""))
        return answer


def server_from_environment() -> Server:
    """Return the product that AWS's own clients would speak to from here.

    Raises:
        Unanswered: there are no credentials.
    """
    from botocore.exceptions import BotoCoreError
    from botocore.session import Session

    os.environ.setdefault("AWS_EC2_METADATA_DISABLED", "true")  # no search for a cloud's own credentials
    try:
        session = Session()
        found = session.get_credentials()
        endpoint = os.environ.get("AWS_ENDPOINT_URL") or session.get_scoped_config().get("endpoint_url") or _USUAL
        region = session.get_config_variable("region") or "us-east-1"
    except BotoCoreError as error:
        raise Unanswered(str(error)) from None
    if found is None:
        raise Unanswered('no credentials: eval "$(gatewright env)", or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY')
    frozen = found.get_frozen_credentials()
    return Server(endpoint, region, Credentials(frozen.access_key, frozen.secret_key, frozen.token))
