"""Each kind of refusal: the step that stopped it, what it saw, and what to change."""

import json
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError

from gatewright.cli.server import Server
from gatewright.wire.sigv4.sign import Credentials, sign
from tests.running import Running
from tests.services.product.conftest import Api, advice, stopped


def test_a_success_is_told_step_by_step(api: Api, pages: Server) -> None:
    told = api.explained(pages, api.call(api.visitor))
    names = ["find", "match", "authenticate", "authorize", "map_request", "integrate", "map_response", "answer"]
    assert [step["name"] for step in told["steps"]] == names
    assert told["caller"].endswith(":assumed-role/visitors/CognitoIdentityCredentials")
    assert told["advice"] == []


def test_an_unsigned_request_is_told_how_to_sign(api: Api, pages: Server) -> None:
    told = api.explained(pages, api.call())
    assert stopped(told)["name"] == "authenticate"
    assert "--aws-sigv4 aws:amz:us-east-1:execute-api --user" in advice(told)


def test_another_host_than_the_signed_one_is_told_with_both_lines(api: Api, pages: Server) -> None:
    told = api.explained(
        pages, api.call(api.visitor, signed_url=f"http://127.0.0.1/_aws/execute-api/{api.id}/dev/demo")
    )
    details = stopped(told)["details"]
    assert details["client_line"] == "host:127.0.0.1"
    assert details["server_line"] == f"host:127.0.0.1:{api.product.port}"
    assert "You signed host:127.0.0.1, the request came with" in advice(told)


def test_a_signature_for_another_service_is_told_with_the_right_one(api: Api, pages: Server) -> None:
    told = api.explained(pages, api.call(api.visitor, service="apigateway"))
    assert stopped(told)["details"]["kind"] == "scope"
    assert "correct service: 'execute-api'" in advice(told)


def test_a_clock_that_is_wrong_is_told_with_both_times(api: Api, pages: Server) -> None:
    told = api.explained(pages, api.call(api.visitor, at=time.time() - 3_600))
    assert stopped(told)["details"]["kind"] == "expired"
    assert "set the client's clock" in advice(told)


def test_a_wrong_secret_is_told_as_the_likeliest_reason(api: Api, pages: Server) -> None:
    told = api.explained(pages, api.call(Credentials(api.visitor.access_key_id, "wrong", api.visitor.session_token)))
    assert "most likely the secret access key is another" in advice(told)


@pytest.mark.parametrize(
    ("credentials", "told_about"),
    [
        (Credentials("AKIAIOSFODNN7EXAMPLE", "x"), "No such access key"),
        (Credentials("ASIAIOSFODNN7EXAMPLE", "x"), "X-Amz-Security-Token"),
        (Credentials("ASIAIOSFODNN7EXAMPLE", "x", "bm90IGEgdG9rZW4="), "one and the same set of credentials"),
    ],
)
def test_what_is_wrong_with_a_key_is_told(api: Api, pages: Server, credentials: Credentials, told_about: str) -> None:
    assert told_about in advice(api.explained(pages, api.call(credentials)))


def test_the_statement_that_is_missing_is_written_out(api: Api, pages: Server) -> None:
    api.product.client("iam").delete_role_policy(RoleName="visitors", PolicyName="invoke")
    told = api.explained(pages, api.call(api.visitor))
    assert stopped(told)["name"] == "authorize"
    statement = json.loads(told["advice"][-1]["snippet"])
    assert statement["Action"] == "execute-api:Invoke"
    assert statement["Resource"].endswith(f":{api.id}/dev/GET/demo")
    assert "the role visitors" in advice(told)


def test_a_near_miss_names_the_condition_what_it_needs_and_what_it_saw(api: Api, pages: Server) -> None:
    statement = {
        "Sid": "OnlyFromAfar",
        "Effect": "Allow",
        "Action": "execute-api:Invoke",
        "Resource": "*",
        "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    api.product.client("iam").put_role_policy(RoleName="visitors", PolicyName="invoke", PolicyDocument=document)
    told = api.explained(pages, api.call(api.visitor))
    (miss,) = stopped(told)["details"]["near_misses"]
    assert (miss["policy"], miss["statement"], miss["element"]) == ("invoke", "OnlyFromAfar", "Condition")
    assert (miss["operator"], miss["key"]) == ("IpAddress", "aws:SourceIp")
    assert (miss["needed"], miss["seen"]) == (["203.0.113.0/24"], ["127.0.0.1"])
    assert 'its condition IpAddress on aws:SourceIp needs "203.0.113.0/24"' in advice(told)


def test_an_explicit_deny_names_its_statement_and_policy(api: Api, pages: Server) -> None:
    statement = {"Sid": "Never", "Effect": "Deny", "Action": "*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    api.product.client("iam").put_role_policy(RoleName="visitors", PolicyName="no", PolicyDocument=document)
    told = api.explained(pages, api.call(api.visitor))
    details = stopped(told)["details"]
    assert (details["outcome"], details["policy"], details["statement"]) == ("explicitDeny", "no", "Never")
    assert "a deny wins over every allow" in advice(told)


def test_a_boundary_that_does_not_allow_is_told_to_be_the_one(api: Api, pages: Server) -> None:
    iam = api.product.client("iam")
    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    arn = iam.create_policy(PolicyName="narrow", PolicyDocument=document)["Policy"]["Arn"]
    iam.put_role_permissions_boundary(RoleName="visitors", PermissionsBoundary=arn)
    assert "permissions boundary of the role visitors" in advice(api.explained(pages, api.call(api.visitor)))


def test_a_stage_that_does_not_exist_is_told_with_those_that_do(api: Api, pages: Server) -> None:
    told = api.explained(pages, api.call(path="/Dev/demo"))
    assert stopped(told)["name"] == "find"
    assert f"{api.id}/dev" in advice(told)


def test_a_path_that_is_not_deployed_is_told_with_near_ones_and_the_command_to_deploy(api: Api, pages: Server) -> None:
    told = api.explained(pages, api.call(path="/dev/dem"))
    assert stopped(told)["name"] == "match"
    assert "GET /demo" in advice(told)
    assert f"create-deployment --rest-api-id {api.id} --stage-name dev" in advice(told)


def test_a_verb_that_is_not_there_is_told_with_those_that_are(api: Api, pages: Server) -> None:
    told = api.explained(pages, httpx.delete(api.url()))
    assert "/demo has GET, OPTIONS" in advice(told) or "/demo has OPTIONS, GET" in advice(told)


def test_a_refused_aws_call_is_told_in_the_same_way(
    product: Running, pages: Server, pages_as: Callable[..., Server]
) -> None:
    pages_as()
    made = product.client("iam").create_access_key(UserName="reader")["AccessKey"]
    with pytest.raises(ClientError) as caught:
        product.client("iam", key=(made["AccessKeyId"], made["SecretAccessKey"])).get_role(RoleName="nobody")
    told = pages.get(f"requests/{caught.value.response['ResponseMetadata']['RequestId']}")
    assert [step["name"] for step in told["steps"]] == ["identify", "authenticate", "parse", "authorize"]
    assert (told["plane"], told["operation"], told["error"]) == ("iam", "GetRole", "AccessDenied")
    assert "iam:GetRole" in advice(told)


def test_a_call_that_the_operation_itself_refused_is_told_so(product: Running, pages: Server) -> None:
    with pytest.raises(ClientError) as caught:
        product.client("iam").get_role(RoleName="nobody")
    told = pages.get(f"requests/{caught.value.response['ResponseMetadata']['RequestId']}")
    assert stopped(told)["name"] == "perform"
    assert "NoSuchEntity" in stopped(told)["reason"]


def test_parameters_that_do_not_fit_stop_at_their_step(product: Running, pages: Server) -> None:
    url = f"{product.endpoint}/"
    body = b"Action=GetRole&Version=2010-05-08&RoleName=" + b"x" * 65
    headers = {"content-type": "application/x-www-form-urlencoded"}
    headers |= sign(
        "POST", url, list(headers.items()), body, Credentials("test", "test"), "iam", "us-east-1", time.time()
    )
    answer = httpx.post(url, content=body, headers=headers)
    told = pages.get(f"requests/{answer.headers['x-amzn-requestid']}")
    assert stopped(told)["name"] == "parse"


def test_a_request_that_means_no_operation_is_told_where_deployed_apis_are(product: Running, pages: Server) -> None:
    answer = httpx.get(f"{product.endpoint}/dev/demo")
    told = pages.get(f"requests/{answer.headers['x-amzn-requestid']}")
    assert stopped(told)["name"] == "identify"
    assert "/_aws/execute-api/API/STAGE/" in advice(told)


def test_no_secret_is_in_anything_that_is_kept(api: Api, pages: Server) -> None:
    url = api.url() + "?token=hush-hush&q=1"
    own = [("x-my-password", "hush-hush")]
    for credentials in (api.visitor, Credentials(api.visitor.access_key_id, "wrong", api.visitor.session_token)):
        headers = sign("GET", url, own, b"", credentials, "execute-api", "us-east-1", time.time())
        answer = httpx.get(url, headers={**headers, "x-my-password": "hush-hush"})
        kept = json.dumps(api.explained(pages, answer))
        assert "hush-hush" not in kept
        assert api.visitor.secret_access_key not in kept
        assert str(api.visitor.session_token) not in kept


def rehearsed(pages: Server, api: Api, **more: Any) -> dict[str, Any]:
    return pages.post("explain", {"method": "GET", "url": api.url(), **more})


def test_a_request_that_was_never_made_is_rehearsed(api: Api, pages: Server) -> None:
    told = rehearsed(pages, api)
    assert told["rehearsed"]
    assert [(step["name"], step["outcome"]) for step in told["steps"]] == [
        ("find", "passed"),
        ("match", "passed"),
        ("authenticate", "notApplicable"),
        ("authorize", "notApplicable"),
    ]


def test_a_rehearsal_as_a_role_asks_its_policies(api: Api, pages: Server) -> None:
    assert rehearsed(pages, api, caller="role/visitors")["error"] == ""
    api.product.client("iam").delete_role_policy(RoleName="visitors", PolicyName="invoke")
    told = rehearsed(pages, api, caller="role/visitors")
    assert told["error"] == "AccessDeniedException"
    assert stopped(told)["details"]["policy_kind"] == "identity-based policy"


def test_the_last_request_of_a_method_and_url_is_told_where_there_was_one(api: Api, pages: Server) -> None:
    answer = api.call()
    told = rehearsed(pages, api)
    assert not told["rehearsed"]
    assert told["request_id"] == answer.headers["x-amzn-requestid"]


def test_a_role_that_does_not_trust_visitors_is_told_with_the_condition_that_missed(
    api: Api, product: Running, pages: Server
) -> None:
    provider = "cognito-identity.amazonaws.com"
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": provider},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {
            "StringEquals": {f"{provider}:aud": api.pool},
            "ForAnyValue:StringLike": {f"{provider}:amr": "authenticated"},
        },
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    product.client("iam").update_assume_role_policy(RoleName="visitors", PolicyDocument=document)
    with pytest.raises(ClientError) as caught:
        api.visit()
    told = pages.get(f"requests/{caught.value.response['ResponseMetadata']['RequestId']}")
    assert stopped(told)["name"] == "trust"
    (miss,) = stopped(told)["details"]["near_misses"]
    assert (miss["key"], miss["needed"], miss["seen"]) == (f"{provider}:amr", ["authenticated"], ["unauthenticated"])


def test_a_page_that_the_door_turned_away_is_told_how_to_be_let_in(product: Running, pages: Server) -> None:
    answer = httpx.get(f"{product.endpoint}/_gatewright/requests", headers={"origin": "https://evil.example"})
    told = pages.get(f"requests/{answer.headers['x-amzn-requestid']}")
    assert stopped(told)["name"] == "visitor"
    assert "--allow-origin https://evil.example" in advice(told)
