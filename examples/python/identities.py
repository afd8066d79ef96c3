"""An identity pool and the role of its people, as Cognito's console makes them."""

import json
from typing import Any

from mock_api import aws

PREFIX = "cognito-identity.amazonaws.com"


class Identities:
    """An identity pool; `kind` is `unauthenticated` for visitors and `authenticated` for who signed in."""

    def __init__(self, name: str, kind: str, may_call: str, **pool: Any) -> None:
        self._cognito, self._iam = aws("cognito-identity"), aws("iam")
        visitors = kind == "unauthenticated"
        made = self._cognito.create_identity_pool(
            IdentityPoolName=name, AllowUnauthenticatedIdentities=visitors, **pool
        )
        self.id = made["IdentityPoolId"]
        self._role = f"{name}-{kind}"
        role = self._iam.create_role(RoleName=self._role, AssumeRolePolicyDocument=self._trust(kind))["Role"]
        self._cognito.set_identity_pool_roles(IdentityPoolId=self.id, Roles={kind: role["Arn"]})
        statement = {"Effect": "Allow", "Action": ["execute-api:Invoke"], "Resource": [may_call]}
        self._iam.put_role_policy(
            RoleName=self._role,
            PolicyName="invoke",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
        )

    def delete(self) -> None:
        """Take it away."""
        self._cognito.delete_identity_pool(IdentityPoolId=self.id)
        self._iam.delete_role_policy(RoleName=self._role, PolicyName="invoke")
        self._iam.delete_role(RoleName=self._role)

    def _trust(self, kind: str) -> str:
        statement = {
            "Effect": "Allow",
            "Principal": {"Federated": PREFIX},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {
                "StringEquals": {f"{PREFIX}:aud": self.id},
                "ForAnyValue:StringLike": {f"{PREFIX}:amr": kind},
            },
        }
        return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
