"""Ways in that no row names: host names, paths between the planes, header lines, reflected text, floods, slow clients.

Through sockets. What is attacked is the seam between two parts that read the same request.
"""

import json
import socket
import time
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError

from tests.running import Running
from tests.security import scene
from tests.security.attacker import FORM, WHO_AM_I, Pen, answers, ask, say, text_of

# --- host names


@pytest.mark.parametrize(
    "host",
    [
        "<script>alert(1)</script>",
        "localhost/../x",
        "localhost@evil.example",
        "local host",
        "localhost\\x",
        "localhost?x",
        "localhost#x",
        "localhost, evil.example",
        "\xe9.localhost",
        'localhost"',
        "%6cocalhost",
    ],
)
def test_a_host_that_is_no_name_is_a_bad_request(product: Running, host: str) -> None:
    assert ask(product.port, "GET", "/_gatewright/health", [("Host", host)]).status == 400


@pytest.mark.parametrize(
    "host", ["{api}.EXECUTE-API.us-east-1.LocalHost:4566", "{api}.execute-api.us-east-1.amazonaws.com"]
)
def test_a_stage_is_guarded_by_whatever_name_it_is_called(product: Running, host: str) -> None:
    api_id = scene.build_api(product)
    named = host.format(api=api_id)
    answer = ask(product.port, "GET", "/dev/demo", [("Host", named)])
    assert answer.error == "MissingAuthenticationTokenException"
    assert Pen(service="execute-api", host=named).ask(product.port, "GET", "/dev/demo").status == 200


@pytest.mark.parametrize(
    "host",
    [
        "{api}.execute-api.us-east-1.localhost.",
        "{api}.execute-api.us-east-1.localhost.evil.localhost",
        "{api}.execute-api.us-east-1",
        "x.{api}.execute-api.us-east-1.localhost",
        "{api}..execute-api.us-east-1.localhost",
        ".execute-api.us-east-1.localhost",
        "{api}.execute-api.eu-west-1.localhost",
        "{api}.execute-api..localhost",
        "[::1].execute-api.us-east-1.localhost",
    ],
)
def test_another_name_reaches_no_stage(product: Running, host: str) -> None:
    named = host.format(api=scene.build_api(product, authorization="NONE"))
    for path in ("/dev/demo", "//dev/demo"):
        assert ask(product.port, "GET", path, [("Host", named)]).status in (400, 403)


def test_an_api_id_in_other_letters_is_no_other_way_round_a_deny(product: Running) -> None:
    api_id = scene.build_api(product)
    for path in (f"/_aws/execute-api/{api_id.upper()}/dev/demo", f"/restapis/{api_id.upper()}/dev/_user_request_/demo"):
        assert Pen(service="execute-api").ask(product.port, "GET", path).status in (403, 404)
    for path in (f"/_aws/execute-api/{api_id}/DEV/demo", f"/_AWS/execute-api/{api_id}/dev/demo"):
        assert Pen(service="execute-api").ask(product.port, "GET", path).status in (403, 404, 501)


# --- paths between the planes


def test_a_stage_named_like_a_path_of_the_control_plane_reaches_nothing_of_it(product: Running) -> None:
    api_id = scene.build_api(product)
    for tail in (
        "_user_request_",
        "stages/_user_request_",
        "dev/_user_request_/../../..",
        "resources/_user_request_/x",
    ):
        answer = Pen(service="apigateway").ask(product.port, "DELETE", f"/restapis/{api_id}/{tail}")
        assert answer.status in (400, 403, 404)
    assert len(product.client("apigateway").get_rest_apis()["items"]) == 1


def test_what_a_signature_for_an_api_opens_is_the_api_only(product: Running) -> None:
    api_id = scene.build_api(product)
    for path in (f"/restapis/{api_id}", "/restapis", f"/restapis/{api_id}/stages/dev", "/_gatewright/requests/x"):
        answer = Pen(service="execute-api").ask(product.port, "GET", path)
        assert answer.status in (403, 501), answer.text


def test_the_reasons_of_others_requests_need_a_permission(product: Running) -> None:
    from tests.security.attacker import user

    api_id = scene.build_api(product)
    refused = ask(product.port, "GET", f"/_aws/execute-api/{api_id}/dev/demo")
    page = f"/_gatewright/requests/{refused.headers['x-amzn-requestid']}"
    alice = user(product)
    assert ask(product.port, "GET", page).status == 403
    assert Pen(alice, "gatewright").ask(product.port, "GET", page).status == 403
    assert Pen(service="execute-api").ask(product.port, "GET", page).status == 403
    assert Pen(service="gatewright").ask(product.port, "GET", page).status == 200
    for spelled in (page.upper(), page + "/", page + "%00", page.replace("requests/", "requests//")):
        assert Pen(service="gatewright").ask(product.port, "GET", spelled).status in (403, 404)


# --- header lines


@pytest.mark.parametrize(
    "breaker", ["%0d%0aSet-Cookie:%20a=b", "%0a", "%0d", "%00", "%E5%98%8A%E5%98%8DSet-Cookie:%20a=b"]
)
def test_a_client_cannot_end_a_header_line(product: Running, breaker: str) -> None:
    apigateway = product.client("apigateway")
    api = apigateway.create_rest_api(name="mapped")
    resource = apigateway.create_resource(restApiId=api["id"], parentId=api["rootResourceId"], pathPart="{name}")
    template = "".join(
        f"#set($context.responseOverride.header.X-{place} = $input.params('{place}'))" for place in ("name", "q")
    )
    scene.add_method(product, api["id"], resource["id"], "GET", "NONE", template=template)
    apigateway.create_deployment(restApiId=api["id"], stageName="dev")
    base = f"/_aws/execute-api/{api['id']}/dev"
    assert ask(product.port, "GET", f"{base}/a?q=x").headers["x-q"] == "x"
    for path in (f"{base}/a?q=x{breaker}", f"{base}/x{breaker}"):
        answer = ask(product.port, "GET", path)
        assert "set-cookie" not in answer.headers
        assert answer.status in (200, 400, 500)


@pytest.mark.parametrize("bad", ["a\r\nSet-Cookie: a=b", "a\nb", "a\rb", "a\x00b"])
def test_an_owner_cannot_end_a_header_line_either(product: Running, bad: str) -> None:
    apigateway = product.client("apigateway")
    api = apigateway.create_rest_api(name="mapped")
    resource = apigateway.create_resource(restApiId=api["id"], parentId=api["rootResourceId"], pathPart="p")
    try:
        scene.add_method(product, api["id"], resource["id"], "GET", "NONE", headers={"X-Fixed": f"'{bad}'"})
        apigateway.create_deployment(restApiId=api["id"], stageName="dev")
    except ClientError as error:
        assert error.response["Error"]["Code"] in ("BadRequestException", "SerializationException")  # noqa: PT017
        return
    answer = ask(product.port, "GET", f"/_aws/execute-api/{api['id']}/dev/p")
    assert "set-cookie" not in answer.headers
    assert answer.status == 500


@pytest.mark.parametrize("name", ["a/b", "a b", "a\r\nb", "../x", "é", "a%2fb", "", "x" * 200, "<script>"])
def test_a_stage_has_a_plain_name(product: Running, name: str) -> None:
    api_id = scene.build_api(product)
    with pytest.raises(ClientError, match="BadRequestException"):
        product.client("apigateway").create_deployment(restApiId=api_id, stageName=name or " ")


# --- reflected text


@pytest.mark.parametrize(
    "path", ["/<script>alert(1)</script>", "/?Action=<script>alert(1)</script>&Version=x", '/"><img src=x>']
)
def test_what_a_client_wrote_comes_back_as_data_never_as_a_page(product: Running, path: str) -> None:
    api_id = scene.build_api(product, authorization="NONE")
    for base in ("", f"/_aws/execute-api/{api_id}/dev", "/_gatewright"):
        (answer,) = answers(
            say(product.port, text_of("GET", (base + path).replace(" ", "%20"), [("Host", "localhost")]))
        )
        kind = answer.headers["content-type"].partition(";")[0]
        assert kind in ("application/json", "text/xml", "application/x-amz-json-1.1", "application/xml")
        if "xml" in kind:
            assert "<script>" not in answer.text
            assert "<img" not in answer.text


def test_a_requests_secrets_do_not_come_back_in_its_error(product: Running) -> None:
    secrets = {"Cookie": "session=hidden-cookie", "X-Api-Key": "hidden-api-key", "X-Amz-Security-Token": "hidden-token"}
    api_id = scene.build_api(product)
    pen = Pen(service="execute-api")
    target = f"/_aws/execute-api/{api_id}/dev/demo"
    sent = pen.headers("GET", target, list(secrets.items()))
    broken = [(name, value[:-4] + "0000" if name == "Authorization" else value) for name, value in sent]
    answer = ask(product.port, "GET", target, broken)
    assert answer.status == 403
    kept = Pen(service="gatewright").ask(
        product.port, "GET", f"/_gatewright/requests/{answer.headers['x-amzn-requestid']}"
    )
    for text in (answer.text, kept.text):
        assert "hidden-" not in text


# --- floods


DEEP = 100_000


FLOODS = {
    "cognito-identity": [
        b"[" * DEEP,
        b'{"a":' * DEEP,
        b'{"MaxResults":' + b"9" * DEEP + b"}",
        b'{"MaxResults":1e999}',
        b'{"MaxResults":"\\ud800"}',
        b'{"MaxResults":NaN}',
        b"\xff\xfe{\x00",
    ],
    "apigateway": [
        b'{"name":' * 20_000,
        b'{"name":"\\ud800"}',
        b'{"name":"a\\u0000b"}',
        b'{"name":"x","minimumCompressionSize":' + b"9" * 5_000 + b"}",
        b'{"name":"x","tags":{' + b",".join(b'"k%d":"v"' % n for n in range(50_000)) + b"}}",
    ],
    "iam": [
        b"Action=ListUsers&Version=2010-05-08&MaxItems=" + b"9" * 5_000,
        b"Action=TagUser&Version=2010-05-08&UserName=x&Tags.member.99999999999.Key=x",
        b"Action=TagUser&Version=2010-05-08&UserName=x&" + b"Tags.member." * 5_000 + b"=x",
        b"Action=CreateUser&Version=2010-05-08&UserName=%00",
        b"Action=CreateUser&Version=2010-05-08&UserName=%ED%A0%80",
        b"Action=CreateUser&Version=2010-05-08&UserName=" + b"a" * 1_000_000,
        b"&" * 500_000,
        b"a=1&" * DEEP,
        b"%" * DEEP,
    ],
    "sts": [
        b"Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=" + b"x" * 30 + b"&RoleSessionName=ab"
        b"&WebIdentityToken=" + b"." * 20_000,
        b"Action=AssumeRole&Version=2011-06-15&RoleArn=" + b"x" * 30 + b"&RoleSessionName=ab&Policy=" + b"[" * 2_000,
    ],
}
KINDS = {"cognito-identity": "application/x-amz-json-1.1", "apigateway": "application/json"}


@pytest.mark.parametrize(("service", "number"), [(name, n) for name, all_ in FLOODS.items() for n in range(len(all_))])
def test_what_is_deep_or_huge_is_refused_quickly(product: Running, service: str, number: int) -> None:
    headers = [("Content-Type", KINDS.get(service, FORM[1]))]
    if service == "cognito-identity":
        headers.append(("X-Amz-Target", "AWSCognitoIdentityService.ListIdentityPools"))
    target = "/restapis" if service == "apigateway" else "/"
    began = time.monotonic()
    answer = Pen(service=service).ask(product.port, "POST", target, headers, FLOODS[service][number])
    assert 400 <= answer.status < 500, answer.text[:500]
    assert time.monotonic() - began < 5
    assert ask(product.port, "GET", "/_gatewright/health").status == 200


@pytest.mark.parametrize("document", ["[" * 50_000, '{"Statement":' * 5_000, "1" * 5000, "{}", "null", '"x"', "[]"])
def test_a_policy_that_is_none_is_malformed(product: Running, document: str) -> None:
    with pytest.raises(ClientError, match=r"MalformedPolicyDocument|ValidationError|LimitExceeded"):
        product.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=document)


def test_patterns_of_a_policy_cannot_stop_the_server(product: Running) -> None:
    hard = "*a" * 60 + "b"
    condition = {"StringLike": {"aws:UserAgent": hard}}
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "*",
        "Resource": "*",
        "Condition": condition,
    }
    apigateway = product.client("apigateway")
    api = apigateway.create_rest_api(name="x", policy=scene.policy(statement))
    resource = apigateway.create_resource(restApiId=api["id"], parentId=api["rootResourceId"], pathPart="p")
    scene.add_method(product, api["id"], resource["id"], "GET", "NONE")
    apigateway.create_deployment(restApiId=api["id"], stageName="dev")
    began = time.monotonic()
    for _ in range(5):
        path = f"/_aws/execute-api/{api['id']}/dev/p"
        assert ask(product.port, "GET", path, [("User-Agent", "a" * 9_000)]).status == 403
    assert time.monotonic() - began < 3


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+$", "([a-z]+)*x", "(.*)*b"])
def test_expressions_of_an_owner_cannot_stop_the_server(product: Running, pattern: str) -> None:
    apigateway = product.client("apigateway")
    api = apigateway.create_rest_api(name="x")
    resource = apigateway.create_resource(restApiId=api["id"], parentId=api["rootResourceId"], pathPart="p")
    template = f"#if($input.params('q').matches('{pattern}'))yes#end"
    scene.add_method(product, api["id"], resource["id"], "GET", "NONE", template=template)
    apigateway.create_deployment(restApiId=api["id"], stageName="dev")
    began = time.monotonic()
    assert ask(product.port, "GET", f"/_aws/execute-api/{api['id']}/dev/p?q={'a' * 5000}!").status in (200, 500)
    assert time.monotonic() - began < 3


def test_what_clients_choose_does_not_stay_in_memory(product: Running) -> None:
    """Host names, key ids and regions are remembered, and so are refusals: none may be as long as a client likes."""
    inside: Any = product
    for number in range(40):
        long = f"{number:04d}" + "x" * 50_000
        assert ask(product.port, "GET", f"/{long}").status in (403, 404, 431)
        assert ask(product.port, "GET", "/dev/x", [("Host", f"{long}.execute-api.us-east-1.localhost")]).status in (
            400,
            403,
        )
        sent = Pen(service="sts").headers("POST", "/", [FORM], WHO_AM_I)
        forged = [(name, value.replace("Credential=test", f"Credential={long}")) for name, value in sent]
        assert ask(product.port, "POST", "/", forged, WHO_AM_I).status in (400, 403)
    assert sum(len(host) for host in inside.product._door._hosts._stage_hosts) < 10_000
    kept = inside.product.traces
    shelf = getattr(kept, "_kept", {})
    assert sum(len(one.path) + len(one.host) for one in shelf.values()) < 500_000


# --- LIKE, and names that look alike


def test_wildcards_of_the_database_are_plain_characters(product: Running) -> None:
    iam = product.client("iam")
    trust = scene.trust_of("us-east-1:00000000-0000-4000-8000-000000000000")
    for path in ("/a_b/", "/axb/", "/a/"):
        iam.create_role(RoleName=f"r{path.count('x')}{len(path)}", Path=path, AssumeRolePolicyDocument=trust)
    assert [role["Path"] for role in iam.list_roles(PathPrefix="/a_b/")["Roles"]] == ["/a_b/"]
    assert iam.list_roles(PathPrefix="/%/")["Roles"] == []


@pytest.mark.parametrize("name", ["аdmin", "admin\u200b", "ａdmin", "admin ", "adm\u0131n", "a\u0301dmin"])
def test_a_name_that_looks_like_another_is_refused(product: Running, name: str) -> None:
    product.client("iam").create_user(UserName="admin")
    with pytest.raises(ClientError, match="ValidationError"):
        product.client("iam").create_user(UserName=name)
    with pytest.raises(ClientError, match="EntityAlreadyExists"):
        product.client("iam").create_user(UserName="ADMIN")


# --- slow clients, and many


def test_many_slow_clients_do_not_keep_others_out(product: Running) -> None:
    slow = []
    try:
        for _ in range(300):
            connection = socket.create_connection(("127.0.0.1", product.port), timeout=5)
            connection.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Le")
            slow.append(connection)
        began = time.monotonic()
        for _ in range(5):
            assert httpx.get(f"{product.endpoint}/_gatewright/health").status_code == 200
        assert time.monotonic() - began < 3
    finally:
        for connection in slow:
            connection.close()


def test_a_client_that_reads_nothing_does_not_keep_others_out(product: Running) -> None:
    apigateway = product.client("apigateway")
    api = apigateway.create_rest_api(name="big")
    resource = apigateway.create_resource(restApiId=api["id"], parentId=api["rootResourceId"], pathPart="p")
    scene.add_method(product, api["id"], resource["id"], "GET", "NONE", template=json.dumps({"x": "y" * 200_000}))
    apigateway.create_deployment(restApiId=api["id"], stageName="dev")
    request = f"GET /_aws/execute-api/{api['id']}/dev/p HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", product.port), timeout=1) as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sent = 0
        try:
            for _ in range(200):
                sent += deaf.send(request * 1_000)
        except TimeoutError:
            pass  # the server has stopped reading from who does not read: that is the point
        assert sent < 200_000 * len(request)
        assert httpx.get(f"{product.endpoint}/_gatewright/health").status_code == 200


def test_a_body_that_never_comes_holds_nothing_but_its_connection(product: Running) -> None:
    head = b"POST /restapis HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10000000\r\n\r\n"
    waiting = [socket.create_connection(("127.0.0.1", product.port), timeout=5) for _ in range(50)]
    for connection in waiting:
        connection.sendall(head)
    assert httpx.get(f"{product.endpoint}/_gatewright/health").status_code == 200
    for connection in waiting:
        connection.close()


def test_a_promise_to_continue_is_not_given_in_the_middle_of_another_answer(product: Running) -> None:
    first = text_of("POST", "/", [("Host", "localhost"), FORM], WHO_AM_I).replace(b"Connection: close\r\n", b"")
    second = (
        b"POST / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx"
    )
    said = say(product.port, first + second)
    statuses = [int(part[:3]) for part in said.split(b"HTTP/1.1 ")[1:]]
    assert statuses[0] != 100
    assert [status for status in statuses if status != 100] == [403, 403]
