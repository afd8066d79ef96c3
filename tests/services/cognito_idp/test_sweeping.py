"""What sign-ins leave behind goes, on both databases, whether or not anybody ever signs in again."""

import time
from typing import Any

import pytest
from botocore import UNSIGNED
from botocore.exceptions import ClientError

from gatewright.control.service import Backstage
from gatewright.services.cognito_idp.pools import user_pools
from gatewright.services.cognito_idp.tokens import sweeping
from gatewright.services.cognito_idp.tokens.sweeping import sweep
from gatewright.storage.keys import load_keys
from tests.running import Running
from tests.services.cognito_idp.conftest import Inside
from tests.services.cognito_idp.signing_in import by_password, make_user, refused, srp

DAYS = 31 * 86_400


class Later:
    """A clock that is ahead."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def now(self) -> float:
        """Return the time as it will be."""
        return time.time() + self._seconds


def backstage(anywhere: Running, seconds: float) -> Backstage:
    """Return what a chore may use, so many seconds from now."""
    product: Any = anywhere.product  # type: ignore[attr-defined]
    keys = load_keys(product.settings.data, None)
    return Backstage(product.storage, product.snapshots, keys, Later(seconds), product.settings)


def test_sessions_and_challenges_that_are_over_are_deleted_and_others_stay(anywhere: Running) -> None:
    idp, anyone = anywhere.client("cognito-idp"), anywhere.client("cognito-idp", signature_version=UNSIGNED)
    pool_id = idp.create_user_pool(PoolName="people")["UserPool"]["Id"]
    flows = ["ALLOW_USER_AUTH", "ALLOW_USER_PASSWORD_AUTH"]
    made = idp.create_user_pool_client(
        UserPoolId=pool_id, ClientName="app", ExplicitAuthFlows=flows, PreventUserExistenceErrors="ENABLED"
    )
    client_id = made["UserPoolClient"]["ClientId"]
    make_user(idp, pool_id)
    by_password(anyone, client_id)
    for _ in range(3):  # nobody's, and none of them is ever finished
        asked = anyone.initiate_auth(AuthFlow="USER_AUTH", ClientId=client_id, AuthParameters={"USERNAME": "nobody"})
        number = srp(anyone, pool_id, client_id, "nobody").get_auth_params()["SRP_A"]
        anyone.respond_to_auth_challenge(
            ClientId=client_id,
            ChallengeName="SELECT_CHALLENGE",
            Session=asked["Session"],
            ChallengeResponses={"USERNAME": "nobody", "ANSWER": "PASSWORD_SRP", "SRP_A": number},
        )
    inside = Inside(anywhere)

    def left_after(seconds: float) -> tuple[int, int]:
        inside.run(sweep(backstage(anywhere, seconds)))
        return inside.count("cognito_idp_used_challenges"), inside.count("cognito_idp_token_families")

    assert left_after(0) == (3, 1)
    assert left_after(3_600) == (0, 1)
    assert left_after(DAYS) == (0, 1)  # its access token could still be shown
    assert left_after(DAYS + 86_400) == (0, 0)


def test_a_large_pool_is_gone_at_once_and_its_users_soon_after(
    anywhere: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(user_pools, "_AT_ONCE", 2)
    monkeypatch.setattr(sweeping, "_USERS", 2)
    idp, anyone = anywhere.client("cognito-idp"), anywhere.client("cognito-idp", signature_version=UNSIGNED)
    kept, large = (idp.create_user_pool(PoolName=name)["UserPool"]["Id"] for name in ("kept", "large"))
    flows = ["ALLOW_USER_PASSWORD_AUTH"]
    made = idp.create_user_pool_client(UserPoolId=large, ClientName="app", ExplicitAuthFlows=flows)
    client_id = made["UserPoolClient"]["ClientId"]
    make_user(idp, kept, "ann")
    for name in ("ann", "bob", "eve", "kim", "lea"):
        make_user(idp, large, name, email=f"{name}@example.com")
    token = by_password(anyone, client_id, "ann")["AuthenticationResult"]["AccessToken"]
    inside = Inside(anywhere)
    idp.delete_user_pool(UserPoolId=large)
    assert inside.count("cognito_idp_users") == 6
    assert [pool["Id"] for pool in idp.list_user_pools(MaxResults=60)["UserPools"]] == [kept]
    for refused_now in (
        lambda: idp.describe_user_pool(UserPoolId=large),
        lambda: idp.admin_get_user(UserPoolId=large, Username="ann"),
        lambda: idp.update_user_pool(UserPoolId=large),
        lambda: idp.delete_user_pool(UserPoolId=large),
        lambda: anyone.sign_up(ClientId=client_id, Username="new", Password="Correct-horse-1"),
        lambda: by_password(anyone, client_id, "ann"),
    ):
        assert refused(ClientError, refused_now)[0] == "ResourceNotFoundException"
    assert refused(ClientError, lambda: anyone.get_user(AccessToken=token))[0] == "NotAuthorizedException"
    for table in ("cognito_idp_user_pool_clients", "cognito_idp_import_jobs"):
        assert inside.count(table) == 0
    inside.run(sweep(backstage(anywhere, 0)))
    assert inside.count("cognito_idp_users") == inside.count("cognito_idp_user_pools") == 1
    assert inside.count("cognito_idp_token_families") == inside.count("cognito_idp_searchable_attributes") == 0
    assert idp.admin_get_user(UserPoolId=kept, Username="ann")["Username"] == "ann"
