import base64

import pytest

from gatewright.core.clock import SystemClock
from gatewright.core.totp import code_at, step_at
from tests.services.policies import document, refused, user_with

pytestmark = pytest.mark.usefixtures("early_in_a_step")

ARN = "arn:aws:iam::000000000000:mfa/phone"


def device(aws, name="phone", **settings):
    """Make a device and return its serial number and its seed."""
    made = aws("iam").create_virtual_mfa_device(VirtualMFADeviceName=name, **settings)["VirtualMFADevice"]
    return made["SerialNumber"], base64.b32decode(made["Base32StringSeed"])


def codes(seed, ahead=0):
    step = step_at(SystemClock().now()) + ahead
    return {"AuthenticationCode1": code_at(seed, step - 1), "AuthenticationCode2": code_at(seed, step)}


def enabled(aws, user="Ann", name="phone"):
    serial, seed = device(aws, name)
    aws("iam").enable_mfa_device(UserName=user, SerialNumber=serial, **codes(seed))
    return serial, seed


def test_a_new_device_shows_its_seed_and_a_picture(aws):
    made = aws("iam").create_virtual_mfa_device(
        VirtualMFADeviceName="phone", Path="/a/", Tags=[{"Key": "k", "Value": "v"}]
    )["VirtualMFADevice"]
    assert made["SerialNumber"] == "arn:aws:iam::000000000000:mfa/a/phone"
    assert len(made["Base32StringSeed"]) == 64
    assert made["QRCodePNG"].startswith(b"\x89PNG\r\n")
    assert made["Tags"] == [{"Key": "k", "Value": "v"}]
    assert refused(aws("iam").create_virtual_mfa_device, VirtualMFADeviceName="phone", Path="/a/") == (
        "EntityAlreadyExists",
        "MFADevice entity at the same path and name already exists.",
    )
    assert refused(aws("iam").create_virtual_mfa_device, VirtualMFADeviceName="n", Path=f"/{'x' * 300}/")[0] == (
        "InvalidInput"
    )


def test_two_codes_enable_a_device_for_a_user(aws):
    iam = aws("iam")
    iam.create_user(UserName="Ann")
    serial, _ = enabled(aws)
    (listed,) = iam.list_mfa_devices(UserName="Ann")["MFADevices"]
    assert (listed["UserName"], listed["SerialNumber"]) == ("Ann", serial)
    assert iam.get_mfa_device(SerialNumber=serial, UserName="Ann")["EnableDate"] == listed["EnableDate"]
    (virtual,) = iam.list_virtual_mfa_devices(AssignmentStatus="Assigned")["VirtualMFADevices"]
    assert virtual["User"]["UserName"] == "Ann"
    assert "Base32StringSeed" not in virtual
    assert refused(iam.delete_user, UserName="Ann")[1] == "Cannot delete entity, must delete MFA device first."


@pytest.mark.parametrize("wrong", ["one", "two", "order", "same", "old"])
def test_codes_that_do_not_follow_each_other_now_enable_nothing(aws, wrong):
    aws("iam").create_user(UserName="Ann")
    serial, seed = device(aws)
    given = codes(seed)
    one, two = given["AuthenticationCode1"], given["AuthenticationCode2"]
    tried = {
        "one": ("000000" if one != "000000" else "111111", two),
        "two": (one, "000000" if two != "000000" else "111111"),
        "order": (two, one),
        "same": (two, two),
        "old": tuple(codes(seed, -1000).values()),
    }[wrong]
    code, message = refused(
        aws("iam").enable_mfa_device,
        UserName="Ann",
        SerialNumber=serial,
        AuthenticationCode1=tried[0],
        AuthenticationCode2=tried[1],
    )
    assert (code, message) == ("InvalidAuthenticationCode", "Authentication code for device is not valid.")
    assert aws("iam").list_mfa_devices(UserName="Ann")["MFADevices"] == []


def test_a_device_has_one_user_and_a_user_eight_devices(aws):
    iam = aws("iam")
    for name in ("Ann", "Bob"):
        iam.create_user(UserName=name)
    serial, seed = enabled(aws)
    assert refused(iam.enable_mfa_device, UserName="Bob", SerialNumber=serial, **codes(seed))[0] == (
        "EntityAlreadyExists"
    )
    for number in range(7):
        enabled(aws, name=f"phone{number}")
    serial, seed = device(aws, "ninth")
    code, message = refused(iam.enable_mfa_device, UserName="Ann", SerialNumber=serial, **codes(seed))
    assert (code, message) == ("LimitExceeded", "Cannot exceed quota for MfaDevicesPerUser: 8")


def test_a_device_is_taken_from_its_user_before_it_is_deleted(aws):
    iam = aws("iam")
    iam.create_user(UserName="Ann")
    iam.create_user(UserName="Bob")
    serial, seed = enabled(aws)
    assert refused(iam.delete_virtual_mfa_device, SerialNumber=serial) == (
        "DeleteConflict",
        "MFA VirtualDevice in use. Must deactivate first.",
    )
    assert refused(iam.deactivate_mfa_device, UserName="Bob", SerialNumber=serial)[0] == "NoSuchEntity"
    iam.deactivate_mfa_device(UserName="Ann", SerialNumber=serial)
    (unassigned,) = iam.list_virtual_mfa_devices(AssignmentStatus="Unassigned")["VirtualMFADevices"]
    assert "User" not in unassigned
    iam.enable_mfa_device(UserName="Bob", SerialNumber=serial, **codes(seed))
    iam.deactivate_mfa_device(UserName="Bob", SerialNumber=serial)
    iam.delete_virtual_mfa_device(SerialNumber=serial)
    assert refused(iam.delete_virtual_mfa_device, SerialNumber=serial)[0] == "NoSuchEntity"


def test_a_device_whose_clock_is_off_is_resynchronized(aws, product):
    aws("iam").create_user(UserName="Ann")
    serial, seed = enabled(aws)
    shelf = product.product.snapshots.shelf("iam.mfa-device")
    assert shelf.get(serial).drift == 0
    aws("iam").resync_mfa_device(UserName="Ann", SerialNumber=serial, **codes(seed, 20))
    assert shelf.get(serial).drift == 19
    aws("iam").resync_mfa_device(UserName="Ann", SerialNumber=serial, **codes(seed, -20))
    assert shelf.get(serial).drift == -20
    far = codes(seed, 500)
    assert refused(aws("iam").resync_mfa_device, UserName="Ann", SerialNumber=serial, **far)[0] == (
        "InvalidAuthenticationCode"
    )


def test_an_enabled_device_is_published_and_follows_its_user(aws, product):
    iam = aws("iam")
    iam.create_user(UserName="Ann")
    shelf = product.product.snapshots.shelf("iam.mfa-device")
    serial, _ = device(aws)
    assert shelf.get(serial) is None
    iam.delete_virtual_mfa_device(SerialNumber=serial)
    serial, _ = enabled(aws)
    assert shelf.get(serial).user_arn.endswith(":user/Ann")
    iam.update_user(UserName="Ann", NewUserName="Anna")
    assert shelf.get(serial).user_arn.endswith(":user/Anna")
    iam.deactivate_mfa_device(UserName="Anna", SerialNumber=serial)
    assert shelf.get(serial) is None


def test_devices_are_listed_page_by_page(aws):
    for name in ("c", "a", "b"):
        device(aws, name)
    first = aws("iam").list_virtual_mfa_devices(MaxItems=2)
    second = aws("iam").list_virtual_mfa_devices(MaxItems=2, Marker=first["Marker"])
    names = [entry["SerialNumber"][-1] for entry in first["VirtualMFADevices"] + second["VirtualMFADevices"]]
    assert names == ["a", "b", "c"]


def test_a_user_manages_its_own_device_with_the_permission_for_itself(aws):
    own = document(
        {"Effect": "Allow", "Action": "iam:CreateVirtualMFADevice", "Resource": "arn:aws:iam::*:mfa/${aws:username}"},
        {
            "Effect": "Allow",
            "Action": ["iam:EnableMFADevice", "iam:ListMFADevices", "iam:DeactivateMFADevice"],
            "Resource": "arn:aws:iam::*:user/${aws:username}",
        },
    )
    me = aws("iam", key=user_with(aws, "Ann", own))
    assert refused(me.create_virtual_mfa_device, VirtualMFADeviceName="Bob")[0] == "AccessDenied"
    made = me.create_virtual_mfa_device(VirtualMFADeviceName="Ann")["VirtualMFADevice"]
    seed = base64.b32decode(made["Base32StringSeed"])
    me.enable_mfa_device(UserName="Ann", SerialNumber=made["SerialNumber"], **codes(seed))
    assert len(me.list_mfa_devices()["MFADevices"]) == 1
    me.deactivate_mfa_device(SerialNumber=made["SerialNumber"])
    assert refused(me.enable_mfa_device, UserName="Bob", SerialNumber=made["SerialNumber"], **codes(seed))[0] == (
        "AccessDenied"
    )


def test_tags_are_set_listed_and_taken_away(aws):
    iam = aws("iam")
    serial, _ = device(aws)
    iam.tag_mfa_device(SerialNumber=serial, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    iam.untag_mfa_device(SerialNumber=serial, TagKeys=["a"])
    assert iam.list_mfa_device_tags(SerialNumber=serial)["Tags"] == [{"Key": "b", "Value": "2"}]


def test_the_seed_is_not_in_the_database(aws, product):
    _, seed = device(aws)
    for file in product.product.settings.data.glob("gatewright.sqlite3*"):
        data = file.read_bytes()
        assert seed not in data
        assert base64.b32encode(seed) not in data
