import json

import httpx

from tests.services.policies import allow, refused, trust_account


def test_a_role_is_answered_as_it_was_made(aws):
    iam = aws("iam")
    made = iam.create_role(
        RoleName="R", Path="/a/b/", AssumeRolePolicyDocument=trust_account(), Description="d", MaxSessionDuration=7200
    )["Role"]
    assert made["Arn"] == "arn:aws:iam::000000000000:role/a/b/R"
    assert made["RoleId"].startswith("AROA")
    got = iam.get_role(RoleName="R")["Role"]
    assert {name: got[name] for name in made} == made
    assert (got["Description"], got["MaxSessionDuration"]) == ("d", 7200)
    assert got["AssumeRolePolicyDocument"] == json.loads(trust_account())


def test_a_document_comes_back_exactly_as_it_was_written(aws):
    iam = aws("iam")
    written = '{\n  "Version":"2012-10-17",\t"Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}] }\n'
    iam.create_role(RoleName="R", AssumeRolePolicyDocument=trust_account())
    iam.put_role_policy(RoleName="R", PolicyName="p", PolicyDocument=written)
    texts = []
    iam.meta.events.register_first(
        "before-parse.iam.GetRolePolicy", lambda response_dict, **_: texts.append(response_dict)
    )
    iam.get_role_policy(RoleName="R", PolicyName="p")
    body = texts[0]["body"].decode()
    encoded = body.partition("<PolicyDocument>")[2].partition("</PolicyDocument>")[0]
    assert str(httpx.URL(f"http://x/?{encoded}").query, "ascii") == encoded  # nothing in it but percent-encoded text
    from urllib.parse import unquote

    assert unquote(encoded) == written


def test_roles_are_listed_by_name_under_a_path(aws):
    iam = aws("iam")
    for name, path in (("b", "/"), ("A", "/"), ("c", "/x/")):
        iam.create_role(RoleName=name, Path=path, AssumeRolePolicyDocument=trust_account())
    assert [role["RoleName"] for role in iam.list_roles()["Roles"]] == ["A", "b", "c"]
    assert [role["RoleName"] for role in iam.list_roles(PathPrefix="/x/")["Roles"]] == ["c"]


def test_a_role_is_updated_and_what_is_not_given_stays(aws):
    iam = aws("iam")
    iam.create_role(RoleName="R", AssumeRolePolicyDocument=trust_account(), Description="old")
    iam.update_role(RoleName="R", MaxSessionDuration=43200)
    role = iam.get_role(RoleName="R")["Role"]
    assert (role["Description"], role["MaxSessionDuration"]) == ("old", 43200)
    assert iam.update_role_description(RoleName="R", Description="new")["Role"]["Description"] == "new"


def test_an_unknown_role_is_named_in_the_refusal(aws):
    for call in (aws("iam").get_role, aws("iam").delete_role):
        assert refused(call, RoleName="No") == ("NoSuchEntity", "The role with name No cannot be found.")


def test_a_second_role_of_one_name_is_refused(aws):
    aws("iam").create_role(RoleName="R", AssumeRolePolicyDocument=trust_account())
    code, message = refused(aws("iam").create_role, RoleName="r", AssumeRolePolicyDocument=trust_account())
    assert (code, message) == ("EntityAlreadyExists", "Role with name r already exists.")


def test_a_role_with_policies_is_not_deleted(aws):
    iam = aws("iam")
    iam.create_role(RoleName="R", AssumeRolePolicyDocument=trust_account())
    iam.attach_role_policy(RoleName="R", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    iam.put_role_policy(RoleName="R", PolicyName="p", PolicyDocument=allow("s3:*"))
    assert refused(iam.delete_role, RoleName="R") == (
        "DeleteConflict",
        "Cannot delete entity, must detach all policies first.",
    )
    iam.detach_role_policy(RoleName="R", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    assert refused(iam.delete_role, RoleName="R") == (
        "DeleteConflict",
        "Cannot delete entity, must delete policies first.",
    )
    iam.delete_role_policy(RoleName="R", PolicyName="p")
    iam.delete_role(RoleName="R")
    assert iam.list_roles()["Roles"] == []


def test_the_model_s_own_rules_are_answered_in_aws_s_words(aws):
    code, message = refused(aws("iam").create_role, RoleName="bad name", AssumeRolePolicyDocument=trust_account())
    assert code == "ValidationError"
    assert "at 'roleName' failed to satisfy constraint" in message


def test_role_tags_are_listed_by_key(aws):
    iam = aws("iam")
    tags = [{"Key": "b", "Value": "2"}, {"Key": "a", "Value": "1"}]
    iam.create_role(RoleName="R", AssumeRolePolicyDocument=trust_account(), Tags=tags)
    assert [tag["Key"] for tag in iam.list_role_tags(RoleName="R")["Tags"]] == ["a", "b"]
