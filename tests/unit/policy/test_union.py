import json

from gatewright.core.identity import Caller, PrincipalType
from gatewright.policy.context import AuthorizationRequest
from gatewright.policy.document import parse_policy
from gatewright.policy.evaluate import PolicySet, decide
from gatewright.policy.union import union_of

ANN = Caller(account="1", arn="arn:aws:iam::1:user/Ann", user_id="AIDA", type=PrincipalType.USER)


def policy(version="2012-10-17", **statement):
    return json.dumps({"Version": version, "Statement": {"Effect": "Allow", "Action": "s3:*", **statement}})


def allowed(text, action="s3:Get", resource="*"):
    question = AuthorizationRequest(caller=ANN, action=action, resource=resource)
    return decide(question, PolicySet(identity=(parse_policy(text),))).allowed


def test_what_one_document_allows_the_union_allows():
    text = union_of([policy(Resource="*"), policy(Action="sqs:*", Resource="*")])
    assert allowed(text)
    assert allowed(text, "sqs:Send")
    assert not allowed(text, "sns:Publish")


def test_a_deny_in_one_document_counts():
    assert not allowed(union_of([policy(Resource="*"), policy(Effect="Deny", Resource="*")]))


def test_an_older_document_keeps_its_literal_dollars():
    old = policy("2008-10-17", Resource="arn:aws:s3:::${aws:username}")
    assert allowed(old, resource="arn:aws:s3:::${aws:username}")
    text = union_of([old])
    assert allowed(text, resource="arn:aws:s3:::${aws:username}")
    assert not allowed(text, resource="arn:aws:s3:::Ann")
    assert allowed(union_of([policy(Resource="arn:aws:s3:::${aws:username}")]), resource="arn:aws:s3:::Ann")


def test_statements_of_one_name_do_not_meet():
    parse_policy(union_of([policy(Sid="A", Resource="*"), policy(Sid="A", Resource="*")]))
