"""A user pool, as an app client of it: sign in, and go on with a session that was kept.

In: the ids of the pool and of the client. Out: sessions. Law: it speaks to Gatewright and to AWS alike, and knows of no
difference.
Source: Cognito developer guide, "Authentication with Amazon Cognito user pools".
"""

from typing import TYPE_CHECKING

from gatewright.client.api import COGNITO_IDP, Api, region_of_id
from gatewright.client.challenge import Asker
from gatewright.client.faults import SignedOut
from gatewright.client.kept import Device, SessionStore
from gatewright.client.session import Session
from gatewright.client.sign_in import ADMIN_FLOWS, SignIn, Wishes
from gatewright.client.signing import CredentialSource, current
from gatewright.core.clock import Clock, SystemClock

if TYPE_CHECKING:
    import httpx

_FLOWS = ADMIN_FLOWS | {"USER_SRP_AUTH", "USER_PASSWORD_AUTH", "USER_AUTH"}


class UserPool:
    """A user pool and an app client of it.

    `endpoint` is where the server is, such as `http://localhost:4566`; without it `AWS_ENDPOINT_URL` is, else AWS.
    `http` is for those who have a proxy or an authority of their own.
    """

    def __init__(
        self,
        user_pool_id: str,
        client_id: str,
        client_secret: str | None = None,
        *,
        endpoint: str | None = None,
        http: "httpx.Client | None" = None,
        clock: Clock | None = None,
    ) -> None:
        region = region_of_id(user_pool_id, "_")
        self.id = user_pool_id
        self.client_id = client_id
        self.client_secret = client_secret or None
        self.clock: Clock = clock or SystemClock()
        self.api = Api(COGNITO_IDP, region, endpoint, http, self.clock)
        self.provider = f"cognito-idp.{region}.amazonaws.com/{user_pool_id}"  # as identity pools know it

    def __repr__(self) -> str:
        """Show the ids, and no secret."""
        return f"UserPool({self.id}, {self.client_id})"

    def sign_in(
        self,
        username: str,
        password: str | None = None,
        *,
        answer: Asker | None = None,
        flow: str = "USER_SRP_AUTH",
        preferred: str | None = None,
        device: Device | None = None,
        device_name: str | None = None,
        remember_device: bool = False,
        store: SessionStore | None = None,
        credentials: CredentialSource | None = None,
    ) -> Session:
        """Sign a user in and return the session.

        With `USER_SRP_AUTH` the password is proved and never sent; `USER_PASSWORD_AUTH` sends it. `USER_AUTH` lets the
        user choose: `preferred` names the first factor (`PASSWORD_SRP`, `EMAIL_OTP` …). `ADMIN_USER_PASSWORD_AUTH`
        is for servers, which sign their calls with `credentials`.

        `answer` is called with each `Challenge` that a person must answer (a code, a new password) and returns the
        answer; without it `ChallengeRequired` is raised, and `challenge.respond(…)` goes on.

        Where the pool tracks devices, a new one is confirmed, and `session.device` is what to pass as `device` next
        time; `remember_device` says yes where the pool leaves that to the user. With a `store`, such as
        `SessionFile("session.json")`, session and device are kept there.

        Raises:
            ChallengeRequired: a question must be answered, and there is no `answer`.
            CallRefused: the sign-in was refused.
            Unreachable: the server does not answer.
            ValueError: the arguments do not go together.
        """
        _must_go_together(flow, password, credentials)
        signer = current(credentials) if credentials is not None else None
        wishes = Wishes(username, password, flow, preferred, device_name, remember_device, answer, store, signer)
        return SignIn(self, self.id, wishes, device or _kept_device(store, username)).begin()

    def resume(self, store: SessionStore) -> Session:
        """Return the session that a store keeps.

        Raises:
            SignedOut: it keeps none.
        """
        kept = store.load()
        if kept is None or kept.tokens is None:
            raise SignedOut("no session is kept: sign in")
        return Session(self, kept, store)


def _kept_device(store: SessionStore | None, username: str) -> Device | None:
    kept = store.load() if store is not None else None
    return kept.device if kept is not None and username in (kept.username, kept.given) else None


def _must_go_together(flow: str, password: str | None, credentials: CredentialSource | None) -> None:
    if flow not in _FLOWS:
        raise ValueError(f"{flow!r} is not a flow that is known here: use one of {', '.join(sorted(_FLOWS))}")
    if password is None and flow != "USER_AUTH":
        raise ValueError(f"{flow} needs a password; USER_AUTH is the flow that can do without")
    if (flow in ADMIN_FLOWS) != (credentials is not None):
        raise ValueError("administrators' flows, and they only, need credentials")
