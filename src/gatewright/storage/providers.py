"""CONTRACT: the identity providers of an account, as both planes see them.

The `iam` service publishes them, by ARN, on the shelves `iam.oidc-provider` and `iam.saml-provider`; `sts` and
`cognito-identity` verify logins against them. Law: what is here is public (no secret of a provider is ever needed),
and what is not here is trusted by nobody.
Source: IAM user guide, "Identity providers and federation".
"""

import msgspec

OIDC_SHELF = "iam.oidc-provider"
SAML_SHELF = "iam.saml-provider"


class OidcProvider(msgspec.Struct, frozen=True, kw_only=True):
    """An OpenID Connect provider. Its ARN ends in its URL without the scheme, which is what policies call it."""

    arn: str
    url: str  # as registered, with its scheme: https://login.example.com/tenant
    client_ids: tuple[str, ...]  # the audiences that this account takes
    thumbprints: tuple[str, ...] = ()  # SHA-1 of the certificates that its TLS chain may end in, lower-case hexadecimal

    @property
    def issuer(self) -> str:
        """What `iss` of its tokens must be, and the prefix of its condition keys: the URL without the scheme."""
        return self.url.partition("://")[2] or self.url


class SamlProvider(msgspec.Struct, frozen=True, kw_only=True):
    """A SAML 2.0 provider."""

    arn: str
    metadata_xml: str  # the IdP's metadata document as registered; `iam` has checked that it is one
