"""The providers of a pool: what `CreateIdentityPool` and `UpdateIdentityPool` refuse.

Law: a pool names only providers whose logins can be proven. User pools may be made later: their logins prove nothing
until then.
Source: Cognito federated identities API reference, `CreateIdentityPool`.
"""

import asyncio

from gatewright.control.federation.public_providers import NAMES, how_to_configure, public_provider
from gatewright.control.service import Call, Params
from gatewright.services.cognito_identity.faults import invalid_parameter
from gatewright.storage.providers import OIDC_SHELF, SAML_SHELF

_MOST = 50
_TRIES, _PAUSE_SECONDS = 6, 0.05  # other workers follow within a tenth of a second


async def must_be_possible(call: Call, params: Params) -> None:
    """Refuse providers that do not exist, or whose tokens cannot be verified here.

    Raises:
        Fault: `InvalidParameterException`.
    """
    for name in params.get("SupportedLoginProviders") or {}:
        if name not in NAMES:
            raise invalid_parameter(
                f"Gatewright does not support the login provider {name}. It has: {', '.join(NAMES)}."
            )
        if public_provider(call.settings, name) is None:
            raise invalid_parameter(f"Logins of {name} cannot be verified here yet. {how_to_configure(name)}")
    for shelf, setting in ((OIDC_SHELF, "OpenIdConnectProviderARNs"), (SAML_SHELF, "SamlProviderARNs")):
        arns = params.get(setting) or ()
        if len(arns) > _MOST:
            raise invalid_parameter(f"{setting} can have at most {_MOST} entries.")
        for arn in arns:
            if not await _appears(call, shelf, arn):
                raise invalid_parameter(f"The provider {arn} of {setting} does not exist: make it with IAM first.")
    for provider in params.get("CognitoIdentityProviders") or ():
        if not provider.get("ProviderName") or not provider.get("ClientId"):
            raise invalid_parameter("Each of CognitoIdentityProviders needs a ProviderName and a ClientId.")


async def _appears(call: Call, shelf: str, arn: str) -> bool:
    """Say whether a provider exists; one that another worker made a moment ago is waited for."""
    for _ in range(_TRIES):
        if call.shelf(shelf).get(arn) is not None:
            return True
        await asyncio.sleep(_PAUSE_SECONDS)
    return call.shelf(shelf).get(arn) is not None
