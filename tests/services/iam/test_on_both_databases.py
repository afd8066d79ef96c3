"""Everything that `iam` remembers, on SQLite and on PostgreSQL, and read again from the database after a start."""

import asyncio

import pytest

from tests.services.iam.saml import metadata
from tests.services.iam.test_account import everything
from tests.services.iam.test_mfa_devices import codes, device
from tests.services.policies import allow, trust_account, user_with

pytestmark = pytest.mark.usefixtures("early_in_a_step")


def test_every_noun_is_kept_and_published_again_after_a_start(anywhere):
    aws = anywhere.client
    iam = aws("iam")
    key = user_with(aws, "Ann", allow("iam:ChangePassword", "iam:ListUsers"))
    iam.create_login_profile(UserName="Ann", Password="Correct-horse-1")
    aws("iam", key=key).change_password(OldPassword="Correct-horse-1", NewPassword="Battery-staple-2")
    serial, seed = device(aws)
    iam.enable_mfa_device(UserName="Ann", SerialNumber=serial, **codes(seed))
    oidc = iam.create_open_id_connect_provider(Url="https://login.example.com", ClientIDList=["a"])
    saml = iam.create_saml_provider(Name="Idp", SAMLMetadataDocument=metadata())["SAMLProviderArn"]
    iam.create_role(RoleName="R", Path=f"/{'p' * 500}/", AssumeRolePolicyDocument=trust_account())
    iam.create_instance_profile(InstanceProfileName="P", Tags=[{"Key": "k", "Value": "v"}])
    iam.add_role_to_instance_profile(InstanceProfileName="P", RoleName="R")
    iam.create_service_linked_role(AWSServiceName="ops.apigateway.amazonaws.com")
    task = iam.delete_service_linked_role(RoleName="AWSServiceRoleForAPIGateway")["DeletionTaskId"]
    assert iam.get_service_linked_role_deletion_status(DeletionTaskId=task)["Status"] == "SUCCEEDED"
    iam.update_account_password_policy(AllowUsersToChangePassword=True)
    iam.create_account_alias(AccountAlias="acme")
    iam.generate_credential_report()
    assert b"Ann" in iam.get_credential_report()["Content"]
    assert everything(iam, MaxItems=1) == everything(iam)
    running = anywhere.product
    before = {kind: _shelved(running, kind) for kind in _KINDS}
    asyncio.run_coroutine_threadsafe(running.snapshots.load(), anywhere.loop).result(10)
    assert {kind: _shelved(running, kind) for kind in _KINDS} == before
    assert oidc["OpenIDConnectProviderArn"] in before["iam.oidc-provider"]
    assert saml in before["iam.saml-provider"]
    assert serial in before["iam.mfa-device"]
    assert "instance-profile/P" in before["iam.name"]


_KINDS = ("iam.name", "iam.oidc-provider", "iam.saml-provider", "iam.mfa-device", "iam.policy", "iam.access-key")


def _shelved(running, kind):
    shelf = running.snapshots.shelf(kind)
    return {key: shelf.get(key) for key in shelf.keys()}  # noqa: SIM118 - a shelf is no mapping
