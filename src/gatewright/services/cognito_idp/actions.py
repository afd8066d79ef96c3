"""Operation -> IAM action and resource. The action of every operation is `cognito-idp:` and its own name.

Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon Cognito User Pools".
Operations that nobody signs are not asked about here. Whoever gives a role to a pool, a group or an import job hands it
to a service, and so needs `iam:PassRole` for it too; assumed: for the service `cognito-idp.amazonaws.com`.
"""

from gatewright.control.service import Call, Params, Permission
from gatewright.storage.user_pools import POOLS_SHELF, UserPool

_WITHOUT_RESOURCE = frozenset({"CreateUserPool", "ListUserPools"})


def permissions(call: Call, params: Params) -> tuple[Permission, ...]:
    """Return what a caller must be allowed for an operation that is signed."""
    permission = Permission(f"cognito-idp:{call.operation}", _resource(call, params), _keys(call, params))
    passed = {"iam:passedtoservice": ("cognito-idp.amazonaws.com",)}
    return (permission, *(Permission("iam:PassRole", role, passed) for role in _roles(params)))


def _roles(params: Params) -> list[str]:
    sms = params.get("SmsConfiguration") or (params.get("SmsMfaConfiguration") or {}).get("SmsConfiguration") or {}
    roles = (params.get("RoleArn"), sms.get("SnsCallerArn"), params.get("CloudWatchLogsRoleArn"))
    return [role for role in roles if role]


def _resource(call: Call, params: Params) -> str:
    if params.get("ResourceArn") is not None:
        return str(params["ResourceArn"])
    pool = params.get("UserPoolId")
    if pool is None or call.operation in _WITHOUT_RESOURCE:
        return "*"
    return f"arn:aws:cognito-idp:{call.region}:{call.account}:userpool/{pool}"


def _keys(call: Call, params: Params) -> dict[str, tuple[str, ...]]:
    """Return the condition keys that AWS lists: tags that the call gives, and those that the pool has."""
    given = params.get("Tags") or params.get("UserPoolTags") or {}
    keys: dict[str, tuple[str, ...]] = {f"aws:requesttag/{key.lower()}": (value,) for key, value in given.items()}
    pool_id = params.get("UserPoolId") or str(params.get("ResourceArn") or "").rpartition("/")[2]
    pool: UserPool | None = call.shelf(POOLS_SHELF).get(pool_id)
    if pool is not None:
        keys |= {f"aws:resourcetag/{key.lower()}": (value,) for key, value in pool.tags.items()}
    names = (*given, *(params.get("TagKeys") or ()))
    return keys | {"aws:tagkeys": tuple(names)} if names else keys
