import asyncio
import csv
import io
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gatewright.services.iam import credential_report
from gatewright.services.iam.limits import PER_ACCOUNT
from gatewright.services.iam.tables import Group, InstanceProfile, ManagedPolicy, Role, SamlProviderRow, User
from tests.services.iam.saml import metadata
from tests.services.policies import allow, refused, trust_account, user_with

ACCOUNT = "000000000000"


def test_an_account_has_one_alias(aws):
    iam = aws("iam")
    assert iam.list_account_aliases()["AccountAliases"] == []
    iam.create_account_alias(AccountAlias="acme")
    iam.create_account_alias(AccountAlias="acme-2")
    assert iam.list_account_aliases()["AccountAliases"] == ["acme-2"]
    assert iam.list_account_aliases(MaxItems=1)["IsTruncated"] is False
    assert refused(iam.list_account_aliases, Marker="made up")[0] == "ValidationError"
    assert refused(iam.delete_account_alias, AccountAlias="acme")[0] == "NoSuchEntity"
    iam.delete_account_alias(AccountAlias="acme-2")
    assert iam.list_account_aliases()["AccountAliases"] == []


@pytest.mark.parametrize("alias", ["-acme", "acme-", "ac--me", "Acme", "a_b_c", "123456789012"])
def test_what_cannot_be_an_alias_is_refused(aws, alias):
    assert refused(aws("iam").create_account_alias, AccountAlias=alias)[0] in {"ValidationError", "InvalidInput"}


def test_the_summary_counts_what_there_is(aws):
    iam = aws("iam")
    iam.create_user(UserName="Ann")
    iam.create_group(GroupName="G")
    iam.create_role(RoleName="R", AssumeRolePolicyDocument=trust_account())
    arn = iam.create_policy(PolicyName="P", PolicyDocument=allow("s3:*"))["Policy"]["Arn"]
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=allow("ec2:*"))
    iam.create_virtual_mfa_device(VirtualMFADeviceName="m")
    iam.create_open_id_connect_provider(Url="https://login.example.com")
    found = iam.get_account_summary()["SummaryMap"]
    for name, number in {
        "Users": 1,
        "Groups": 1,
        "Roles": 1,
        "Policies": 1,
        "PolicyVersionsInUse": 2,
        "MFADevices": 1,
        "MFADevicesInUse": 0,
        "Providers": 1,
        "UsersQuota": 5000,
        "AttachedPoliciesPerRoleQuota": 10,
        "AssumeRolePolicySizeQuota": 2048,
        "AccessKeysPerUserQuota": 2,
    }.items():
        assert found[name] == number, name


def test_every_quota_of_the_account_is_enforced(aws, monkeypatch):
    iam = aws("iam")
    for table in (User, Group, Role, ManagedPolicy, InstanceProfile, SamlProviderRow):
        monkeypatch.setitem(PER_ACCOUNT, table, (PER_ACCOUNT[table][0], 1))
    makers = {
        "UsersPerAccount": lambda name: iam.create_user(UserName=name),
        "GroupsPerAccount": lambda name: iam.create_group(GroupName=name),
        "RolesPerAccount": lambda name: iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust_account()),
        "PoliciesPerAccount": lambda name: iam.create_policy(PolicyName=name, PolicyDocument=allow("s3:*")),
        "InstanceProfilesPerAccount": lambda name: iam.create_instance_profile(InstanceProfileName=name),
        "SAMLProvidersPerAccount": lambda name: iam.create_saml_provider(Name=name, SAMLMetadataDocument=metadata()),
    }
    for quota, make in makers.items():
        make("one")
        assert refused(make, name="two") == ("LimitExceeded", f"Cannot exceed quota for {quota}: 1")
    assert refused(iam.create_service_linked_role, AWSServiceName="ops.apigateway.amazonaws.com")[0] == (
        "LimitExceeded"
    )


def test_the_last_use_of_a_key_is_known_at_once_and_after_it_was_written(aws, product):
    iam = aws("iam")
    key = user_with(aws, "Ann", allow("iam:ListUsers"))
    unused = iam.get_access_key_last_used(AccessKeyId=key[0])
    assert unused["AccessKeyLastUsed"] == {"ServiceName": "N/A", "Region": "N/A"}
    before = int(time.time())
    aws("iam", key=key, region="eu-west-1").list_users()
    running = product.product
    for _ in range(2):
        used = iam.get_access_key_last_used(AccessKeyId=key[0])
        assert used["UserName"] == "Ann"
        last = used["AccessKeyLastUsed"]
        assert (last["ServiceName"], last["Region"]) == ("iam", "eu-west-1")
        assert last["LastUsedDate"].timestamp() >= before
        writing = running._credentials.uses.write(running.storage)
        asyncio.run_coroutine_threadsafe(writing, product.loop).result(10)


def test_a_refused_signature_is_no_use_of_a_key_and_a_refused_action_is(aws):
    iam = aws("iam")
    key = user_with(aws, "Ann")
    assert refused(aws("iam", key=(key[0], "wrong")).list_users)[0] == "SignatureDoesNotMatch"
    assert iam.get_access_key_last_used(AccessKeyId=key[0])["AccessKeyLastUsed"]["ServiceName"] == "N/A"
    assert refused(aws("sts", key=key).assume_role, RoleArn=f"arn:aws:iam::{ACCOUNT}:role/R", RoleSessionName="me")
    assert iam.get_access_key_last_used(AccessKeyId=key[0])["AccessKeyLastUsed"]["ServiceName"] == "sts"


def test_the_last_use_of_an_unknown_key_is_refused_and_of_anothers_is_a_permission(aws):
    assert refused(aws("iam").get_access_key_last_used, AccessKeyId="AKIAIOSFODNN7EXAMPLE")[0] == "NoSuchEntity"
    bobs = user_with(aws, "Bob")[0]
    own = allow("iam:GetAccessKeyLastUsed", resource=f"arn:aws:iam::{ACCOUNT}:user/${{aws:username}}")
    key = user_with(aws, "Ann", own)
    me = aws("iam", key=key)
    me.get_access_key_last_used(AccessKeyId=key[0])
    assert refused(me.get_access_key_last_used, AccessKeyId=bobs)[0] == "AccessDenied"
    assert refused(me.get_access_key_last_used, AccessKeyId="AKIAIOSFODNN7EXAMPLE")[0] == "AccessDenied"


def test_the_credential_report_tells_of_every_user(aws):
    iam = aws("iam")
    iam.update_account_password_policy(MaxPasswordAge=30)
    key = user_with(aws, "Ann", allow("iam:ListUsers"))
    iam.create_login_profile(UserName="Ann", Password="Correct-horse-1")
    aws("iam", key=key).list_users()
    iam.create_user(UserName="=cmd,1")
    assert refused(iam.get_credential_report)[0] == "ReportNotPresent"
    assert iam.generate_credential_report()["State"] == "STARTED"
    assert iam.generate_credential_report()["State"] == "COMPLETE"
    answer = iam.get_credential_report()
    assert answer["ReportFormat"] == "text/csv"
    lines = {line["user"]: line for line in csv.DictReader(io.StringIO(answer["Content"].decode()))}
    assert set(lines) == {"<root_account>", "=cmd,1", "Ann"}
    assert all(None not in line and None not in line.values() for line in lines.values())
    ann, root, other = lines["Ann"], lines["<root_account>"], lines["=cmd,1"]
    assert (ann["password_enabled"], ann["password_last_used"]) == ("true", "no_information")
    assert ann["password_next_rotation"] > ann["password_last_changed"]
    assert (ann["access_key_1_active"], ann["access_key_1_last_used_service"]) == ("true", "iam")
    assert ann["access_key_2_active"] == "false"
    assert (other["password_enabled"], other["access_key_1_last_rotated"]) == ("false", "N/A")
    assert root["arn"] == f"arn:aws:iam::{ACCOUNT}:root"
    assert root["access_key_1_last_used_service"] == "iam"


def test_a_report_is_good_for_four_hours(aws, monkeypatch):
    iam = aws("iam")
    iam.generate_credential_report()
    monkeypatch.setattr(credential_report, "_LIFETIME", 0.0)
    assert refused(iam.get_credential_report)[0] == "ReportExpired"
    assert iam.generate_credential_report()["State"] == "STARTED"


def everything(iam, **more):
    """Return every page of the account's details, joined."""
    joined = {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": []}
    marker = {}
    while True:
        answer = iam.get_account_authorization_details(**more, **marker)
        for name, found in joined.items():
            found += answer[name]
        if not answer["IsTruncated"]:
            return joined
        marker = {"Marker": answer["Marker"]}


def populated(aws):
    iam = aws("iam")
    user_with(aws, "Ann", allow("s3:*"))
    iam.create_user(UserName="Bob", Tags=[{"Key": "k", "Value": "v"}])
    iam.create_group(GroupName="G")
    iam.put_group_policy(GroupName="G", PolicyName="gp", PolicyDocument=allow("s3:*"))
    iam.add_user_to_group(GroupName="G", UserName="Ann")
    local = iam.create_policy(PolicyName="P", PolicyDocument=allow("s3:*"))["Policy"]["Arn"]
    iam.create_policy_version(PolicyArn=local, PolicyDocument=allow("ec2:*"), SetAsDefault=True)
    iam.create_role(RoleName="R", AssumeRolePolicyDocument=trust_account(), PermissionsBoundary=local)
    iam.attach_role_policy(RoleName="R", PolicyArn="arn:aws:iam::aws:policy/IAMFullAccess")
    iam.create_instance_profile(InstanceProfileName="I")
    iam.add_role_to_instance_profile(InstanceProfileName="I", RoleName="R")
    return iam


def test_the_details_of_the_account_are_whole(aws):
    found = everything(populated(aws))
    ann, bob = found["UserDetailList"]
    assert (ann["UserName"], ann["GroupList"]) == ("Ann", ["G"])
    assert ann["UserPolicyList"][0]["PolicyDocument"] == json.loads(allow("s3:*"))
    assert bob["Tags"] == [{"Key": "k", "Value": "v"}]
    (group,) = found["GroupDetailList"]
    assert group["GroupPolicyList"][0]["PolicyName"] == "gp"
    (role,) = found["RoleDetailList"]
    assert role["AssumeRolePolicyDocument"] == json.loads(trust_account())
    assert role["AttachedManagedPolicies"][0]["PolicyName"] == "IAMFullAccess"
    assert role["PermissionsBoundary"]["PermissionsBoundaryArn"].endswith("policy/P")
    assert role["InstanceProfileList"][0]["InstanceProfileName"] == "I"
    local, managed = found["Policies"]
    assert [version["VersionId"] for version in local["PolicyVersionList"]] == ["v2", "v1"]
    assert local["PolicyVersionList"][0]["Document"] == json.loads(allow("ec2:*"))
    assert local["PermissionsBoundaryUsageCount"] == 1
    assert (managed["PolicyName"], managed["AttachmentCount"]) == ("IAMFullAccess", 1)


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 6, 7])
def test_pages_of_the_details_hold_everything_once(aws, size):
    iam = populated(aws)
    assert everything(iam, MaxItems=size) == everything(iam)


@pytest.mark.parametrize(
    ("kind", "member", "names"),
    [
        ("User", "UserDetailList", 2),
        ("Group", "GroupDetailList", 1),
        ("Role", "RoleDetailList", 1),
        ("LocalManagedPolicy", "Policies", 1),
        ("AWSManagedPolicy", "Policies", 1),
    ],
)
def test_a_filter_picks_one_kind(aws, kind, member, names):
    found = everything(populated(aws), Filter=[kind])
    assert {name: len(items) for name, items in found.items() if items} == {member: names}


def test_the_marker_of_one_operation_is_none_of_another(aws):
    marker = populated(aws).get_account_authorization_details(MaxItems=1)["Marker"]
    assert refused(aws("iam").list_users, Marker=marker)[0] == "ValidationError"
    assert refused(aws("iam").get_account_authorization_details, Marker="0:Ann")[0] == "ValidationError"


def cli(product, *words):
    """Run the AWS command line and return what it prints."""
    command = [str(Path(sys.executable).with_name("aws")), "iam", *words, "--output", "json"]
    done = subprocess.run(command, env=product.environ(), capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout) if done.stdout else None


def test_the_command_line_understands_the_answers(aws, product, tmp_path):
    populated(aws)
    cli(product, "generate-credential-report")
    assert "Content" in cli(product, "get-credential-report")
    summary = cli(product, "get-account-summary")["SummaryMap"]
    assert summary["Users"] == 2
    arn = f"arn:aws:iam::{ACCOUNT}:user/Ann"
    simulated = cli(
        product,
        "simulate-principal-policy",
        "--policy-source-arn",
        arn,
        "--action-names",
        "s3:GetObject",
        "iam:GetUser",
    )
    assert [result["EvalDecision"] for result in simulated["EvaluationResults"]] == ["allowed", "implicitDeny"]
    picture = tmp_path / "code.png"
    cli(
        product,
        "create-virtual-mfa-device",
        "--virtual-mfa-device-name",
        "phone",
        "--outfile",
        str(picture),
        "--bootstrap-method",
        "QRCodePNG",
    )
    assert picture.read_bytes().startswith(b"\x89PNG")
    details = cli(product, "get-account-authorization-details", "--filter", "Role")
    assert details["RoleDetailList"][0]["RoleName"] == "R"
