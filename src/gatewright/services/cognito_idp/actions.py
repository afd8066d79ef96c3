"""Operation -> IAM action and resource. The action of every operation is `cognito-idp:` and its own name.

Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon Cognito User Pools".
Operations that nobody signs are not asked about here. Whoever gives a role to a pool, a group or an import job hands it
to a service, and so needs `iam:PassRole` for it too; assumed: for the service `cognito-idp.amazonaws.com`.
"""

from gatewright.control.service import Call, Params, Permission

_WITHOUT_RESOURCE = frozenset({"CreateUserPool", "ListUserPools"})


def permissions(call: Call, params: Params) -> tuple[Permission, ...]:
    """Return what a caller must be allowed for an operation that is signed."""
    permission = Permission(f"cognito-idp:{call.operation}", _resource(call, params), _keys(params))
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


def _keys(params: Params) -> dict[str, tuple[str, ...]]:
    tags = params.get("Tags") or params.get("UserPoolTags") or {}
    keys: dict[str, tuple[str, ...]] = {f"aws:requesttag/{key.lower()}": (value,) for key, value in tags.items()}
    names = (*tags, *(params.get("TagKeys") or ()))
    return keys | {"aws:tagkeys": tuple(names)} if names else keys
