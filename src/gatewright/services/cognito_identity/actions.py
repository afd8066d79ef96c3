"""Operation -> IAM action and resource. The action of every operation is `cognito-identity:` and its own name.

Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon Cognito Identity".
`SetIdentityPoolRoles` hands roles to a service, so that each needs `iam:PassRole` too.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from gatewright.control.service import Call, Params, Permission
from gatewright.policy.audience import PROVIDER
from gatewright.services.cognito_identity.pools import SHELF, Pool


def permissions(call: Call, params: Params) -> tuple[Permission, ...]:
    """Return what a caller must be allowed for an operation that is signed."""
    permission = Permission(f"cognito-identity:{call.operation}", _resource(call, params), _keys(call, params))
    if call.operation != "SetIdentityPoolRoles":
        return (permission,)
    passed = {"iam:passedtoservice": (PROVIDER,)}
    roles = sorted({*params["Roles"].values(), *_mapped(params.get("RoleMappings") or {})})
    return (permission, *(Permission("iam:PassRole", role, passed) for role in roles))


def _mapped(mappings: Mapping[str, Any]) -> Iterator[str]:
    """Yield the roles that rules give; those that tokens name are not known beforehand."""
    for mapping in mappings.values():
        for rule in (mapping.get("RulesConfiguration") or {}).get("Rules") or ():
            yield rule["RoleARN"]


def _resource(call: Call, params: Params) -> str:
    if params.get("ResourceArn") is not None:
        return str(params["ResourceArn"])
    pool = params.get("IdentityPoolId")
    return "*" if pool is None else f"arn:aws:cognito-identity:{call.region}:{call.account}:identitypool/{pool}"


def _keys(call: Call, params: Params) -> dict[str, tuple[str, ...]]:
    """Return the condition keys that AWS lists: tags that the call gives, and those that the pool has."""
    given = params.get("Tags") or params.get("IdentityPoolTags") or {}
    keys: dict[str, tuple[str, ...]] = {f"aws:requesttag/{key.lower()}": (value,) for key, value in given.items()}
    pool_id = params.get("IdentityPoolId") or str(params.get("ResourceArn") or "").rpartition("/")[2]
    pool: Pool | None = call.shelf(SHELF).get(pool_id)
    if pool is not None:
        keys |= {f"aws:resourcetag/{key.lower()}": (value,) for key, value in pool.tags.items()}
    names = (*given, *(params.get("TagKeys") or ()))
    return keys | {"aws:tagkeys": tuple(names)} if names else keys
