"""The list of kept requests and who may read it; recorded decisions."""

import json
import time
from collections.abc import Callable

import httpx
import pytest

from gatewright.cli.server import Server, Unanswered
from gatewright.wire.sigv4.sign import Credentials, sign
from tests.running import Running
from tests.services.product.conftest import Api


def test_refusals_are_listed_newest_first_with_their_callers(api: Api, pages: Server) -> None:
    first, second = api.call(), api.call(path="/dev/other")
    listed = pages.get("requests", refused="true", api=api.id)["requests"]
    assert [one["request_id"] for one in listed] == [each.headers["x-amzn-requestid"] for each in (second, first)]


def test_a_list_can_be_narrowed_and_paged(api: Api, pages: Server) -> None:
    for _ in range(3):
        api.call(api.visitor)
    api.call()
    assert len(pages.get("requests", api=api.id, status="2xx")["requests"]) == 3
    assert len(pages.get("requests", caller="visitors", service="execute-api")["requests"]) == 3
    assert len(list(pages.every("requests", "requests", api=api.id, limit="1"))) == 4
    assert pages.get("requests", since="99999999999")["requests"] == []


@pytest.mark.parametrize(
    "query",
    [
        {"status": "abc"},
        {"since": "yesterday"},
        {"limit": "0"},
        {"refused": "maybe"},
        {"next": "forged"},
        {"nonsense": "1"},
    ],
)
def test_a_filter_that_cannot_be_used_is_refused_by_name(pages: Server, query: dict[str, str]) -> None:
    with pytest.raises(Unanswered, match=next(iter(query))):
        pages.get("requests", **query)


PAGES = {
    "ListRequests": ("GET", "requests"),
    "GetRequest": ("GET", "requests/00000000-0000-4000-8000-000000000000"),
    "ListDecisions": ("GET", "decisions"),
    "ListMessages": ("GET", "outbox"),
    "ExplainRequest": ("POST", "explain"),
}


@pytest.mark.parametrize("action", PAGES)
def test_a_page_needs_a_signature_and_its_action(
    product: Running, pages_as: Callable[..., Server], action: str
) -> None:
    method, page = PAGES[action]
    assert httpx.request(method, f"{product.endpoint}/_gatewright/{page}").status_code == 403
    others = [f"gatewright:{other}" for other in PAGES if other != action]
    reader = pages_as(*others)
    with pytest.raises(Unanswered, match=f"is not authorized to perform: gatewright:{action}"):
        reader.post(page, {}) if method == "POST" else reader.get(page)


def test_a_reader_with_the_action_reads(api: Api, pages_as: Callable[..., Server]) -> None:
    reader = pages_as("gatewright:ListRequests", "gatewright:GetRequest")
    answer = api.call()
    assert reader.get("requests", refused="true")["requests"]
    assert reader.get(f"requests/{answer.headers['x-amzn-requestid']}")["status"] == 403


def test_a_signature_for_another_service_opens_no_page(product: Running) -> None:
    url = f"{product.endpoint}/_gatewright/requests"
    headers = sign("GET", url, [], b"", Credentials("test", "test"), "iam", "us-east-1", time.time())
    assert httpx.get(url, headers=headers).status_code == 403


@pytest.mark.parametrize("request_id", ["00000000-0000-4000-8000-000000000000", "nonsense", "%27%20OR%201=1"])
def test_a_request_that_is_not_kept_is_not_found(pages: Server, request_id: str) -> None:
    with pytest.raises(Unanswered, match="Nothing is kept"):
        pages.get(f"requests/{request_id}")


def test_a_reset_forgets_what_was_kept(product: Running, api: Api, pages: Server) -> None:
    api.call()
    product.reset()
    assert pages.get("requests", refused="true")["requests"] == []


def test_what_a_role_was_decided_about_is_recorded_with_a_pattern(api: Api, pages: Server) -> None:
    api.call(api.visitor)
    answer = pages.get("decisions", principal="role/visitors")
    (record,) = answer["decisions"]
    assert (record["action"], record["outcome"]) == ("execute-api:Invoke", "allowed")
    assert record["pattern"].endswith("/dev/GET/demo")
    assert pages.get("decisions", principal=answer["principal"])["decisions"] == answer["decisions"]


def test_calls_of_aws_apis_are_recorded_too(product: Running, pages: Server, pages_as: Callable[..., Server]) -> None:
    pages_as("iam:ListUsers")
    made = product.client("iam").create_access_key(UserName="reader")["AccessKey"]
    mine = product.client("iam", key=(made["AccessKeyId"], made["SecretAccessKey"]))
    mine.list_users()
    mine.list_users()
    (record,) = pages.get("decisions", principal="user/reader")["decisions"]
    assert (record["action"], record["count"], record["outcome"]) == ("iam:ListUsers", 2, "allowed")


def test_a_role_that_does_not_exist_has_no_decisions(pages: Server) -> None:
    with pytest.raises(Unanswered, match="no role or user role/nobody"):
        pages.get("decisions", principal="role/nobody")


def test_whoever_may_not_read_what_was_decided_is_told_why_like_anybody_who_was_refused(
    product: Running, pages: Server, pages_as: Callable[..., Server]
) -> None:
    unsigned = httpx.get(f"{product.endpoint}/_gatewright/requests")
    told = pages.get(f"requests/{unsigned.headers['x-amzn-requestid']}")
    assert (told["plane"], told["operation"], told["status"]) == ("gatewright", "ListRequests", unsigned.status_code)
    assert "for the service gatewright" in json.dumps(told["advice"])
    with pytest.raises(Unanswered):
        pages_as().get("outbox")
    (latest, *_) = pages.get("requests", service="gatewright", refused="true")["requests"]
    told = pages.get(f"requests/{latest['request_id']}")
    assert (told["operation"], told["error"]) == ("ListMessages", "AccessDeniedException")
    assert told["caller"].endswith(":user/reader")
    assert "gatewright:ListMessages" in json.dumps(told["advice"])
