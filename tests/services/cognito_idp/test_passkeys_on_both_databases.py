"""Passkeys on SQLite and on PostgreSQL, and many who do the same thing at once."""

import json
from typing import Any

import pytest
from botocore import UNSIGNED

from tests.authenticator import Passkey
from tests.running import Running
from tests.services.cognito_idp.passkeys import FLOWS, Place, options_of
from tests.services.cognito_idp.test_both_databases import at_once

ALLOWED = {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]}


@pytest.fixture
def place(anywhere: Running) -> Place:
    idp: Any = anywhere.client("cognito-idp")
    pool_id = idp.create_user_pool(PoolName="people", Policies={"SignInPolicy": ALLOWED})["UserPool"]["Id"]
    client = idp.create_user_pool_client(UserPoolId=pool_id, ClientName="app", ExplicitAuthFlows=FLOWS)
    made = Place(
        idp,
        anywhere.client("cognito-idp", signature_version=UNSIGNED),
        pool_id,
        client["UserPoolClient"]["ClientId"],
    )
    made.configure()
    return made


def begin(place: Place, times: int) -> list[Any]:
    return [place.begin() for _ in range(times)]


def sign_in(place: Place, begun: Any, credential: str) -> Any:
    return place.answer(begun, CREDENTIAL=credential)


def test_what_is_tried_at_once_happens_once(place: Place) -> None:
    token = place.person()
    passkey = Passkey()
    answer = passkey.register(place.start(token))
    done, others = at_once(lambda: place.complete(token, answer))
    assert (done, others) == (1, {"WebAuthnChallengeNotFoundException"})
    for count in (0, 5):  # a passkey that does not count, and one that does
        begun = place.begin()
        said = json.dumps(passkey.use(options_of(begun), count=count))
        done, others = at_once(lambda begun=begun, said=said: place.answer(begun, CREDENTIAL=said))
        assert (done, others) == (1, {"NotAuthorizedException"})
    copies = [(begun, json.dumps(passkey.use(options_of(begun), count=2**32 - 1))) for begun in begin(place, 6)]
    done, others = at_once(lambda: sign_in(place, *copies.pop()))
    assert (done, others) == (1, {"NotAuthorizedException"})
    for _ in range(18):
        place.register(token)
    answers = iter([Passkey().register(place.start(token)) for _ in range(6)])
    done, others = at_once(lambda: place.complete(token, next(answers)))
    assert (done, others) == (1, {"LimitExceededException"})
    listed = place.anyone.list_web_authn_credentials(AccessToken=token, MaxResults=15)
    rest = place.anyone.list_web_authn_credentials(AccessToken=token, NextToken=listed["NextToken"])
    ids = [one["CredentialId"] for one in listed["Credentials"] + rest["Credentials"]]
    assert (ids[0], len(set(ids))) == (passkey.written_id, 20)
