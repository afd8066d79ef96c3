"""Public login providers - Google, Facebook, Amazon, Apple - by the issuer that an operator has named for each.

In: a name and the settings. Out: the provider, or None where the operator has not said where its tokens come from. Law:
nothing is built in, and nothing is guessed: whoever wants logins of `accounts.google.com` says which issuer that is
(its own, or one that stands in for it in tests). Tokens must be OpenID Connect tokens of that issuer.
Source: Cognito developer guide, "Identity pools external identity providers".
"""

from gatewright.settings import LOGIN_PROVIDERS as NAMES
from gatewright.settings import Settings
from gatewright.storage.providers import OidcProvider

__all__ = ["NAMES", "how_to_configure", "public_provider", "public_provider_of"]


def public_provider(settings: Settings, name: str) -> OidcProvider | None:
    """Return a public provider by the name that policies and logins call it by."""
    url = dict(_issuers(settings)).get(name)
    return None if url is None else OidcProvider(arn=name, url=url, client_ids=())


def public_provider_of(settings: Settings, issuer: str) -> OidcProvider | None:
    """Return the public provider whose tokens name this issuer."""
    for name, url in _issuers(settings):
        if issuer in (url, url.removeprefix("https://")):
            return OidcProvider(arn=name, url=url, client_ids=())
    return None


def _issuers(settings: Settings) -> list[tuple[str, str]]:
    """Return the pairs of a name and an issuer's URL that the settings hold."""
    pairs = [entry.partition("=") for entry in settings.login_provider]
    return [(name, url) for name, _, url in pairs]


def how_to_configure(name: str) -> str:
    """Return what an operator must do before logins of a provider are taken."""
    return f"Start Gatewright with --login-provider {name}=https://ISSUER to say where its tokens come from."
