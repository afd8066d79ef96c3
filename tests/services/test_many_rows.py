"""More rows than a statement takes keys (32,767 on PostgreSQL): whoever comes next is not stopped by them."""

import asyncio
import time
from typing import Any

from botocore import UNSIGNED
from sqlalchemy import Table, insert

from gatewright.services.cognito_identity.tables import RevocationRow
from gatewright.services.cognito_idp.session_tables import TokenFamilyRow
from tests.running import Running
from tests.services.cognito_idp.signing_in import by_password, make_user

_MANY = 40_000


def _fill(running: Any, table: Any, rows: list[dict[str, Any]]) -> None:
    async def fill() -> None:
        assert isinstance(table, Table)
        async with running.product.storage.writing() as session:
            await session.execute(insert(table), rows)
            await session.commit()

    asyncio.run_coroutine_threadsafe(fill(), running.loop).result(60)


def test_a_day_of_many_unlinked_identities_ends(anywhere: Running) -> None:
    pools = anywhere.client("cognito-identity")
    long_ago = time.time() - 10 * 86_400
    ids = [f"us-east-1:{number:08}-0000-0000-0000-000000000000" for number in range(_MANY)]
    _fill(anywhere, RevocationRow.__table__, [{"identity_id": name, "at": long_ago} for name in ids])
    made = pools.create_identity_pool(IdentityPoolName="club", AllowUnauthenticatedIdentities=True)
    visitor = pools.get_id(IdentityPoolId=made["IdentityPoolId"])["IdentityId"]
    assert not pools.delete_identities(IdentityIdsToDelete=[visitor])["UnprocessedIdentityIds"]


def test_a_limit_ends_all_sessions_that_a_user_had_before(anywhere: Running) -> None:
    idp = anywhere.client("cognito-idp")
    anyone = anywhere.client("cognito-idp", signature_version=UNSIGNED)
    pool_id = idp.create_user_pool(PoolName="people")["UserPool"]["Id"]
    flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    made = idp.create_user_pool_client(UserPoolId=pool_id, ClientName="app", ExplicitAuthFlows=flows)
    client_id = made["UserPoolClient"]["ClientId"]
    make_user(idp, pool_id)
    found = idp.admin_get_user(UserPoolId=pool_id, Username="jane")["UserAttributes"]
    sub = next(one["Value"] for one in found if one["Name"] == "sub")
    now = time.time()
    row = {
        "user_pool_id": pool_id,
        "client_id": client_id,
        "sub": sub,
        "auth_time": now,
        "created_at": now,
        "used_at": now,
        "expires_at": now + 86_400,
        "rotation": 0,
    }
    many = [
        row | {"origin_jti": f"o{number:08}", "session_id": f"tkn{number:025}", "event_id": f"e{number}"}
        for number in range(_MANY)
    ]
    _fill(anywhere, TokenFamilyRow.__table__, many)
    idp.set_user_pool_session_configuration(
        UserPoolId=pool_id, UserSessionTracking="ENABLED", TokenSession={"MaxPerUser": 2}
    )
    by_password(anyone, client_id, "jane")
    assert len(idp.admin_list_user_sessions(UserPoolId=pool_id, Username="jane")["Sessions"]) == 2
