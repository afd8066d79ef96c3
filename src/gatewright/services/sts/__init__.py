"""`sts`: temporary credentials for whoever a role's trust policy lets in.

Law: no session leaves a row; the token is the session, sealed (`storage/credentials.py`). A session never has more
than its role, and a session policy only takes away. Neighbours: reads what `iam` and `cognito-identity` publish.
Source: STS API reference.
"""
