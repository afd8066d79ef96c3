"""Gatewright: the AWS access chain, self-hosted and wire-compatible.

    client -> edge -> API Gateway stage -> authorizer -> IAM policy -> integration

The three pages that tell the story are `edge/door.py`, `gateway/invoke.py` and `control/invoke.py`.
"""

__version__ = "0.1.0"
