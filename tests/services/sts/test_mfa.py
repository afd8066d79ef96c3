"""MFA codes with `GetSessionToken` and `AssumeRole`, of virtual devices that IAM made."""

import base64

import pytest

from gatewright.core import totp
from gatewright.core.attempts import Attempts
from gatewright.core.clock import SystemClock
from tests.services.policies import allow, refused, session, trust, user_with

pytestmark = pytest.mark.usefixtures("early_in_a_step")

ACCOUNT = "000000000000"
WRONG = ("AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code. ")


class Device:
    """A user's virtual device, and the codes that it shows."""

    def __init__(self, aws, user):
        iam = aws("iam")
        made = iam.create_virtual_mfa_device(VirtualMFADeviceName=user)["VirtualMFADevice"]
        self.serial = made["SerialNumber"]
        seed = made["Base32StringSeed"]
        self.seed = base64.b32decode(seed + b"=" * (-len(seed) % 8))
        self.step = totp.step_at(SystemClock().now()) - 1
        iam.enable_mfa_device(
            UserName=user,
            SerialNumber=self.serial,
            AuthenticationCode1=totp.code_at(self.seed, self.step),
            AuthenticationCode2=totp.code_at(self.seed, self.step + 1),  # the present one: its clock is ours
        )

    def code(self) -> str:
        """Return a code that is good now and was not given before."""
        self.step = max(self.step + 1, totp.step_at(SystemClock().now()))
        return totp.code_at(self.seed, self.step)

    def shown(self) -> dict[str, str]:
        return {"SerialNumber": self.serial, "TokenCode": self.code()}

    def wrong(self) -> dict[str, str]:
        good = {totp.code_at(self.seed, totp.step_at(SystemClock().now()) + shift) for shift in range(-2, 4)}
        return {
            "SerialNumber": self.serial,
            "TokenCode": next(c for c in ("000000", "111111", "222222", "333333") if c not in good),
        }


@pytest.fixture
def ann(aws):
    """The key of a user who may do everything, and her device."""
    key = user_with(aws, "Ann", allow("*"))
    return key, Device(aws, "Ann")


def test_a_session_with_a_code_may_what_policies_keep_for_it(aws, ann):
    key, device = ann
    with_mfa = {"Bool": {"aws:MultiFactorAuthPresent": "true"}, "NumericLessThan": {"aws:MultiFactorAuthAge": "60"}}
    aws("iam").put_user_policy(UserName="Ann", PolicyName="p0", PolicyDocument=allow("*", Condition=with_mfa))
    sts = aws("sts", key=key)
    assert refused(aws("iam", key=key).list_users)[0] == "AccessDenied"
    without = sts.get_session_token()["Credentials"]
    assert (
        refused(session(aws, without, "cognito-identity").list_identity_pools, MaxResults=1)[0]
        == "AccessDeniedException"
    )
    shown = sts.get_session_token(**device.shown())["Credentials"]
    session(aws, shown, "cognito-identity").list_identity_pools(MaxResults=1)
    session(aws, shown, "iam").list_users()


def test_a_code_counts_once(aws, ann):
    key, device = ann
    sts, shown = aws("sts", key=key), device.shown()
    sts.get_session_token(**shown)
    assert refused(sts.get_session_token, **shown) == WRONG


def test_a_wrong_code_is_refused_and_after_five_not_even_the_right_one_is_looked_at(aws, ann):
    key, device = ann
    sts = aws("sts", key=key)
    for _ in range(5):
        assert refused(sts.get_session_token, **device.wrong()) == WRONG
    assert refused(sts.get_session_token, **device.shown()) == WRONG


def test_only_one_s_own_enabled_device_counts(aws, ann):
    _, device = ann
    bob = aws("sts", key=user_with(aws, "Bob", allow("*")))
    code, message = refused(bob.get_session_token, **device.shown())
    assert code == "AccessDenied"
    assert message.startswith("MultiFactorAuthentication failed, unable to validate MFA code.")
    nobody = {"SerialNumber": f"arn:aws:iam::{ACCOUNT}:mfa/nobody", "TokenCode": "123456"}
    assert refused(bob.get_session_token, **nobody) == (code, message)
    aws("iam").deactivate_mfa_device(UserName="Ann", SerialNumber=device.serial)
    assert refused(aws("sts", key=ann[0]).get_session_token, **device.shown())[0] == "AccessDenied"


def test_serial_number_and_code_belong_together(aws, ann):
    key, device = ann
    assert refused(aws("sts", key=key).get_session_token, SerialNumber=device.serial)[0] == "ValidationError"
    assert refused(aws("sts", key=key).get_session_token, TokenCode="123456")[0] == "ValidationError"


def test_a_role_that_wants_mfa_is_assumed_with_a_code_or_from_a_session_that_has_shown_one(aws, ann):
    key, device = ann
    text = trust({"AWS": ACCOUNT}, Bool={"aws:MultiFactorAuthPresent": "true"})
    arn = aws("iam").create_role(RoleName="R", AssumeRolePolicyDocument=text)["Role"]["Arn"]
    sts = aws("sts", key=key)
    wanted = {"RoleArn": arn, "RoleSessionName": "me"}
    assert refused(sts.assume_role, **wanted)[0] == "AccessDenied"
    assert refused(sts.assume_role, **wanted, **device.wrong()) == WRONG
    shown = device.shown()
    sts.assume_role(**wanted, **shown)
    assert refused(sts.assume_role, **wanted, **shown) == WRONG


def test_a_role_s_session_does_not_hand_on_that_its_caller_had_shown_a_code(aws, ann):
    key, device = ann
    iam = aws("iam")
    arn = iam.create_role(RoleName="R", AssumeRolePolicyDocument=trust({"AWS": ACCOUNT}))["Role"]["Arn"]
    with_mfa = allow("iam:ListUsers", Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})
    iam.put_role_policy(RoleName="R", PolicyName="p", PolicyDocument=with_mfa)
    taken = aws("sts", key=key).assume_role(RoleArn=arn, RoleSessionName="me", **device.shown())
    assert refused(session(aws, taken["Credentials"], "iam").list_users)[0] == "AccessDenied"


def test_wrong_guesses_are_forgotten_with_time_and_memory_is_bounded():
    attempts = Attempts(limit=2, seconds=10)
    for _ in range(2):
        assert attempts.may_try("a", 100.0)
        attempts.failed("a", 100.0)
    assert not attempts.may_try("a", 109.0)
    assert attempts.may_try("a", 110.0)
    attempts.failed("a", 110.0)
    assert attempts.may_try("a", 110.0)
    attempts.succeeded("a")
    for number in range(10_050):
        attempts.failed(str(number), 110.0)
    assert len(attempts._counts) == 10_000


def test_the_codes_are_those_of_rfc_6238():
    seed = b"12345678901234567890"
    for at, code in ((59, "287082"), (1111111109, "081804"), (20000000000, "353130")):
        assert totp.code_at(seed, totp.step_at(at)) == code
        assert totp.step_of(seed, code, at + 30) == totp.step_at(at)
        assert totp.step_of(seed, code, at + 90) is None
