"""`AssumeRoleWithWebIdentity` with tokens of OpenID Connect providers that are registered in IAM."""

import time

import pytest

from tests.identity_provider import issuer, stranger
from tests.services.policies import allow, document, refused, session

ACCOUNT = "000000000000"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/Web"
WEB = "sts:AssumeRoleWithWebIdentity"
DENIED = ("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")


@pytest.fixture
def idp():
    with issuer() as running:
        yield running


@pytest.fixture
def provider(aws, idp):
    """A registered provider and a role that trusts its user Ann."""
    arn = idp.register(aws("iam"))
    trusting(aws, arn, {"StringEquals": {f"{idp.name}:aud": "app", f"{idp.name}:sub": "ann"}})
    aws("iam").put_role_policy(RoleName="Web", PolicyName="p", PolicyDocument=allow("iam:ListUsers"))
    return arn


def trusting(aws, arn, condition=None, actions=(WEB,)):
    statement = {"Effect": "Allow", "Principal": {"Federated": arn}, "Action": list(actions)}
    text = document({**statement, "Condition": condition} if condition else statement)
    iam = aws("iam")
    try:
        iam.create_role(RoleName="Web", AssumeRolePolicyDocument=text)
    except iam.exceptions.EntityAlreadyExistsException:
        iam.update_assume_role_policy(RoleName="Web", PolicyDocument=text)


def trade(aws, token, **more):
    return aws("sts").assume_role_with_web_identity(RoleArn=ROLE, RoleSessionName="me", WebIdentityToken=token, **more)


def refusal(aws, token, **more):
    return refused(
        aws("sts").assume_role_with_web_identity, RoleArn=ROLE, RoleSessionName="me", WebIdentityToken=token, **more
    )


@pytest.mark.parametrize("key", ["rsa", "ec"])
def test_a_token_of_a_registered_provider_is_traded_for_credentials(aws, idp, provider, key):
    answer = trade(aws, idp.token(key))
    assert (answer["SubjectFromWebIdentityToken"], answer["Audience"]) == ("ann", "app")
    assert answer["Provider"] == provider
    assert answer["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/Web/me"
    assert answer["SessionTokenSize"] == len(answer["Credentials"]["SessionToken"])
    session(aws, answer["Credentials"], "iam").list_users()


def test_the_trust_policy_decides_who_of_the_provider_s_users_gets_in(aws, idp, provider):
    assert refusal(aws, idp.token(sub="bob")) == DENIED
    trusting(aws, provider, {"StringLike": {f"{idp.name}:sub": "b*"}})
    trade(aws, idp.token(sub="bob"))


def test_a_role_that_does_not_trust_the_provider_or_does_not_exist_is_answered_alike(aws, idp, provider):
    other = aws("iam").create_open_id_connect_provider(Url="https://other.example.com")["OpenIDConnectProviderArn"]
    trusting(aws, other)
    assert refusal(aws, idp.token()) == DENIED
    aws("iam").delete_role_policy(RoleName="Web", PolicyName="p")
    aws("iam").delete_role(RoleName="Web")
    assert refusal(aws, idp.token()) == DENIED


def test_a_provider_that_is_not_registered_or_not_any_more_is_unknown(aws, idp, provider):
    aws("iam").delete_open_id_connect_provider(OpenIDConnectProviderArn=provider)
    assert refusal(aws, idp.token()) == (
        "InvalidIdentityToken",
        f"No OpenIDConnect provider found in your account for {idp.url}",
    )
    assert idp.asked == []


@pytest.mark.parametrize(
    ("claims", "code", "words"),
    [
        ({"aud": "other"}, "InvalidIdentityToken", "Incorrect token audience"),
        ({"aud": ["app", "other"]}, "InvalidIdentityToken", "Incorrect token audience"),
        ({"aud": "app", "azp": "other"}, "InvalidIdentityToken", "Incorrect token audience"),
        ({"aud": None}, "InvalidIdentityToken", "Missing a required claim: aud"),
        ({"sub": None}, "InvalidIdentityToken", "Missing a required claim: sub"),
        ({"sub": "x" * 256}, "InvalidIdentityToken", "Missing a required claim: sub"),
        ({"exp": None}, "InvalidIdentityToken", "Missing a required claim: exp"),
        ({"exp": "never"}, "InvalidIdentityToken", "Missing a required claim: exp"),
        ({"exp": 10**18}, "InvalidIdentityToken", "Missing a required claim: exp"),
        ({"iat": None}, "InvalidIdentityToken", "Missing a required claim: iat"),
        ({"exp": int(time.time()) - 1}, "ExpiredTokenException", "Token expired"),
        ({"iat": int(time.time()) + 3600, "exp": int(time.time()) + 7200}, "InvalidIdentityToken", "future"),
        ({"nbf": int(time.time()) + 3600}, "InvalidIdentityToken", "future"),
    ],
)
def test_what_a_token_must_say(aws, idp, provider, claims, code, words):
    trusting(aws, provider)
    found, message = refusal(aws, idp.token(**claims))
    assert found == code
    assert words in message


def test_several_audiences_need_azp_and_azp_is_the_audience(aws, idp, provider):
    assert trade(aws, idp.token(aud=["other", "app"], azp="app"))["Audience"] == "app"


def test_the_provider_is_asked_once_for_many_tokens(aws, idp, provider):
    for _ in range(5):
        trade(aws, idp.token())
    assert idp.asked == ["/.well-known/openid-configuration", "/keys"]


def test_a_session_policy_narrows_and_the_session_ends_with_its_role(aws, idp, provider):
    narrowed = trade(aws, idp.token(), Policy=allow("sts:GetCallerIdentity"))
    assert narrowed["PackedPolicySize"] > 0
    assert refused(session(aws, narrowed["Credentials"], "iam").list_users)[0] == "AccessDenied"
    whole = session(aws, trade(aws, idp.token())["Credentials"], "iam")
    whole.list_users()
    aws("iam").delete_role_policy(RoleName="Web", PolicyName="p")
    aws("iam").delete_role(RoleName="Web")
    assert refused(whole.list_users)[0] == "InvalidClientTokenId"


TAGS = "https://aws.amazon.com/tags"


@pytest.mark.parametrize(
    "claims",
    [
        {TAGS: {"principal_tags": {"team": ["red"]}, "transitive_tag_keys": ["team"]}},
        {TAGS: {"principal_tags": {"team": "red"}}, f"{TAGS}/transitive_tag_keys": ["team"]},
        {f"{TAGS}/principal_tags/team": "red", f"{TAGS}/transitive_tag_keys": ["team"]},
    ],
)
def test_tags_in_a_token_become_tags_of_the_session_and_travel(aws, idp, provider, claims):
    assert refusal(aws, idp.token(**claims)) == DENIED  # the trust policy does not allow sts:TagSession
    trusting(aws, provider, {"StringEquals": {"aws:RequestTag/team": "red"}}, (WEB, "sts:TagSession"))
    iam = aws("iam")
    red = {"StringEquals": {"aws:PrincipalTag/team": "red"}}
    text = document(
        {"Effect": "Allow", "Action": "iam:ListUsers", "Resource": "*", "Condition": red},
        {"Effect": "Allow", "Action": "sts:*", "Resource": "*"},
    )
    iam.put_role_policy(RoleName="Web", PolicyName="p", PolicyDocument=text)
    answer = trade(aws, idp.token(**claims))
    session(aws, answer["Credentials"], "iam").list_users()
    next_trust = document(
        {"Effect": "Allow", "Principal": {"AWS": ROLE}, "Action": ["sts:AssumeRole", "sts:TagSession"]}
    )
    iam.create_role(RoleName="Next", AssumeRolePolicyDocument=next_trust)
    iam.put_role_policy(RoleName="Next", PolicyName="p", PolicyDocument=allow("iam:ListUsers", Condition=red))
    second = session(aws, answer["Credentials"], "sts").assume_role(
        RoleArn=f"arn:aws:iam::{ACCOUNT}:role/Next", RoleSessionName="two"
    )
    session(aws, second["Credentials"], "iam").list_users()


@pytest.mark.parametrize(
    "tags", [["x"], {"principal_tags": {"a": ["1", "2"]}}, {"principal_tags": []}, {"principal_tags": {"a": 1}}]
)
def test_tags_that_are_not_as_documented_are_refused(aws, idp, provider, tags):
    trusting(aws, provider, None, (WEB, "sts:TagSession"))
    assert refusal(aws, idp.token(**{TAGS: tags}))[0] == "InvalidIdentityToken"


def test_a_source_identity_in_a_token_needs_permission_and_stays(aws, idp, provider):
    claim = {"https://aws.amazon.com/source_identity": "ann"}
    assert refusal(aws, idp.token(**claim)) == DENIED
    trusting(aws, provider, {"StringEquals": {"sts:SourceIdentity": "ann"}}, (WEB, "sts:SetSourceIdentity"))
    assert trade(aws, idp.token(**claim))["SourceIdentity"] == "ann"
    assert refusal(aws, idp.token()) == DENIED
    forged = {"https://aws.amazon.com/source_identity": "aws:root"}
    assert refusal(aws, idp.token(**forged))[0] == "InvalidIdentityToken"


def test_a_token_of_a_stranger_s_key_is_refused(aws, idp, provider):
    assert refusal(aws, idp.token(key=stranger())) == (
        "InvalidIdentityToken",
        "The signature of the token is not that of its issuer.",
    )


def test_oauth_access_tokens_and_public_providers_are_refused_until_configured(aws, idp, provider):
    code, message = refusal(aws, "x" * 40, ProviderId="www.amazon.com")
    assert code == "InvalidIdentityToken"
    assert "--login-provider www.amazon.com=https://ISSUER" in message
    assert refusal(aws, "x" * 40, ProviderId="elsewhere.example")[0] == "ValidationError"
