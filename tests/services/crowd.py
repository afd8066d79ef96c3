"""A crowd: a user pool and an identity pool with as many in them as wanted, and what may be asked about them.

In: a running product. Out: a `Crowd` and its `QUESTIONS`. Law: the first of the crowd came through the front door and
signed in; the others are copies of that one's rows, under names and ids of their own, because as many calls would take
as many milliseconds.
"""

import asyncio
import base64
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from botocore import UNSIGNED
from sqlalchemy import Table, insert, select

from gatewright.services.cognito_identity.known import State
from gatewright.services.cognito_identity.tables import IdentityRow, LoginRow
from gatewright.services.cognito_idp.session_tables import CounterRow, DeviceRow, TokenFamilyRow
from gatewright.services.cognito_idp.tables import AliasRow, GroupMemberRow, SearchRow, UserRow
from tests.running import Running
from tests.services.cognito_idp.conftest import PASSWORD, attributes
from tests.services.cognito_idp.signing_in import by_password, make_user

FIRST = "ann0"
DEVELOPER = "login.example"
_OF_A_USER = (UserRow, SearchRow, AliasRow, GroupMemberRow, TokenFamilyRow, DeviceRow)
_BY_THEMSELVES = {"origin_jti": "{:036}", "session_id": "tkn{:025}", "device_key": "us-east-1_{:036}"}
_AT_ONCE = 1_000


def _id(number: int) -> str:
    """Return an id, the same at every run, in no order."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, str(number)))


class Crowd:
    """The pools, their first user, and everybody else."""

    def __init__(self, running: Running, count: int) -> None:
        self.running: Any = running
        self.idp = running.client("cognito-idp")
        self.identity = running.client("cognito-identity")
        self.anyone = running.client("cognito-idp", signature_version=UNSIGNED)
        self.pool = self.idp.create_user_pool(
            PoolName="people",
            AliasAttributes=["email"],
            DeviceConfiguration={"ChallengeRequiredOnNewDevice": False, "DeviceOnlyRememberedOnUserPrompt": False},
        )["UserPool"]["Id"]
        flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
        made = self.idp.create_user_pool_client(
            UserPoolId=self.pool,
            ClientName="app",
            ExplicitAuthFlows=flows,
            PreventUserExistenceErrors="ENABLED",
        )
        self.client = made["UserPoolClient"]["ClientId"]
        given = {"email": f"{FIRST}@example.com", "email_verified": "true", "family_name": "Smith"}
        self.sub = make_user(self.idp, self.pool, FIRST, **given)
        for group in ("everyone", "nobody"):
            self.idp.create_group(UserPoolId=self.pool, GroupName=group)
        self.idp.admin_add_user_to_group(UserPoolId=self.pool, GroupName="everyone", Username=FIRST)
        signed_in = by_password(self.anyone, self.client, FIRST)["AuthenticationResult"]
        self.token, self.refresh_token = signed_in["AccessToken"], signed_in["RefreshToken"]
        self.device = signed_in["NewDeviceMetadata"]["DeviceKey"]
        number = base64.b64encode(bytes(range(1, 16))).decode()  # stands for a salt and for a verifier
        self.anyone.confirm_device(
            AccessToken=self.token,
            DeviceKey=self.device,
            DeviceSecretVerifierConfig={"Salt": number, "PasswordVerifier": number},
        )
        club = self.identity.create_identity_pool(
            IdentityPoolName="club", AllowUnauthenticatedIdentities=True, DeveloperProviderName=DEVELOPER
        )
        self.club = club["IdentityPoolId"]
        self._run(self._fill(count))
        self.identity.get_open_id_token_for_developer_identity(IdentityPoolId=self.club, Logins={DEVELOPER: "jane"})

    def usernames(self) -> list[str]:
        """Return who is in the user pool."""
        pages = self.idp.get_paginator("list_users").paginate(UserPoolId=self.pool)
        return [user["Username"] for page in pages for user in page["Users"]]

    def _run(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self.running.loop).result(120)

    def add(self, table: Any, rows: list[dict[str, Any]]) -> None:
        """Write rows that no call would make so soon."""
        self._run(self._add(table, rows))

    async def _add(self, table: Any, rows: list[dict[str, Any]]) -> None:
        assert isinstance(table, Table)
        async with self.running.product.storage.writing() as session:
            for at in range(0, len(rows), _AT_ONCE):
                await session.execute(insert(table), rows[at : at + _AT_ONCE])
            await session.commit()

    async def _fill(self, count: int) -> None:
        for kind in _OF_A_USER:
            table: Any = kind.__table__
            async with self.running.product.storage.reading() as session:
                rows = list((await session.execute(select(table).where(table.c.sub == self.sub))).mappings())
            assert rows, table.name
            await self._add(table, [one for row in rows for one in self._copies(row, count)])
        await self._add(IdentityRow.__table__, [self._identity(number) for number in range(count)])
        await self._add(LoginRow.__table__, [self._login(number) for number in range(count)])
        later = {"since": time.time(), "until": time.time() + 9_999, "count": 1}
        await self._add(CounterRow.__table__, [{"scope": f"x:{number}", **later} for number in range(count)])

    def _copies(self, row: Mapping[str, Any], count: int) -> Iterator[dict[str, Any]]:
        for number in range(1, count):
            copy = dict(row)
            for name, value in row.items():
                if name in _BY_THEMSELVES:
                    copy[name] = _BY_THEMSELVES[name].format(number)
                elif isinstance(value, str):
                    copy[name] = value.replace(FIRST, f"ann{number}").replace(self.sub, _id(number))
            yield copy

    def _identity(self, number: int) -> dict[str, Any]:
        # Those that were merged into others come first in the order of ids, which is the worst for who skips them.
        state = State.DISABLED if number % 10 else State.AUTHENTICATED
        name = f"us-east-1:{'f' if state is State.AUTHENTICATED else '0'}{_id(number)[1:]}"
        values = {"identity_pool_id": self.club, "state": state.value, "created_at": 1.0, "modified_at": 1.0}
        return {"identity_id": name, **values}

    def _login(self, number: int) -> dict[str, Any]:
        values = {"identity_pool_id": self.club, "provider": DEVELOPER, "subject": str(number)}
        return {"login_key": _id(number), "identity_id": self._identity(number)["identity_id"], **values}


Question = Callable[[Crowd], Any]


def _found(text: str) -> Question:
    return lambda crowd: crowd.idp.list_users(UserPoolId=crowd.pool, Filter=text, Limit=5)


def _about(operation: str, **asked: Any) -> Question:
    return lambda crowd: getattr(crowd.idp, operation)(UserPoolId=crowd.pool, **asked)


def _sign_up(crowd: Crowd) -> None:
    given = attributes(email="new@example.com", given_name="New")
    crowd.anyone.sign_up(ClientId=crowd.client, Username=f"new-{uuid.uuid4()}", Password=PASSWORD, UserAttributes=given)


def _wrong_password(crowd: Crowd) -> None:
    try:
        by_password(crowd.anyone, crowd.client, f"nobody-{uuid.uuid4()}", "Wrong-horse-1")
    except crowd.anyone.exceptions.NotAuthorizedException:
        return
    raise AssertionError("a wrong password was right")


def _describe_identity(crowd: Crowd) -> None:
    listed = crowd.identity.list_identities(IdentityPoolId=crowd.club, MaxResults=1)["Identities"]
    crowd.identity.describe_identity(IdentityId=listed[0]["IdentityId"])


def _delete_identity(crowd: Crowd) -> None:
    made = crowd.identity.get_id(IdentityPoolId=crowd.club)["IdentityId"]
    crowd.identity.delete_identities(IdentityIdsToDelete=[made])


def _sign_out(crowd: Crowd) -> None:
    found = by_password(crowd.anyone, crowd.client, FIRST)["AuthenticationResult"]
    crowd.anyone.revoke_token(Token=found["RefreshToken"], ClientId=crowd.client)


def _delete_again(crowd: Crowd) -> None:
    make_user(crowd.idp, crowd.pool, "short-lived", email="short@example.com")
    crowd.idp.admin_delete_user(UserPoolId=crowd.pool, Username="short-lived")


_FILTERS = (
    "",
    f'username = "{FIRST}"',
    'username ^= "ann1"',
    'username ^= ""',
    'username ^= "nobody"',
    f'email = "{FIRST}@example.com"',
    'email ^= "ann1"',
    'family_name = "Smith"',
    'family_name ^= "s"',
    'given_name ^= ""',
    'sub ^= ""',
    'sub ^= "0"',
    'status = "Enabled"',
    'status = "Disabled"',
    'status ^= "E"',
    'status = "enabled"',
    'status ^= "nothing"',
    'cognito:user_status = "CONFIRMED"',
    'cognito:user_status ^= "CON"',
    'cognito:user_status ^= "C"',
    'cognito:user_status = "UNCONFIRMED"',
    'cognito:user_status ^= "UN"',
    'cognito:user_status ^= "nothing"',
)
Page = Callable[[Crowd, str | None], str | None]  # asks for the page at a token, returns the next one's


def _users(text: str) -> Page:
    def page(crowd: Crowd, token: str | None) -> str | None:
        going_on = {"PaginationToken": token} if token else {}
        answer = crowd.idp.list_users(UserPoolId=crowd.pool, Filter=text, Limit=60, **going_on)
        found: str | None = answer.get("PaginationToken")
        return found

    return page


def _group(crowd: Crowd, token: str | None) -> str | None:
    going_on = {"NextToken": token} if token else {}
    answer = crowd.idp.list_users_in_group(UserPoolId=crowd.pool, GroupName="everyone", Limit=60, **going_on)
    found: str | None = answer.get("NextToken")
    return found


def _identities(crowd: Crowd, token: str | None) -> str | None:
    going_on = {"NextToken": token} if token else {}
    answer = crowd.identity.list_identities(IdentityPoolId=crowd.club, MaxResults=60, **going_on)
    found: str | None = answer.get("NextToken")
    return found


_LONG = (
    "",
    'status ^= "E"',
    'family_name = "smith"',
    'family_name ^= "s"',
    'cognito:user_status = "CONFIRMED"',
    'cognito:user_status ^= "C"',
    'sub ^= ""',
)
LISTS: dict[str, Page] = {
    **{f"ListUsers {text}": _users(text) for text in _LONG},
    "ListUsersInGroup": _group,
    "ListIdentities": _identities,
}


def ends_of(crowd: Crowd, page: Page) -> tuple[str, str]:
    """Walk through a list; returns the tokens of its second page and of the last full one."""
    tokens = [page(crowd, None)]
    while (following := page(crowd, tokens[-1])) is not None:
        tokens.append(following)
    assert len(tokens) > 10
    assert tokens[0] is not None
    assert tokens[-2] is not None
    return tokens[0], tokens[-2]


QUESTIONS: dict[str, Question] = {
    **{f"ListUsers {text}": _found(text) for text in _FILTERS},
    "AdminGetUser": _about("admin_get_user", Username=FIRST),
    "AdminGetUser by alias": _about("admin_get_user", Username=f"{FIRST}@example.com"),
    "AdminListGroupsForUser": _about("admin_list_groups_for_user", Username=FIRST),
    "AdminListDevices": _about("admin_list_devices", Username=FIRST),
    "DescribeUserPool": _about("describe_user_pool"),
    "ListGroups": _about("list_groups"),
    "ListUsersInGroup everyone": _about("list_users_in_group", GroupName="everyone"),
    "ListUsersInGroup nobody": _about("list_users_in_group", GroupName="nobody"),
    "GetUser": lambda crowd: crowd.anyone.get_user(AccessToken=crowd.token),
    "ListDevices": lambda crowd: crowd.anyone.list_devices(AccessToken=crowd.token),
    "ListWebAuthnCredentials": lambda crowd: crowd.anyone.list_web_authn_credentials(AccessToken=crowd.token),
    "InitiateAuth": lambda crowd: by_password(crowd.anyone, crowd.client, FIRST),
    "InitiateAuth, a wrong password": _wrong_password,
    "AdminUserGlobalSignOut": _about("admin_user_global_sign_out", Username="ann7"),
    "AdminUpdateUserAttributes": lambda crowd: crowd.idp.admin_update_user_attributes(
        UserPoolId=crowd.pool, Username="ann8", UserAttributes=attributes(email="e8@example.com", email_verified="true")
    ),
    "GetTokensFromRefreshToken": lambda crowd: crowd.anyone.get_tokens_from_refresh_token(
        ClientId=crowd.client, RefreshToken=crowd.refresh_token, DeviceKey=crowd.device
    ),
    "RevokeToken": _sign_out,
    "ForgotPassword": lambda crowd: crowd.anyone.forgot_password(ClientId=crowd.client, Username="ann9"),
    "SignUp": _sign_up,
    "AdminCreateUser, AdminDeleteUser": _delete_again,
    "GetId": lambda crowd: crowd.identity.get_id(IdentityPoolId=crowd.club),
    "DescribeIdentity": _describe_identity,
    "DeleteIdentities": _delete_identity,
    "GetOpenIdTokenForDeveloperIdentity": lambda crowd: crowd.identity.get_open_id_token_for_developer_identity(
        IdentityPoolId=crowd.club, Logins={DEVELOPER: "jane"}
    ),
    "LookupDeveloperIdentity": lambda crowd: crowd.identity.lookup_developer_identity(
        IdentityPoolId=crowd.club, DeveloperUserIdentifier="jane", MaxResults=5
    ),
    "ListIdentities": lambda crowd: crowd.identity.list_identities(IdentityPoolId=crowd.club, MaxResults=60),
    "ListIdentities, HideDisabled": lambda crowd: crowd.identity.list_identities(
        IdentityPoolId=crowd.club, MaxResults=10, HideDisabled=True
    ),
}
