"""`iam`: users, groups, roles, policies and access keys - who may do what.

Law: rows are the truth; what both planes evaluate is published from them (`publish.py`) in the transaction that
changed them, so a deleted role or a detached policy is gone for the next request. Global, as at AWS: one account,
no regions. Neighbours: `sts` reads the published principals; no service is imported here. Source: IAM API
reference; IAM user guide, "IAM and STS quotas".
"""
