"""What sign-ins leave behind goes, on both databases, whether or not anybody ever signs in again."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore import UNSIGNED

from gatewright.control.service import Backstage
from gatewright.services.cognito_idp.tokens.sweeping import sweep
from gatewright.settings import Settings
from gatewright.storage.keys import load_keys
from tests.running import Running, in_process
from tests.services.cognito_idp.conftest import Inside
from tests.services.cognito_idp.signing_in import by_password, make_user, srp

DAYS = 31 * 86_400


@pytest.fixture(params=["sqlite", "postgresql"])
def anywhere(request: pytest.FixtureRequest, product: Running, tmp_path: Path) -> Iterator[Running]:
    """A running product on each database."""
    if request.param == "sqlite":
        yield product
        return
    database = request.getfixturevalue("postgres").fresh()
    with in_process(Settings(data=tmp_path, port=0, dev=True, database=database)) as running:
        yield running


class Later:
    """A clock that is ahead."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def now(self) -> float:
        """Return the time as it will be."""
        return time.time() + self._seconds


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
        product: Any = anywhere.product  # type: ignore[attr-defined]
        keys, clock = load_keys(product.settings.data, None), Later(seconds)
        backstage = Backstage(product.storage, product.snapshots, keys, clock, product.settings)
        inside.run(sweep(backstage))
        return inside.count("cognito_idp_used_challenges"), inside.count("cognito_idp_token_families")

    assert left_after(0) == (3, 1)
    assert left_after(3_600) == (0, 1)
    assert left_after(DAYS) == (0, 1)  # its access token could still be shown
    assert left_after(DAYS + 86_400) == (0, 0)
