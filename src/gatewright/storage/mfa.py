"""CONTRACT: the virtual MFA devices that are enabled, as `sts` sees them.

The `iam` service publishes them on the shelf `iam.mfa-device`, by serial number (an ARN); a device that is assigned to
nobody is not there.
"""

import msgspec

SHELF = "iam.mfa-device"


class MfaDevice(msgspec.Struct, frozen=True, kw_only=True):
    """An enabled device. Its seed stays sealed in memory too, and is opened for the moment of a check."""

    serial_number: str  # arn:aws:iam::{account}:mfa/{name}
    user_arn: str  # the user's, or the root's
    sealed_seed: bytes  # the raw key of RFC 6238 (not base32): keys.open(SECRETS, sealed_seed, serial_number)
    drift: int = 0  # steps by which its clock is ahead of ours: look for its codes around now + 30 seconds * drift
