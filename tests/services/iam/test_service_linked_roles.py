import pytest

from tests.services.policies import allow, refused, trust_account, user_with

NAME = "AWSServiceRoleForAPIGateway"
SERVICE = "ops.apigateway.amazonaws.com"
ARN = f"arn:aws:iam::000000000000:role/aws-service-role/{SERVICE}/{NAME}"


def linked(aws):
    return aws("iam").create_service_linked_role(AWSServiceName=SERVICE)["Role"]


def test_a_service_has_one_role_that_trusts_only_it(aws):
    role = linked(aws)
    assert role["Arn"] == ARN
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": SERVICE}
    code, message = refused(aws("iam").create_service_linked_role, AWSServiceName=SERVICE)
    assert (code, message) == (
        "InvalidInput",
        f"Service role name {NAME} has been taken in this account, please try a different suffix.",
    )


@pytest.mark.parametrize("service", ["email.cognito-idp.amazonaws.com", "cognito-idp.amazonaws.com"])
def test_cognito_has_its_roles_too(aws, service):
    role = aws("iam").create_service_linked_role(AWSServiceName=service)["Role"]
    assert role["Path"] == f"/aws-service-role/{service}/"


def test_other_services_and_suffixes_are_refused_by_name(aws):
    create = aws("iam").create_service_linked_role
    code, message = refused(create, AWSServiceName="autoscaling.amazonaws.com")
    assert code == "InvalidInput"
    assert SERVICE in message
    assert refused(create, AWSServiceName=SERVICE, CustomSuffix="x") == (
        "InvalidInput",
        f"Custom suffix is not allowed for {SERVICE}",
    )


def test_only_the_service_changes_its_role(aws):
    iam = aws("iam")
    linked(aws)
    iam.create_instance_profile(InstanceProfileName="P")
    admin = "arn:aws:iam::aws:policy/AdministratorAccess"
    tries = [
        (iam.put_role_policy, {"PolicyName": "p", "PolicyDocument": allow("s3:*")}),
        (iam.delete_role_policy, {"PolicyName": "p"}),
        (iam.attach_role_policy, {"PolicyArn": admin}),
        (iam.detach_role_policy, {"PolicyArn": admin}),
        (iam.put_role_permissions_boundary, {"PermissionsBoundary": admin}),
        (iam.delete_role_permissions_boundary, {}),
        (iam.update_assume_role_policy, {"PolicyDocument": trust_account()}),
        (iam.update_role, {"MaxSessionDuration": 7200}),
        (iam.add_role_to_instance_profile, {"InstanceProfileName": "P"}),
        (iam.delete_role, {}),
    ]
    for operation, more in tries:
        code, message = refused(operation, RoleName=NAME, **more)
        assert code == "UnmodifiableEntity", operation
        assert message == (
            f"Cannot perform the operation on the protected role '{NAME}' - this role is only modifiable by AWS"
        )
    iam.update_role(RoleName=NAME, Description="ours")
    assert iam.get_role(RoleName=NAME)["Role"]["Description"] == "ours"


def test_nobody_makes_such_a_role_by_hand(aws):
    code, message = refused(
        aws("iam").create_role,
        RoleName="Fake",
        Path=f"/aws-service-role/{SERVICE}/",
        AssumeRolePolicyDocument=trust_account(),
    )
    assert code == "InvalidInput"
    assert "CreateServiceLinkedRole" in message


def test_a_deletion_succeeds_and_is_remembered(aws):
    iam = aws("iam")
    linked(aws)
    task = iam.delete_service_linked_role(RoleName=NAME)["DeletionTaskId"]
    assert task.startswith(f"task/aws-service-role/{SERVICE}/{NAME}/")
    assert iam.get_service_linked_role_deletion_status(DeletionTaskId=task)["Status"] == "SUCCEEDED"
    assert refused(iam.get_role, RoleName=NAME)[0] == "NoSuchEntity"
    assert refused(iam.get_service_linked_role_deletion_status, DeletionTaskId=task + "x")[0] == "NoSuchEntity"
    linked(aws)


def test_an_ordinary_role_is_not_deleted_as_a_services(aws):
    aws("iam").create_role(RoleName="R", AssumeRolePolicyDocument=trust_account())
    assert refused(aws("iam").delete_service_linked_role, RoleName="R")[0] == "NoSuchEntity"


def test_the_permission_names_the_role_and_the_service(aws):
    only = {"StringEquals": {"iam:AWSServiceName": SERVICE}}
    me = aws("iam", key=user_with(aws, "Ann", allow("iam:CreateServiceLinkedRole", resource=ARN, Condition=only)))
    code, _ = refused(me.create_service_linked_role, AWSServiceName="cognito-idp.amazonaws.com")
    assert code == "AccessDenied"
    me.create_service_linked_role(AWSServiceName=SERVICE)
