import pytest

from tests.services.policies import allow, refused, trust, user_with

ACCOUNT = "000000000000"
ARN = f"arn:aws:iam::{ACCOUNT}:oidc-provider/login.example.com/tenant"
THUMBPRINT = "990F4193972F2BECF12DDEDA5237F9C952F20D9E"


def provider(aws, url="https://login.example.com/tenant", **settings):
    return aws("iam").create_open_id_connect_provider(Url=url, **settings)["OpenIDConnectProviderArn"]


def test_a_provider_is_answered_as_it_was_made_without_its_scheme(aws):
    arn = provider(aws, ClientIDList=["a", "b", "a"], ThumbprintList=[THUMBPRINT], Tags=[{"Key": "k", "Value": "v"}])
    assert arn == ARN
    got = aws("iam").get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    assert got["Url"] == "login.example.com/tenant"
    assert got["ClientIDList"] == ["a", "b"]
    assert got["ThumbprintList"] == [THUMBPRINT.lower()]
    assert got["Tags"] == [{"Key": "k", "Value": "v"}]
    listed = aws("iam").list_open_id_connect_providers()["OpenIDConnectProviderList"]
    assert listed == [{"Arn": arn}]


def test_one_url_is_one_provider(aws):
    provider(aws)
    code, message = refused(aws("iam").create_open_id_connect_provider, Url="https://login.example.com/tenant")
    assert (code, message) == (
        "EntityAlreadyExists",
        "Provider with url https://login.example.com/tenant already exists.",
    )


@pytest.mark.parametrize(
    "url",
    [
        "http://login.example.com",
        "ftp://login.example.com",
        "login.example.com",
        "https://login.example.com:8443",
        "https://login.example.com:99999",
        "https://user:secret@login.example.com",
        "https://user@localhost",
        "https://login.example.com/?a=b",
        "https://login.example.com?",
        "https://login.example.com/#f",
        "https://LOGIN.example.com",
        "https://login.example.com/*",
        "https://login.example.com/a b",
        "https://login..example.com",
        "https://-",
        "https://",
        "https:///path",
        "https://[::1]/",
        "https://login.example.com\n.evil.example",
    ],
)
def test_a_url_that_is_no_issuer_is_refused(aws, url):
    code, message = refused(aws("iam").create_open_id_connect_provider, Url=url)
    assert code == "ValidationError"
    assert message.startswith("Invalid Open ID Connect Provider URL")


def test_with_dev_a_provider_may_run_on_this_machine(aws):
    arn = provider(aws, "http://localhost:9999/realm")
    assert arn == f"arn:aws:iam::{ACCOUNT}:oidc-provider/localhost:9999/realm"


def test_client_ids_and_thumbprints_are_changed_without_complaint_about_what_is_so_already(aws):
    iam, arn = aws("iam"), provider(aws, ClientIDList=["a"])
    iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID="b")
    iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID="b")
    iam.remove_client_id_from_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID="a")
    iam.remove_client_id_from_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID="never")
    iam.update_open_id_connect_provider_thumbprint(OpenIDConnectProviderArn=arn, ThumbprintList=[THUMBPRINT])
    got = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    assert (got["ClientIDList"], got["ThumbprintList"]) == (["b"], [THUMBPRINT.lower()])


def test_too_many_or_malformed_thumbprints_and_client_ids_are_refused(aws):
    create = aws("iam").create_open_id_connect_provider
    url = "https://login.example.com"
    assert refused(create, Url=url, ThumbprintList=["z" * 40])[0] == "InvalidInput"
    assert refused(create, Url=url, ThumbprintList=[f"{n:040x}" for n in range(6)])[0] == "InvalidInput"
    assert refused(create, Url=url, ClientIDList=[f"c{n}" for n in range(101)])[0] == "LimitExceeded"
    provider(aws, url, ClientIDList=[f"c{n}" for n in range(100)])
    arn = f"arn:aws:iam::{ACCOUNT}:oidc-provider/login.example.com"
    code, message = refused(
        aws("iam").add_client_id_to_open_id_connect_provider, OpenIDConnectProviderArn=arn, ClientID="x"
    )
    assert (code, message) == ("LimitExceeded", "Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100")


def test_a_deleted_provider_is_gone_and_deleting_it_again_is_no_error(aws):
    iam, arn = aws("iam"), provider(aws)
    iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    code, message = refused(iam.get_open_id_connect_provider, OpenIDConnectProviderArn=arn)
    assert (code, message) == ("NoSuchEntity", f"OpenIDConnect Provider not found for arn {arn}")


def test_what_is_no_arn_of_a_provider_is_refused(aws):
    wrong = f"arn:aws:iam::{ACCOUNT}:saml-provider/x"
    assert refused(aws("iam").get_open_id_connect_provider, OpenIDConnectProviderArn=wrong)[0] == "InvalidInput"


def test_a_role_trusts_only_providers_that_exist(aws):
    text = trust({"Federated": ARN}, "sts:AssumeRoleWithWebIdentity")
    code, message = refused(aws("iam").create_role, RoleName="R", AssumeRolePolicyDocument=text)
    assert code == "MalformedPolicyDocument"
    assert ARN in message
    provider(aws)
    aws("iam").create_role(RoleName="R", AssumeRolePolicyDocument=text)


def test_a_permission_is_for_one_provider_and_its_tags(aws):
    arn = provider(aws, Tags=[{"Key": "team", "Value": "a"}])
    other = provider(aws, "https://other.example.com")
    mine = allow("iam:*OpenIDConnect*", Condition={"StringEquals": {"aws:ResourceTag/team": "a"}})
    me = aws("iam", key=user_with(aws, "Ann", mine))
    me.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    code, message = refused(me.get_open_id_connect_provider, OpenIDConnectProviderArn=other)
    assert code == "AccessDenied"
    assert f"iam:GetOpenIDConnectProvider on resource: {other}" in message
    aws("iam").tag_open_id_connect_provider(OpenIDConnectProviderArn=other, Tags=[{"Key": "team", "Value": "a"}])
    me.get_open_id_connect_provider(OpenIDConnectProviderArn=other)
    me.untag_open_id_connect_provider(OpenIDConnectProviderArn=other, TagKeys=["team"])
    assert refused(me.list_open_id_connect_provider_tags, OpenIDConnectProviderArn=other)[0] == "AccessDenied"
    assert refused(me.create_open_id_connect_provider, Url="https://new.example.com")[1].count(
        f"arn:aws:iam::{ACCOUNT}:oidc-provider/new.example.com"
    )


def test_making_many_providers_ends_at_the_quota(aws):
    for number in range(100):
        provider(aws, f"https://p{number}.example.com")
    code, message = refused(aws("iam").create_open_id_connect_provider, Url="https://one.more")
    assert (code, message) == ("LimitExceeded", "Cannot exceed quota for OpenIdConnectProvidersPerAccount: 100")
