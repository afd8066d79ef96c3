"""Pools whose visitors can log in with a small OpenID Connect issuer."""

import pytest

from tests.identity_provider import Issuer, issuer
from tests.services.policies import allow, document

ACCOUNT = "000000000000"


@pytest.fixture
def idp():
    with issuer() as running:
        yield running


class Club:
    """An identity pool with an OpenID Connect provider, and roles for members and visitors."""

    def __init__(self, aws, idp: Issuer, **settings) -> None:
        self.aws, self.idp = aws, idp
        self.pools, self.iam = aws("cognito-identity"), aws("iam")
        self.provider = idp.register(self.iam)
        settings = {"AllowUnauthenticatedIdentities": True, "AllowClassicFlow": True, **settings}
        settings.setdefault("OpenIdConnectProviderARNs", [self.provider])
        self.pool = self.pools.create_identity_pool(IdentityPoolName="club", **settings)["IdentityPoolId"]
        self.roles = {kind: self.role(kind, kind) for kind in ("authenticated", "unauthenticated")}
        self.pools.set_identity_pool_roles(IdentityPoolId=self.pool, Roles=self.roles)

    def role(self, name, kind="authenticated", *, may="iam:ListUsers", tags=False):
        """Make a role that identities of one kind may take."""
        actions = ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"] if tags else ["sts:AssumeRoleWithWebIdentity"]
        prefix = "cognito-identity.amazonaws.com"
        text = document(
            {
                "Effect": "Allow",
                "Principal": {"Federated": prefix},
                "Action": actions,
                "Condition": {
                    "StringEquals": {f"{prefix}:aud": self.pool},
                    "ForAnyValue:StringLike": {f"{prefix}:amr": kind},
                },
            }
        )
        arn = self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=text)["Role"]["Arn"]
        self.iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=allow(may))
        return arn

    def login(self, subject="ann", **claims):
        """Return the Logins of a user."""
        return {self.idp.name: self.idp.token(sub=subject, **claims)}

    def get_id(self, subject=None, **more):
        """Return the identity of a user, or of a visitor."""
        logins = {"Logins": self.login(subject)} if subject else {}
        return self.pools.get_id(IdentityPoolId=self.pool, **logins, **more)["IdentityId"]

    def credentials(self, identity_id, subject=None, **more):
        """Return what GetCredentialsForIdentity answers."""
        logins = {"Logins": self.login(subject)} if subject else {}
        return self.pools.get_credentials_for_identity(IdentityId=identity_id, **{**logins, **more})

    def logins_of(self, identity_id):
        """Return the providers of an identity's logins."""
        return self.pools.describe_identity(IdentityId=identity_id).get("Logins", [])


@pytest.fixture
def club(aws, idp):
    return Club(aws, idp)
