import json

import pytest
from hypothesis import given
from hypothesis import strategies as some

from gatewright.core.identity import Caller, PrincipalType
from gatewright.policy.context import AuthorizationRequest
from gatewright.policy.decision import Outcome
from gatewright.policy.document import PolicyKind, parse_policy
from gatewright.policy.evaluate import PolicySet, decide
from gatewright.policy.positions import Position, statement_spans
from gatewright.policy.simulate import Simulation, context_keys, most_restrictive, source_of
from tests.chance import examples

ACCOUNT = "000000000000"
ANN = Caller(account=ACCOUNT, arn=f"arn:aws:iam::{ACCOUNT}:user/Ann", user_id="AIDA", type=PrincipalType.USER)

statement = some.fixed_dictionaries(
    {
        "Effect": some.sampled_from(["Allow", "Deny"]),
        "Action": some.sampled_from(["s3:*", "s3:Get*", "s3:GetObject", "iam:*", "*"]),
        "Resource": some.sampled_from(["*", "arn:aws:s3:::b/*", "arn:aws:s3:::b/${aws:username}", "arn:aws:s3:::c"]),
    },
    optional={
        "Condition": some.sampled_from(
            [
                {"StringEquals": {"aws:username": "Ann"}},
                {"StringNotEquals": {"s3:prefix": "x"}},
                {"Null": {"aws:SourceIp": "true"}},
                {"Bool": {"aws:SecureTransport": "true"}},
            ]
        )
    },
)
documents = some.lists(some.lists(statement, min_size=1, max_size=4), min_size=1, max_size=3)


def text_of(statements, indent=None):
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=indent)


def source(statements, name="p", kind=PolicyKind.IDENTITY):
    text = text_of(statements)
    return source_of(name, "none", text, parse_policy(text, kind=kind, name=name))


def simulation(identity, context=None, **more):
    return Simulation(
        caller=ANN,
        caller_known=True,
        identity=tuple(source(statements) for statements in identity),
        owner=ACCOUNT,
        context=context or {},
        **more,
    )


@examples(150)
@given(
    identity=documents,
    boundary=some.none() | some.lists(statement, min_size=1, max_size=2),
    resource=some.sampled_from(["*", "arn:aws:s3:::b/Ann", "arn:aws:s3:::b/x", "arn:aws:s3:::c"]),
    prefix=some.sampled_from([(), ("x",), ("y",)]),
)
def test_a_simulation_says_what_the_engine_decides(identity, boundary, resource, prefix):
    limit = None if boundary is None else source(boundary, kind=PolicyKind.BOUNDARY)
    context = {"s3:prefix": prefix}
    simulated = simulation(identity, context, boundary=limit).run("s3:GetObject", resource)
    request = AuthorizationRequest(ANN, "s3:GetObject", resource, simulated=context)
    policies = PolicySet(
        identity=tuple(parse_policy(text_of(statements)) for statements in identity),
        boundary=None if limit is None else limit.policy,
        same_account=True,
    )
    assert simulated.outcome is decide(request, policies).outcome
    assert (simulated.outcome is Outcome.IMPLICIT_DENY) <= (simulated.matched == ())
    if limit is None and simulated.outcome is not Outcome.IMPLICIT_DENY:
        assert simulated.matched


@examples(100)
@given(statements=some.lists(statement, min_size=1, max_size=5), indent=some.sampled_from([None, 0, 2, "\t"]))
def test_each_position_is_that_of_its_statement(statements, indent):
    text = text_of(statements, indent)
    lines = text.split("\n")

    def offset(position: Position) -> int:
        return sum(len(line) + 1 for line in lines[: position.line - 1]) + position.column - 1

    spans = statement_spans(text)
    assert [json.loads(text[offset(span.start) - 1 : offset(span.end)]) for span in spans] == statements


@pytest.mark.parametrize(
    "text",
    [
        ' {"Id" : "Statement" , "Statement" : { "Effect" : "Allow" } , "Version" : "2012-10-17" } ',
        '{"Statement":\r\n[\t{"Effect":"Allow"}\n]}',
    ],
)
def test_white_space_and_a_value_that_looks_like_the_key_mislead_nobody(text):
    (span,) = statement_spans(text)
    assert span.end.line <= text.count("\n") + 1


def test_only_what_was_given_has_a_value():
    allow = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    late = [{**allow, "Condition": {"DateGreaterThan": {"aws:CurrentTime": "2001-01-01T00:00:00Z"}}}]
    found = simulation([late]).run("s3:GetObject", "*")
    assert (found.outcome, found.missing) == (Outcome.IMPLICIT_DENY, ("aws:CurrentTime",))
    given_now = simulation([late], {"aws:currenttime": ("2002-01-01T00:00:00Z",)}).run("s3:GetObject", "*")
    assert (given_now.outcome, given_now.missing) == (Outcome.ALLOWED, ())


def test_a_caller_of_whom_nothing_is_known_has_no_keys():
    mine = [{"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"Null": {"aws:PrincipalArn": "true"}}}]
    unknown = Simulation(caller=ANN, caller_known=False, identity=(source(mine),), owner=ACCOUNT, context={})
    assert unknown.run("s3:GetObject", "*").outcome is Outcome.ALLOWED
    assert simulation([mine]).run("s3:GetObject", "*").outcome is Outcome.IMPLICIT_DENY


def test_keys_are_found_in_conditions_and_variables_as_they_are_written():
    statements = [
        {
            "Effect": "Allow",
            "Action": "*",
            "Resource": ["arn:aws:s3:::${aws:UserName}", "arn:aws:s3:::${$}${*}${?}"],
            "Condition": {"StringLike": {"S3:Prefix": ["${aws:userid, 'x'}"]}},
        }
    ]
    assert context_keys(text_of(statements)) == {
        "aws:username": "aws:UserName",
        "s3:prefix": "S3:Prefix",
        "aws:userid": "aws:userid",
    }


def test_an_explicit_deny_is_the_most_restrictive_and_an_allow_the_least():
    assert most_restrictive([Outcome.ALLOWED, Outcome.EXPLICIT_DENY, Outcome.IMPLICIT_DENY]) is Outcome.EXPLICIT_DENY
    assert most_restrictive([Outcome.ALLOWED, Outcome.IMPLICIT_DENY]) is Outcome.IMPLICIT_DENY
    assert most_restrictive([Outcome.ALLOWED]) is Outcome.ALLOWED
