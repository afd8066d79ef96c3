"""Threat protection and log delivery, which no pool has: `SetRiskConfiguration`, `AdminListUserAuthEvents` …

Law: a pool cannot switch `AdvancedSecurityMode` on here, so that these answer as AWS answers of a pool that has not.
Logs are delivered nowhere: a configuration that asks for it is refused, an empty one is what every pool has.
Source: Cognito developer guide, "Advanced security with threat protection"; "Exporting logs".
"""

from gatewright.control.service import Call, Params, Result
from gatewright.services.cognito_idp.faults import not_yet, pool_not_found
from gatewright.services.cognito_idp.pools.find import find_pool
from gatewright.services.cognito_idp.users.directory import user_of
from gatewright.storage.user_pools import POOLS_SHELF
from gatewright.wire.faults import Fault


def _not_enabled() -> Fault:
    return Fault(
        "UserPoolAddOnNotEnabledException",
        "User pool add-ons are not enabled: AdvancedSecurityMode of the user pool is OFF.",
        400,
    )


async def about_risks(call: Call, params: Params) -> Result:
    """Answer `SetRiskConfiguration` and `DescribeRiskConfiguration`.

    Raises:
        Fault: always.
    """
    find_pool(call, params["UserPoolId"])
    raise _not_enabled()


async def about_events(call: Call, params: Params) -> Result:
    """Answer `AdminListUserAuthEvents` and `AdminUpdateAuthEventFeedback`.

    Raises:
        Fault: always.
    """
    await user_of(call, find_pool(call, params["UserPoolId"]), params["Username"])
    raise _not_enabled()


async def update_auth_event_feedback(call: Call, params: Params) -> Result:
    """Answer `UpdateAuthEventFeedback`, which nobody signs: of users nothing is said, and of none is looked.

    Raises:
        Fault: always.
    """
    if call.shelf(POOLS_SHELF).get(params["UserPoolId"]) is None:
        raise pool_not_found(params["UserPoolId"])
    raise _not_enabled()


async def get_log_delivery_configuration(call: Call, params: Params) -> Result:
    """Return that no log is delivered."""
    pool = find_pool(call, params["UserPoolId"])
    return {"LogDeliveryConfiguration": {"UserPoolId": pool.id, "LogConfigurations": []}}


async def set_log_delivery_configuration(call: Call, params: Params) -> Result:
    """Take a configuration that delivers no log.

    Raises:
        Fault: `InvalidParameterException`, it delivers one.
    """
    for one in params["LogConfigurations"]:
        raise not_yet(f"LogConfigurations with the EventSource {one['EventSource']}", "Use an empty list.")
    return await get_log_delivery_configuration(call, params)
