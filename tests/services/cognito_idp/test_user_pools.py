import pytest

from tests.services.cognito_idp.conftest import attributes
from tests.services.policies import allow, refused, user_with


def test_a_pool_shows_awss_defaults(idp):
    pool = idp.create_user_pool(PoolName="people")["UserPool"]
    assert pool["Id"].startswith("us-east-1_")
    assert pool["Arn"] == f"arn:aws:cognito-idp:us-east-1:000000000000:userpool/{pool['Id']}"
    assert pool["Policies"]["PasswordPolicy"] == {
        "MinimumLength": 8,
        "RequireUppercase": True,
        "RequireLowercase": True,
        "RequireNumbers": True,
        "RequireSymbols": True,
        "TemporaryPasswordValidityDays": 7,
    }
    assert pool["MfaConfiguration"] == "OFF"
    assert pool["DeletionProtection"] == "INACTIVE"
    assert pool["EstimatedNumberOfUsers"] == 0
    assert pool["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": False, "UnusedAccountValidityDays": 7}
    assert [one["Name"] for one in pool["SchemaAttributes"]][:2] == ["sub", "name"]
    described = idp.describe_user_pool(UserPoolId=pool["Id"])["UserPool"]
    assert described == pool


def test_the_number_of_users_is_shown(idp, make_pool):
    pool_id = make_pool()
    idp.admin_create_user(UserPoolId=pool_id, Username="ann")
    assert idp.describe_user_pool(UserPoolId=pool_id)["UserPool"]["EstimatedNumberOfUsers"] == 1


def test_an_update_puts_back_what_it_does_not_give(idp, make_pool):
    pool_id = make_pool(AutoVerifiedAttributes=["email"], AliasAttributes=["email"], DeletionProtection="ACTIVE")
    idp.update_user_pool(UserPoolId=pool_id, PoolName="others")
    pool = idp.describe_user_pool(UserPoolId=pool_id)["UserPool"]
    assert pool["Name"] == "others"
    assert "AutoVerifiedAttributes" not in pool
    assert pool["AliasAttributes"] == ["email"]
    assert pool["DeletionProtection"] == "INACTIVE"
    assert pool["Policies"]["PasswordPolicy"]["RequireSymbols"] is True


def test_a_protected_pool_is_not_deleted(idp, make_pool):
    pool_id = make_pool(DeletionProtection="ACTIVE")
    code, message = refused(idp.delete_user_pool, UserPoolId=pool_id)
    assert code == "InvalidParameterException"
    assert "deletion protection is activated" in message
    idp.update_user_pool(UserPoolId=pool_id)
    idp.delete_user_pool(UserPoolId=pool_id)
    assert refused(idp.describe_user_pool, UserPoolId=pool_id) == (
        "ResourceNotFoundException",
        f"User pool {pool_id} does not exist.",
    )


def test_a_pool_takes_its_clients_users_and_groups_along(idp, anyone, make_pool, make_client, inside):
    pool_id = make_pool()
    client_id = make_client(pool_id)["ClientId"]
    idp.admin_create_user(UserPoolId=pool_id, Username="ann", UserAttributes=attributes(email="a@example.com"))
    idp.create_group(UserPoolId=pool_id, GroupName="g")
    idp.admin_add_user_to_group(UserPoolId=pool_id, GroupName="g", Username="ann")
    idp.delete_user_pool(UserPoolId=pool_id)
    for call in (idp.list_users, idp.list_groups, idp.list_user_pool_clients):
        assert refused(call, UserPoolId=pool_id)[0] == "ResourceNotFoundException"
    answer = refused(anyone.sign_up, ClientId=client_id, Username="bob", Password="Correct-horse-1")
    assert answer == ("ResourceNotFoundException", f"User pool client {client_id} does not exist.")


def test_pools_are_listed_by_pages_and_a_token_of_another_list_is_refused(idp, make_pool):
    made = sorted(make_pool() for _ in range(3))
    first = idp.list_user_pools(MaxResults=2)
    second = idp.list_user_pools(MaxResults=2, NextToken=first["NextToken"])
    assert [pool["Id"] for pool in first["UserPools"] + second["UserPools"]] == made
    assert "NextToken" not in second
    forged = first["NextToken"][:-4] + "AAAA"
    assert refused(idp.list_user_pools, MaxResults=2, NextToken=forged)[0] == "InvalidParameterException"
    answer = refused(idp.list_user_pool_clients, UserPoolId=made[0], NextToken=first["NextToken"])
    assert answer[0] == "InvalidParameterException"


def test_a_pool_of_another_region_is_not_there(aws, make_pool):
    elsewhere = aws("cognito-idp", region="eu-west-1")
    assert refused(elsewhere.describe_user_pool, UserPoolId=make_pool())[0] == "ResourceNotFoundException"
    assert elsewhere.list_user_pools(MaxResults=5)["UserPools"] == []


ARN = "arn:aws:lambda:us-east-1:000000000000:function:f"


TRIGGERS = [
    "PreSignUp",
    "CustomMessage",
    "PostConfirmation",
    "PreAuthentication",
    "PostAuthentication",
    "DefineAuthChallenge",
    "CreateAuthChallenge",
    "VerifyAuthChallengeResponse",
    "PreTokenGeneration",
    "UserMigration",
    "KMSKeyID",
]


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        *(({"LambdaConfig": {name: ARN}}, f"LambdaConfig.{name} yet") for name in TRIGGERS),
        (
            {"LambdaConfig": {"PreTokenGenerationConfig": {"LambdaVersion": "V2_0", "LambdaArn": ARN}}},
            "LambdaConfig.PreTokenGenerationConfig yet",
        ),
        (
            {"LambdaConfig": {"CustomEmailSender": {"LambdaVersion": "V1_0", "LambdaArn": ARN}}},
            "LambdaConfig.CustomEmailSender yet",
        ),
        ({"UserPoolAddOns": {"AdvancedSecurityMode": "AUDIT"}}, "UserPoolAddOns.AdvancedSecurityMode yet"),
        (
            {
                "UserPoolAddOns": {
                    "AdvancedSecurityMode": "OFF",
                    "AdvancedSecurityAdditionalFlows": {"CustomAuthMode": "AUDIT"},
                }
            },
            "UserPoolAddOns.AdvancedSecurityAdditionalFlows yet",
        ),
        ({"UserPoolAddOns": {"AdvancedSecurityMode": "ENFORCED"}}, "AdvancedSecurityMode"),
        ({"UserPoolTier": "PLUS"}, "UserPoolTier"),
        ({"EmailConfiguration": {"EmailSendingAccount": "DEVELOPER", "SourceArn": ARN}}, "SES"),
        ({"VerificationMessageTemplate": {"DefaultEmailOption": "CONFIRM_WITH_LINK"}}, "CONFIRM_WITH_LINK"),
        ({"IssuerConfiguration": {"Type": "UPDATED"}}, "IssuerConfiguration"),
        ({"KeyConfiguration": {"KeyType": "CUSTOMER_MANAGED_KEY", "KmsKeyArn": ARN}}, "KeyConfiguration"),
        ({"KeyConfiguration": {"KeyType": "AWS_OWNED_KEY", "KmsKeyArn": ARN}}, "KeyConfiguration"),
        ({"AutoVerifiedAttributes": ["phone_number"]}, "SmsConfiguration"),
        ({"MfaConfiguration": "ON"}, "SMS configuration"),
        ({"AliasAttributes": ["email"], "UsernameAttributes": ["email"]}, "Only one of the aliasAttributes"),
        (
            {"UserAttributeUpdateSettings": {"AttributesRequireVerificationBeforeUpdate": ["email"]}},
            "AutoVerifiedAttributes",
        ),
        (
            {
                "Policies": {"PasswordPolicy": {"MinimumLength": 8, "TemporaryPasswordValidityDays": 3}},
                "AdminCreateUserConfig": {"UnusedAccountValidityDays": 7},
            },
            "Use TemporaryPasswordValidityDays",
        ),
        ({"AdminCreateUserConfig": {"InviteMessageTemplate": {"EmailMessage": "Hello there"}}}, "placeholders"),
        ({"Schema": [{"Name": "x", "Required": True}]}, "Required custom attributes are not supported currently."),
        ({"Schema": [{"Name": "email", "AttributeDataType": "Number"}]}, "AttributeDataType"),
    ],
)
def test_what_cannot_be_enforced_is_refused_by_its_name(idp, settings, named):
    code, message = refused(idp.create_user_pool, PoolName="people", **settings)
    assert code == "InvalidParameterException"
    assert named in message
    assert idp.list_user_pools(MaxResults=1)["UserPools"] == []


def test_an_update_asks_for_what_cannot_be_enforced_as_little_as_a_new_pool(idp, make_pool):
    pool_id = make_pool()
    before = idp.describe_user_pool(UserPoolId=pool_id)["UserPool"]
    for settings in ({"LambdaConfig": {"PreSignUp": ARN}}, {"UserPoolAddOns": {"AdvancedSecurityMode": "ENFORCED"}}):
        assert refused(idp.update_user_pool, UserPoolId=pool_id, **settings)[0] == "InvalidParameterException"
    assert idp.describe_user_pool(UserPoolId=pool_id)["UserPool"] == before
    off = {"LambdaConfig": {}, "UserPoolAddOns": {"AdvancedSecurityMode": "OFF"}}
    idp.update_user_pool(UserPoolId=pool_id, **off)  # as CDK and Terraform send it


def test_custom_attributes_are_added_and_never_changed(idp, make_pool):
    pool_id = make_pool(Schema=[{"Name": "tenant", "AttributeDataType": "String", "Mutable": False}])
    idp.add_custom_attributes(
        UserPoolId=pool_id,
        CustomAttributes=[
            {
                "Name": "age",
                "AttributeDataType": "Number",
                "NumberAttributeConstraints": {"MinValue": "1", "MaxValue": "150"},
            }
        ],
    )
    schema = {one["Name"]: one for one in idp.describe_user_pool(UserPoolId=pool_id)["UserPool"]["SchemaAttributes"]}
    assert schema["custom:tenant"]["Mutable"] is False
    assert schema["custom:age"]["NumberAttributeConstraints"] == {"MinValue": "1", "MaxValue": "150"}
    again = refused(idp.add_custom_attributes, UserPoolId=pool_id, CustomAttributes=[{"Name": "age"}])
    assert again == (
        "InvalidParameterException",
        "custom:age: Existing attribute already has name custom:age.",
    )


def test_tags_are_set_listed_and_taken_away(idp):
    pool = idp.create_user_pool(PoolName="people", UserPoolTags={"a": "1"})["UserPool"]
    idp.tag_resource(ResourceArn=pool["Arn"], Tags={"b": "2"})
    idp.untag_resource(ResourceArn=pool["Arn"], TagKeys=["a"])
    assert idp.list_tags_for_resource(ResourceArn=pool["Arn"])["Tags"] == {"b": "2"}


def test_permissions_are_asked_for_the_pool_and_for_the_role_that_it_is_given(aws, make_pool):
    mine, other = make_pool(), make_pool()
    role = "arn:aws:iam::000000000000:role/Texts"
    pool_arn = f"arn:aws:cognito-idp:us-east-1:000000000000:userpool/{mine}"
    ann = aws("cognito-idp", key=user_with(aws, "Ann", allow("cognito-idp:*", resource=pool_arn)))
    ann.describe_user_pool(UserPoolId=mine)
    assert refused(ann.describe_user_pool, UserPoolId=other)[0] == "AccessDeniedException"
    code, message = refused(ann.create_group, UserPoolId=mine, GroupName="g", RoleArn=role)
    assert code == "AccessDeniedException"
    assert f"iam:PassRole on resource: {role}" in message


def test_the_older_name_of_the_validity_of_invitations_means_the_same(idp):
    asked = {"PoolName": "people", "AdminCreateUserConfig": {"UnusedAccountValidityDays": 3}}
    pool = idp.create_user_pool(**asked)["UserPool"]
    assert pool["Policies"]["PasswordPolicy"]["TemporaryPasswordValidityDays"] == 3


def test_a_feature_of_another_plan_is_refused(idp):
    for policies in (
        {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}},
        {"PasswordPolicy": {"MinimumLength": 8, "PasswordHistorySize": 3}},
    ):
        answer = refused(idp.create_user_pool, PoolName="p", UserPoolTier="LITE", Policies=policies)
        assert answer[0] == "FeatureUnavailableInTierException"


def test_threat_protection_is_off_and_no_log_is_delivered(idp, make_pool):
    pool_id = make_pool()
    idp.admin_create_user(UserPoolId=pool_id, Username="ann")
    code = "UserPoolAddOnNotEnabledException"
    assert refused(idp.describe_risk_configuration, UserPoolId=pool_id)[0] == code
    assert refused(idp.set_risk_configuration, UserPoolId=pool_id)[0] == code
    assert refused(idp.admin_list_user_auth_events, UserPoolId=pool_id, Username="ann")[0] == code
    feedback = {"UserPoolId": pool_id, "EventId": "e", "FeedbackValue": "Valid"}
    assert refused(idp.admin_update_auth_event_feedback, **feedback, Username="ann")[0] == code
    assert refused(idp.admin_update_auth_event_feedback, **feedback, Username="nobody")[0] == "UserNotFoundException"
    nothing = {"UserPoolId": pool_id, "LogConfigurations": []}
    assert idp.get_log_delivery_configuration(UserPoolId=pool_id)["LogDeliveryConfiguration"] == nothing
    empty = idp.set_log_delivery_configuration(UserPoolId=pool_id, LogConfigurations=[])
    assert empty["LogDeliveryConfiguration"]["LogConfigurations"] == []
    wanted = [{"LogLevel": "ERROR", "EventSource": "userNotification"}]
    answer = refused(idp.set_log_delivery_configuration, UserPoolId=pool_id, LogConfigurations=wanted)
    assert "userNotification" in answer[1]


def test_feedback_about_sign_ins_says_nothing_of_who_exists(idp, anyone, make_pool):
    pool_id = make_pool()
    idp.admin_create_user(UserPoolId=pool_id, Username="ann")
    event = {"EventId": "e", "FeedbackToken": "t", "FeedbackValue": "Valid"}
    answers = [
        refused(anyone.update_auth_event_feedback, UserPoolId=pool_id, Username=name, **event)
        for name in ("ann", "nobody")
    ]
    assert answers[0] == answers[1]
    assert answers[0][0] == "UserPoolAddOnNotEnabledException"
    nowhere = refused(anyone.update_auth_event_feedback, UserPoolId="us-east-1_Nowhere", Username="ann", **event)
    assert nowhere[0] == "ResourceNotFoundException"
