"""Logins that somebody else vouches for: OpenID Connect tokens and SAML assertions, proven here for every service.

In: a provider as an administrator registered it, and what a visitor brought. Out: a `Login`, or `LoginRefused` with
the reason; each service puts it into its own words.
Law: nothing in a token or an assertion says where to look for the key that proves it. Keys come from what was
registered: a SAML provider's metadata, an OIDC provider's own discovery document. Neighbours: `sts` and
`cognito_identity` ask; `storage/providers.py` is what `iam` publishes.
AWS: IAM user guide, "Identity providers and federation".
"""
