"""`cognito-idp`: user pools - directories of users who sign up, sign in and get tokens.

Law: a password is never kept, only its sealed SRP verifier; who a user is is decided by `sub`, never by a name that can
be changed; a setting that is stored is enforced, and one that is not supported is refused by its name. Pools and
clients are read from memory (`publish.py`), users from the database by an index. Neighbours: the gateway's authorizer
and identity pools read `storage/user_pools.py`. Source: Cognito developer guide, "Amazon Cognito user pools".
"""
