"""AWS_IAM: the request is signed, by somebody whose policies, with the API's own, allow `execute-api:Invoke`.

In: a match. Out: the verified caller. Law: the signature is checked before anything is decided about its key; an
unknown key and a wrong secret cost the same time.
Source: IAM user guide, "Signing AWS API requests"; API Gateway developer guide, "Control access for invoking an API"
and "How API Gateway resource policies affect authorization workflow" (tables A and B).
"""

from typing import TYPE_CHECKING

from gatewright.core.identity import Caller
from gatewright.core.trace import Trace
from gatewright.gateway.authorizers.decisions import must_allow, question, resource_arn, resource_pattern
from gatewright.gateway.errors import ExpiredToken, InvalidSignature, MissingAuthenticationToken
from gatewright.gateway.live import Match, Route
from gatewright.policy.evaluate import Decision, PolicySet, decide
from gatewright.policy.explain import Explanation, explain
from gatewright.storage.credentials import Credential, CredentialProblem, CredentialRefused
from gatewright.storage.principals import Principal
from gatewright.wire.http import Request
from gatewright.wire.sigv4.diagnose import evidence
from gatewright.wire.sigv4.diagnose import explain as diagnose
from gatewright.wire.sigv4.diagnose import reason as reason_of
from gatewright.wire.sigv4.nobody import diagnose_nobody
from gatewright.wire.sigv4.refusal import Dialect, Kind, SignatureRefused, words
from gatewright.wire.sigv4.scope import Authorization, read_authorization
from gatewright.wire.sigv4.verify import verify, verify_unknown

if TYPE_CHECKING:
    from gatewright.gateway.ports import Ports

_SERVICES = ("execute-api",)
# A decision that the log had no room for is offered to it again, each at another moment of the two minutes after the
# next, so that many that were made at once do not come back at once.
_SOONEST_SECONDS, _SPREAD_SECONDS = 60.0, 120.0
_Last = tuple[Route, Principal | None, Decision]  # of a stage as it is deployed, and a principal as they are
_OVERRIDE = "x-http-method-override"


def authorize(match: Match, ports: "Ports", trace: Trace) -> Caller:
    """Return the caller, whose policies allow what they ask for.

    Raises:
        MissingAuthenticationToken: the request is not signed.
        InvalidSignature, ExpiredToken: the signature does not prove who sent it.
        AccessDenied: it does, and they may not.
    """
    try:
        claim = read_authorization(match.request)
        if claim is None:
            reason = "the method needs a signed request (AWS_IAM), and this one is not signed"
            trace.refused("authenticate", reason, kind=Kind.MISSING.value, region=match.stage.region)
            raise MissingAuthenticationToken(reason=reason)
        credential = _authenticate(match, claim, ports)
    except SignatureRefused as refused:
        raise _worded(refused, trace) from refused
    caller = credential.caller
    trace.passed("authenticate", "the signature is right", caller=caller.arn, access_key_id=caller.access_key_id)
    _decide(match, credential, ports, trace)
    return caller


def _authenticate(match: Match, claim: Authorization, ports: "Ports") -> Credential:
    """Prove who signed the request.

    Raises:
        SignatureRefused: nobody we know did.
    """
    request, region, now = match.request, match.stage.region, match.request.received
    if _OVERRIDE not in claim.signed_headers and request.header(_OVERRIDE) is not None:
        # Else a signature for one verb would execute another. AWS does not say; this is the strict reading.
        raise SignatureRefused(
            Kind.UNSIGNED_HEADER, f"'{_OVERRIDE}' must be a 'SignedHeader' in the AWS Authorization."
        )
    try:
        credential = ports.credentials.resolve(claim.access_key_id, claim.session_token, now)
    except CredentialRefused as refused:
        expired = refused.problem is CredentialProblem.TOKEN_EXPIRED
        try:
            verify_unknown(request, claim, now, services=_SERVICES, region=region)
        except SignatureRefused as answer:
            if answer.kind is not Kind.UNKNOWN_KEY:
                raise
            if not expired and ports.diagnoses.take(now):
                diagnose_nobody(request, claim)
            kind = Kind.TOKEN_EXPIRED if expired else Kind.UNKNOWN_KEY
            message = ExpiredToken.default_message if expired else answer.message
            raise SignatureRefused(kind, message, {"problem": refused.problem.value}) from refused
    try:
        verify(request, claim, credential.signing, now, services=_SERVICES, region=region)
    except SignatureRefused as refused:
        if refused.kind is Kind.MISMATCH and ports.diagnoses.take(now):
            diagnose(refused, request, claim, credential.secret)
        raise
    ports.credentials.proved(credential.caller, now, claim)
    return credential


def _decide(match: Match, credential: Credential, ports: "Ports", trace: Trace) -> None:
    """Ask the policies, or remember what they said: of the caller's last request, or of many."""
    caller, arn = credential.caller, match.route.arn
    last: _Last | None = credential.last_decision
    if last is not None and last[0] is match.route and last[1] is credential.principal:
        decision = last[2]
    else:
        decision = _decision(match, credential, ports)
        if decision.cacheable and not ports.decisions.owes:
            credential.last_decision = match.route, credential.principal, decision
    account = match.stage.snapshot.account
    must_allow(decision, caller, arn, account, trace, lambda: explain_policies(match, caller, arn, ports))


def _decision(match: Match, credential: Credential, ports: "Ports") -> Decision:
    arn, caller = resource_arn(match), credential.caller
    key = (match.stage, caller.access_key_id, credential.principal, arn)
    decision = ports.decisions.get(key, caller, match.request.received)
    if decision is None:
        asked, policies = question(match, caller, arn), governing(match, caller, ports)
        decision = decide(asked, policies)
        written = ports.decided(asked, policies, decision, resource_pattern(match))
        ports.decisions.put(key, caller, decision, None if written else _later(match.request))
    return decision


def _later(request: Request) -> float:
    """Return when to offer again what this request was decided: its random id says where in these minutes."""
    return request.received + _SOONEST_SECONDS + _SPREAD_SECONDS * int(request.request_id[:4] or "0", 16) / 0x10000


def governing(match: Match, caller: Caller, ports: "Ports") -> PolicySet:
    """Return the policies that have a say about a caller and a method."""
    principal = ports.credentials.principal_of(caller)
    return PolicySet(
        identity=principal.policies if principal is not None else (),
        boundary=principal.boundary if principal is not None else None,
        session=ports.credentials.session_policies_of(caller) or (),
        resource=match.stage.policy,
        same_account=caller.account == match.stage.snapshot.account,
    )


def explain_policies(match: Match, caller: Caller, arn: str, ports: "Ports") -> Explanation:
    """Tell why a caller may or may not invoke a method."""
    return explain(question(match, caller, arn), governing(match, caller, ports))


def _worded(refused: SignatureRefused, trace: Trace) -> InvalidSignature | ExpiredToken:
    """Say a refused signature in execute-api's words; the trace gets what was computed."""
    said = words(refused, Dialect.EXECUTE_API)
    reason = reason_of(refused)
    trace.refused("authenticate", reason, **evidence(refused))
    if refused.kind is Kind.TOKEN_EXPIRED:
        return ExpiredToken(said.message, reason=reason, error_type=said.code)
    return InvalidSignature(said.message, reason=reason, error_type=said.code)
