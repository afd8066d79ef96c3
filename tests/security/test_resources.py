"""What a caller was allowed for is what the call is about: no other spelling and no new name leads around a denial."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.services.policies import allow, document, refused, user_with

Aws = Callable[..., Any]
ACCOUNT = "000000000000"


def kept_out(aws: Aws, service: str, *protected: str) -> Any:
    """Return a client of a user who may do everything but touch some resources."""
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    key = user_with(aws, "Kept", document(everything, {"Effect": "Deny", "Action": "*", "Resource": list(protected)}))
    return aws(service, key=key)


@pytest.mark.parametrize("spelling", ["arn:aws-cn:{rest}", "arn:aws-us-gov:{rest}", "arn:aws:{elsewhere}"])
@pytest.mark.parametrize("service", ["cognito-idp", "cognito-identity"])
def test_a_pool_that_is_denied_cannot_be_tagged_by_another_spelling_of_its_arn(
    aws: Aws, service: str, spelling: str
) -> None:
    owner = aws(service)
    if service == "cognito-idp":
        pool_id, kind = owner.create_user_pool(PoolName="p")["UserPool"]["Id"], "userpool"
    else:
        made = owner.create_identity_pool(IdentityPoolName="p", AllowUnauthenticatedIdentities=False)
        pool_id, kind = made["IdentityPoolId"], "identitypool"
    rest = f"{service}:us-east-1:{ACCOUNT}:{kind}/{pool_id}"
    arn = f"arn:aws:{rest}"
    attacker = kept_out(aws, service, arn)
    other = spelling.format(rest=rest, elsewhere=rest.replace("us-east-1:", "eu-west-1:", 1))
    for one in (arn, other):
        refused(attacker.tag_resource, ResourceArn=one, Tags={"team": "mine"})
    assert owner.list_tags_for_resource(ResourceArn=arn)["Tags"] == {}
    owner.tag_resource(ResourceArn=arn, Tags={"team": "ours"})
    assert owner.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"team": "ours"}


def test_an_api_that_is_denied_cannot_be_tagged_by_another_spelling_of_its_arn(aws: Aws) -> None:
    owner = aws("apigateway")
    arn = f"arn:aws:apigateway:us-east-1::/restapis/{owner.create_rest_api(name='a')['id']}"
    named = arn.replace(":", "%3A").replace("/", "%2F")
    attacker = kept_out(aws, "apigateway", f"arn:aws:apigateway:us-east-1::/tags/{named}")
    for one in (arn, arn.replace("arn:aws:", "arn:aws-cn:")):
        refused(attacker.tag_resource, resourceArn=one, tags={"team": "mine"})
    assert owner.get_tags(resourceArn=arn)["tags"] == {}


def test_a_user_takes_no_name_and_no_path_that_the_caller_may_not_touch(aws: Aws) -> None:
    owner = aws("iam")
    owner.create_user(UserName="dev-1", Path="/dev/")
    own = f"arn:aws:iam::{ACCOUNT}:user/dev/dev-*"
    caller = aws("iam", key=user_with(aws, "Lead", allow("iam:UpdateUser", resource=own)))
    for new in ({"NewUserName": "root-of-all"}, {"NewPath": "/admins/"}, {"NewUserName": "dev-2", "NewPath": "/"}):
        assert refused(caller.update_user, UserName="dev-1", **new)[0] == "AccessDenied"
    caller.update_user(UserName="dev-1", NewUserName="dev-2")
    assert owner.get_user(UserName="dev-2")["User"]["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/dev/dev-2"


def test_a_group_takes_no_name_that_the_caller_may_not_touch(aws: Aws) -> None:
    aws("iam").create_group(GroupName="Managers")
    own = f"arn:aws:iam::{ACCOUNT}:group/Managers"
    caller = aws("iam", key=user_with(aws, "Lead", allow("iam:UpdateGroup", resource=own)))
    assert refused(caller.update_group, GroupName="Managers", NewGroupName="MGRs")[0] == "AccessDenied"
    caller.update_group(GroupName="Managers", NewGroupName="Managers")
