"""Whatever is signed wrongly: the diagnosis ends, breaks nothing, and shows nothing secret; and lint reads any text."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gatewright.cli.service_actions import actions_of
from gatewright.core.trace import Kept, Outcome, Step
from gatewright.policy.decision import PolicyKind
from gatewright.policy.lint import lint, looks_like
from gatewright.storage.traces import _row
from gatewright.wire.http import Request
from gatewright.wire.sigv4.diagnose import evidence, explain, reason
from gatewright.wire.sigv4.refusal import Kind, SignatureRefused
from gatewright.wire.sigv4.scope import read_authorization
from gatewright.wire.sigv4.verify import verify
from tests.chance import examples

NOW = 1_790_000_000.0
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
latin = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0"), max_size=30)
names = st.sampled_from(["accept", "content-type", "x-amz-security-token", "cookie", "x-api-key", "x-y"])
headers = st.lists(st.tuples(names, latin), max_size=6)


@examples(150)
@given(st.sampled_from(["GET", "POST", "HEAD"]), latin, latin, headers, st.binary(max_size=60))
def test_the_diagnosis_of_anything_ends_in_an_explanation(
    method: str, path: str, query: str, sent: list[tuple[str, str]], body: bytes
) -> None:
    listed = sorted({"host", "x-amz-date", *(name for name, _ in sent)})
    authorization = (
        "AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20260921/us-east-1/execute-api/aws4_request, "
        f"SignedHeaders={';'.join(listed)}, Signature={'0' * 64}"
    )
    all_headers = (
        ("host", "127.0.0.1:4566"),
        ("x-amz-date", "20260921T141320Z"),
        ("authorization", authorization),
        *sent,
    )
    request = Request(method, f"/{path}", query, all_headers, body)
    refused = _refusal(request)
    kept = evidence(refused)
    assert refused.kind is not Kind.MISMATCH or kept["mistakes"] == ()
    assert SECRET not in str(kept)
    assert len(str(kept)) < 60_000
    step = Step("authenticate", Outcome.REFUSED, reason(refused), kept)
    _row(Kept(request_id="r", at=NOW, method=method, host="h", path=path, status=403, steps=(step,)))


def _refusal(request: Request) -> SignatureRefused:
    try:
        claim = read_authorization(request)
        assert claim is not None
        verify(request, claim, SECRET, NOW, services=("execute-api",), region="us-east-1")
    except SignatureRefused as refused:
        if refused.kind is Kind.MISMATCH:
            explain(refused, request, claim, SECRET)
        return refused
    raise AssertionError("sixty-four zeros are no signature")


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from(["*", "iam:*", "arn:aws:iam::1:role/x", "${aws:username}"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["AWS", "Federated", "a:b"]), inner),
    max_leaves=5,
)
elements = st.sampled_from(
    ["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal", "Condition"]
)
statements = st.dictionaries(elements, values | st.sampled_from(["Allow", "Deny"]), max_size=6)
documents = st.fixed_dictionaries({"Statement": st.lists(statements, max_size=3) | statements | values})


@examples(150)
@given(documents | values, st.sampled_from(list(PolicyKind)))
def test_the_critic_reads_any_document(document: Any, kind: PolicyKind) -> None:
    text = json.dumps(document)
    looks_like(text)
    lint(text, kind=kind, actions=actions_of)


keys = st.sampled_from(
    ["aws:username", "aws:TagKeys", "aws:Nonsense", "sts:ExternalId", "cognito-identity.amazonaws.com:aud"]
)
operators = st.sampled_from(
    ["StringEquals", "ForAllValues:StringLike", "StringNotEqualsIfExists", "Null", "ForAnyValue:ArnLike"]
)
texts = st.sampled_from(["*", "true", "a*", "arn:aws:s3:::b", "${aws:username}"])
conditions = st.dictionaries(
    operators, st.dictionaries(keys, texts | st.lists(texts, max_size=2), max_size=2), max_size=2
)
right = st.fixed_dictionaries(
    {
        "Effect": st.sampled_from(["Allow", "Deny"]),
        "Action": st.sampled_from(["*", "iam:*", "execute-api:Invoke", "sts:AssumeRole", ["iam:Get*", "s3:Get"]]),
        "Resource": st.sampled_from(["*", "arn:aws:iam::111122223333:role/x", ["arn:aws:execute-api:*:*:a/b/GET/c"]]),
        "Condition": conditions,
    }
)


@examples(150)
@given(st.lists(right, min_size=1, max_size=4))
def test_the_critic_reads_any_policy_that_is_nearly_right(found: list[dict[str, Any]]) -> None:
    lint(json.dumps({"Version": "2012-10-17", "Statement": found}), kind=PolicyKind.IDENTITY, actions=actions_of)
