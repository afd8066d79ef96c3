"""What is set in `iam` is what callers may do, from the next request on."""

from tests.services.policies import allow, deny, refused, user_with

ACCOUNT = "000000000000"


def test_a_new_user_may_do_nothing(aws):
    key = user_with(aws, "Ann")
    code, message = refused(aws("iam", key=key).list_users)
    assert code == "AccessDenied"
    assert message == (
        f"User: arn:aws:iam::{ACCOUNT}:user/Ann is not authorized to perform: iam:ListUsers on resource: "
        f"arn:aws:iam::{ACCOUNT}:user/ because no identity-based policy allows the iam:ListUsers action"
    )


def test_a_permission_is_for_one_resource(aws):
    mine = f"arn:aws:iam::{ACCOUNT}:user/team/Ann"
    aws("iam").create_user(UserName="Bob")
    key = user_with(aws, "Tmp")
    aws("iam").update_user(UserName="Tmp", NewUserName="Ann", NewPath="/team/")
    aws("iam").put_user_policy(UserName="Ann", PolicyName="p", PolicyDocument=allow("iam:GetUser", resource=mine))
    me = aws("iam", key=key)
    me.get_user()
    me.get_user(UserName="Ann")
    assert refused(me.get_user, UserName="Bob")[0] == "AccessDenied"
    assert refused(me.get_user, UserName="Nobody")[0] == "AccessDenied"  # no telling who exists


def test_a_user_has_what_its_groups_have_until_it_leaves(aws):
    iam = aws("iam")
    key = user_with(aws, "Ann")
    me = aws("iam", key=key)
    iam.create_group(GroupName="Readers")
    iam.put_group_policy(GroupName="Readers", PolicyName="p", PolicyDocument=allow("iam:ListUsers"))
    iam.create_policy(PolicyName="Managed", PolicyDocument=allow("iam:ListRoles"))
    managed = f"arn:aws:iam::{ACCOUNT}:policy/Managed"
    iam.attach_group_policy(GroupName="Readers", PolicyArn=managed)
    assert refused(me.list_users)[0] == "AccessDenied"
    iam.add_user_to_group(GroupName="Readers", UserName="Ann")
    me.list_users()
    me.list_roles()
    iam.create_policy_version(PolicyArn=managed, PolicyDocument=allow("s3:*"), SetAsDefault=True)
    assert refused(me.list_roles)[0] == "AccessDenied"
    iam.delete_group_policy(GroupName="Readers", PolicyName="p")
    assert refused(me.list_users)[0] == "AccessDenied"
    iam.put_group_policy(GroupName="Readers", PolicyName="p", PolicyDocument=allow("iam:ListUsers"))
    me.list_users()
    iam.remove_user_from_group(GroupName="Readers", UserName="Ann")
    assert refused(me.list_users)[0] == "AccessDenied"


def test_a_boundary_takes_away_and_gives_nothing(aws):
    iam = aws("iam")
    boundary = iam.create_policy(PolicyName="B", PolicyDocument=allow("iam:ListUsers", "iam:ListGroups"))["Policy"][
        "Arn"
    ]
    key = user_with(aws, "Ann", allow("iam:ListUsers", "iam:ListRoles"))
    me = aws("iam", key=key)
    me.list_roles()
    iam.put_user_permissions_boundary(UserName="Ann", PermissionsBoundary=boundary)
    me.list_users()
    assert "no permissions boundary allows" in refused(me.list_roles)[1]
    assert refused(me.list_groups)[0] == "AccessDenied"
    iam.create_policy_version(PolicyArn=boundary, PolicyDocument=allow("iam:ListRoles"), SetAsDefault=True)
    me.list_roles()
    assert refused(me.list_users)[0] == "AccessDenied"
    shown = iam.get_user(UserName="Ann")["User"]["PermissionsBoundary"]
    assert shown == {"PermissionsBoundaryType": "PermissionsBoundaryPolicy", "PermissionsBoundaryArn": boundary}
    iam.delete_user_permissions_boundary(UserName="Ann")
    me.list_users()


def test_a_boundary_must_exist(aws):
    code, message = refused(
        aws("iam").create_user, UserName="Ann", PermissionsBoundary=f"arn:aws:iam::{ACCOUNT}:policy/None"
    )
    assert code == "NoSuchEntity"
    assert message == f"Scope ARN: arn:aws:iam::{ACCOUNT}:policy/None does not exist or is not attachable."


def test_whoever_must_set_a_boundary_cannot_make_a_user_without(aws):
    boundary = aws("iam").create_policy(PolicyName="B", PolicyDocument=allow("s3:*"))["Policy"]["Arn"]
    only_with = {"StringEquals": {"iam:PermissionsBoundary": boundary}}
    key = user_with(
        aws,
        "Delegate",
        allow("iam:CreateUser", "iam:PutUserPolicy", "iam:DeleteUserPermissionsBoundary", Condition=only_with),
        deny("iam:DeleteUserPermissionsBoundary"),
    )
    delegate = aws("iam", key=key)
    assert refused(delegate.create_user, UserName="x")[0] == "AccessDenied"
    delegate.create_user(UserName="x", PermissionsBoundary=boundary)
    delegate.put_user_policy(UserName="x", PolicyName="p", PolicyDocument=allow("*"))
    assert refused(delegate.put_user_policy, UserName="Delegate", PolicyName="p", PolicyDocument=allow("*"))[0] == (
        "AccessDenied"
    )
    assert refused(delegate.delete_user_permissions_boundary, UserName="x")[0] == "AccessDenied"


def test_whoever_may_attach_one_policy_cannot_attach_another(aws):
    only = {"ArnEquals": {"iam:PolicyARN": "arn:aws:iam::aws:policy/AmazonCognitoReadOnly"}}
    key = user_with(aws, "Ann", allow("iam:AttachUserPolicy", Condition=only))
    me = aws("iam", key=key)
    me.attach_user_policy(UserName="Ann", PolicyArn="arn:aws:iam::aws:policy/AmazonCognitoReadOnly")
    code, _ = refused(me.attach_user_policy, UserName="Ann", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    assert code == "AccessDenied"


def test_tags_of_the_resource_and_of_the_request_are_condition_keys(aws):
    key = user_with(
        aws,
        "Ann",
        allow("iam:GetUser", Condition={"StringEquals": {"aws:ResourceTag/team": "red"}}),
        allow("iam:CreateUser", Condition={"StringEquals": {"aws:RequestTag/team": "red"}}),
    )
    me = aws("iam", key=key)
    me.create_user(UserName="r", Tags=[{"Key": "team", "Value": "red"}])
    assert refused(me.create_user, UserName="b", Tags=[{"Key": "team", "Value": "blue"}])[0] == "AccessDenied"
    me.get_user(UserName="r")
    assert refused(me.get_user, UserName="Ann")[0] == "AccessDenied"


def test_an_explicit_deny_beats_administrator_access(aws):
    key = user_with(aws, "Ann", deny("iam:ListUsers"))
    aws("iam").attach_user_policy(UserName="Ann", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    me = aws("iam", key=key)
    me.list_roles()
    assert "with an explicit deny in an identity-based policy" in refused(me.list_users)[1]


def test_a_principal_s_tag_counts_for_its_access_key(aws):
    key = user_with(aws, "Ann", allow("iam:ListUsers", Condition={"StringEquals": {"aws:PrincipalTag/team": "red"}}))
    me = aws("iam", key=key)
    assert refused(me.list_users)[0] == "AccessDenied"
    aws("iam").tag_user(UserName="Ann", Tags=[{"Key": "team", "Value": "red"}])
    me.list_users()
    aws("iam").untag_user(UserName="Ann", TagKeys=["team"])
    assert refused(me.list_users)[0] == "AccessDenied"
