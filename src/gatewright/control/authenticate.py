"""Who signed this AWS call?

In: a request and the operation that it asks for. Out: a `Caller`. Law: every operation that the service's model does
not mark as unsigned needs a valid signature, for this service, by credentials that stand for somebody now. Source:
AWS general reference, "Signature Version 4 signing process".
"""

import re

from gatewright.core.identity import Caller, anonymous
from gatewright.core.trace import Allowance, Trace
from gatewright.storage.credentials import CredentialProblem, CredentialRefused, Credentials
from gatewright.wire.faults import Fault
from gatewright.wire.http import Request
from gatewright.wire.sigv4.diagnose import evidence, explain, reason
from gatewright.wire.sigv4.nobody import diagnose_nobody
from gatewright.wire.sigv4.refusal import Dialect, Kind, SignatureRefused, missing, token_expired, words
from gatewright.wire.sigv4.scope import read_authorization
from gatewright.wire.sigv4.verify import verify, verify_unknown
from gatewright.wire.target import Target

STEP = "authenticate"
_REGION = re.compile(r"[a-z]{2,4}(?:-[a-z]{2,16}){1,3}-[0-9]{1,2}")
_SHOWN = 64  # characters of a region that is none


def authenticate(
    request: Request, target: Target, credentials: Credentials, now: float, trace: Trace, diagnoses: Allowance
) -> Caller:
    """Return the caller of an operation: whoever signed it, or nobody where the operation is for everybody.

    Raises:
        Fault: the signature is missing, malformed, wrong, or nobody's.
    """
    if target.unsigned:
        trace.passed(STEP, f"{target.operation} needs no signature")
        return anonymous()
    try:
        caller = prove(request, credentials, now, target.accepted_signing_names, diagnoses)
    except SignatureRefused as refused:
        code, status, message = words(refused, Dialect(target.protocol))
        trace.refused(STEP, reason(refused), **evidence(refused))
        raise Fault(code, message, status) from None
    trace.passed(STEP, f"the signature is {caller.arn}'s", access_key_id=caller.access_key_id)
    return caller


def prove(
    request: Request, credentials: Credentials, now: float, services: tuple[str, ...], diagnoses: Allowance
) -> Caller:
    """Return whoever signed a request for one of these services, in any region that AWS could have.

    Whatever is wrong with a key costs the work of a wrong secret, so that nobody learns by the time which keys exist.

    Raises:
        SignatureRefused: nobody did.
    """
    authorization = read_authorization(request)
    if authorization is None:
        raise missing()
    if _REGION.fullmatch(authorization.region) is None:  # it becomes a part of ARNs and of rows
        said = authorization.region[:_SHOWN]
        raise SignatureRefused(Kind.SCOPE, f"Credential should be scoped to a valid region, not '{said}'. ")
    try:
        credential = credentials.resolve(authorization.access_key_id, authorization.session_token, now)
    except CredentialRefused as refused:
        if refused.problem is CredentialProblem.TOKEN_EXPIRED:
            raise token_expired() from None
        try:
            verify_unknown(request, authorization, now, services=services)
        except SignatureRefused as answer:
            if answer.kind is Kind.UNKNOWN_KEY and diagnoses.take(now):
                diagnose_nobody(request, authorization)
            raise answer.because(refused.problem.value) from None
    try:
        verify(request, authorization, credential.signing, now, services=services)
    except SignatureRefused as refused:
        if refused.kind is Kind.MISMATCH and diagnoses.take(now):
            explain(refused, request, authorization, credential.secret)
        raise
    credentials.proved(credential.caller, now, authorization)
    return credential.caller
