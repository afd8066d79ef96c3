"""What the account has one of: an alias and a password policy. Source: IAM API reference, `CreateAccountAlias` …

Law: a password policy binds every password that is set from then on. `MaxPasswordAge` and `HardExpiry` limit signing in
to a console, which nobody can do here yet; they are shown, and the credential report tells when a password is due.
"""

import json
import re
from typing import Any

from sqlalchemy import delete

from gatewright.control.service import Call, Params, Result
from gatewright.services.iam.faults import invalid_input, no_such_entity
from gatewright.services.iam.paging import page_of_all
from gatewright.services.iam.tables import AccountSetting
from gatewright.storage.snapshots import EVERYTHING

ALIAS = "alias"
PASSWORD_POLICY = "password policy"  # noqa: S105 - the name of a row
_ACCOUNT_ID = re.compile(r"\d{12}")
_SHORTEST = 6
_RULES: dict[str, Any] = {  # AWS's defaults of a policy that exists
    "MinimumPasswordLength": _SHORTEST,
    "RequireSymbols": False,
    "RequireNumbers": False,
    "RequireUppercaseCharacters": False,
    "RequireLowercaseCharacters": False,
    "AllowUsersToChangePassword": False,
}
_OPTIONAL = ("MaxPasswordAge", "PasswordReusePrevention", "HardExpiry")


async def setting(call: Call, name: str) -> Any | None:
    """Return a setting of the account, None where it has none."""
    row = await call.session.get(AccountSetting, name)
    return None if row is None else row.value


async def put_setting(call: Call, name: str, value: Any) -> None:
    """Set a setting of the account, from now on."""
    row = await call.session.get(AccountSetting, name)
    if row is None:
        call.session.add(AccountSetting(name=name, value=value, changed_at=call.now))
    else:
        row.value, row.changed_at = value, call.now
    await call.session.flush()


async def _drop(call: Call, name: str) -> None:
    await call.session.execute(delete(AccountSetting).where(AccountSetting.name == name))


async def create_account_alias(call: Call, params: Params) -> Result | None:
    """Set the account's alias; an account has one, and a new one takes its place."""
    alias = params["AccountAlias"]
    if _ACCOUNT_ID.fullmatch(alias):
        raise invalid_input("An account alias must not be 12 digits, the form of an account id.")
    await put_setting(call, ALIAS, alias)
    return None


async def list_account_aliases(call: Call, params: Params) -> Result:
    """Return the account's alias, if it has one."""
    alias = await setting(call, ALIAS)
    aliases: list[str] = [] if alias is None else [alias]
    return page_of_all(call, params, "AccountAliases", aliases, str, str)


async def delete_account_alias(call: Call, params: Params) -> Result | None:
    """Take the account's alias away."""
    if await setting(call, ALIAS) != params["AccountAlias"]:
        raise no_such_entity(f"The account alias with name {params['AccountAlias']} does not exist.")
    await _drop(call, ALIAS)
    return None


async def update_account_password_policy(call: Call, params: Params) -> Result | None:
    """Set the password policy as a whole: what is not given has AWS's default."""
    old = await setting(call, PASSWORD_POLICY)
    policy = _RULES | {name: params[name] for name in (*_RULES, *_OPTIONAL) if params.get(name) is not None}
    await put_setting(call, PASSWORD_POLICY, policy)
    _tell_users(call, old, policy)
    return None


async def get_account_password_policy(call: Call, params: Params) -> Result:
    """Return the password policy.

    Raises:
        Fault: `NoSuchEntity` where the account has none.
    """
    policy = await setting(call, PASSWORD_POLICY)
    if policy is None:
        raise no_such_entity(f"The Password Policy with domain name {call.account} cannot be found.")
    return {"PasswordPolicy": {**policy, "ExpirePasswords": bool(policy.get("MaxPasswordAge"))}}


async def delete_account_password_policy(call: Call, params: Params) -> Result | None:
    """Go back to AWS's default for accounts without a policy."""
    old = await setting(call, PASSWORD_POLICY)
    if old is None:
        raise no_such_entity("The account policy with name PasswordPolicy cannot be found.")
    await _drop(call, PASSWORD_POLICY)
    _tell_users(call, old, None)
    return None


def _tell_users(call: Call, old: Any | None, new: Any | None) -> None:
    """Publish all users anew where the policy begins or ceases to let them change passwords (see `publish.py`)."""
    if lets_users_change_password(old) != lets_users_change_password(new):
        call.publish(*EVERYTHING)


def lets_users_change_password(policy: Any | None) -> bool:
    """Say whether a password policy gives every user `iam:ChangePassword` for itself."""
    return policy is not None and bool(policy["AllowUsersToChangePassword"])


def may_change_password(user_arn: str) -> str:
    """Return the policy that every user has where the account's password policy lets it change its password.

    Source: IAM user guide, "Permit IAM users to change their own passwords".
    """
    itself = {"Effect": "Allow", "Action": "iam:ChangePassword", "Resource": user_arn}
    policy = {"Effect": "Allow", "Action": "iam:GetAccountPasswordPolicy", "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [itself, policy]})
