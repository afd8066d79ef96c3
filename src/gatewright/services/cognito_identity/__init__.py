"""`cognito-identity`: identity pools - an id and temporary credentials for visitors of an app.

Law: a visitor gets what the pool's role allows, scoped down as AWS does it for the enhanced flow, and nothing where
the pool does not allow unauthenticated access. `GetId` writes one row; `GetCredentialsForIdentity` writes none.
Neighbours: the roles are `iam`'s, the rule by which a role is given to a web identity is shared with `sts`
(`control/federation/session.py`). Source: Cognito developer guide, "Identity pools".
"""
