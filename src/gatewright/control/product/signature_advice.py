"""What to change about a signature."""

from typing import Any

from gatewright.control.product.suggestions import Advice, word
from gatewright.core.trace import EXECUTE_API, Kept, Step
from gatewright.wire.sigv4.refusal import Kind


def about_signature(kept: Kept, step: Step) -> list[Advice]:
    """Return what to do about a request that did not prove who sent it."""
    kind = step.details.get("kind", "")
    if kind == Kind.MISMATCH:
        return _mismatch(step.details)
    if kind == Kind.UNKNOWN_KEY:
        return [_unknown(str(step.details.get("problem", "")))]
    return [_OTHERS[kind](kept, step)] if kind in _OTHERS else []


def _mismatch(details: Any) -> list[Advice]:
    mistakes, remedies = details.get("mistakes"), details.get("remedies") or ()
    if mistakes is None:
        return [Advice("Compare the canonical request below with the client's own, line by line.")]
    if not mistakes:
        return [
            Advice(
                "None of the usual mistakes explains this signature, so most likely the secret access key is another "
                "one. Else compare the canonical request below with the client's own, line by line."
            )
        ]
    told = f"The client differs: {' and '.join(mistakes)}."
    line = details.get("client_line"), details.get("server_line")
    if any(line):
        told += f" You signed {line[0] or '(nothing)'!s}, the request came with {line[1] or '(nothing)'!s}."
    return [Advice(told), *(Advice(remedy) for remedy in remedies)]


def _unknown(problem: str) -> Advice:
    if "session token" in problem and "missing" not in problem and "needs" not in problem:
        return Advice("Use the access key, the secret and the session token of one and the same set of credentials.")
    if "needs its session token" in problem:
        return Advice("A key that begins with ASIA is temporary: send its session token too, as X-Amz-Security-Token.")
    if "inactive" in problem:
        return Advice(
            "Activate the key again, or use another one.",
            "aws iam update-access-key --access-key-id KEY --status Active",
        )
    if "no longer exists" in problem:
        return Advice("The user or role was deleted, and its credentials ended with it: get new ones.")
    return Advice(
        "No such access key is known here. Is this the right server? After a reset or with another data directory all "
        'keys are new: eval "$(gatewright env)".'
    )


def _missing(kept: Kept, step: Step) -> Advice:
    service = EXECUTE_API if kept.plane == EXECUTE_API else kept.plane
    region = str(step.details.get("region", "")) or kept.region or "REGION"
    return Advice(
        f"Sign the request with Signature Version 4, for the service {service} in {region}:",
        f'curl --aws-sigv4 {word(f"aws:amz:{region}:{service}")} --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" '
        f'-H "X-Amz-Security-Token: $AWS_SESSION_TOKEN" -X {word(kept.method)} {word(f"http://{kept.host}{kept.path}")}',
    )


def _unsigned_header(kept: Kept, step: Step) -> Advice:
    return Advice(f"Sign the header, or do not send it: {step.reason}")


def _clock(kept: Kept, step: Step) -> Advice:
    return Advice(
        f"{step.reason} The two clocks may differ by 5 minutes: set the client's clock, sign anew for each request, or "
        "presign for longer."
    )


def _scope(kept: Kept, step: Step) -> Advice:
    return Advice(f"{step.reason.strip()} Give the client this region and service to sign for.")


def _payload(kept: Kept, step: Step) -> Advice:
    return Advice(f"{step.reason} Sign the SHA-256 of the very bytes that are sent; only S3 takes unsigned bodies.")


def _expired(kept: Kept, step: Step) -> Advice:
    return Advice("The session is over: get new temporary credentials.")


def _replayed(kept: Kept, step: Step) -> Advice:
    return Advice("Sign anew for each request: this server admits each signature once (--refuse-replays).")


def _incomplete(kept: Kept, step: Step) -> Advice:
    return Advice(
        f"{step.reason} The header is: AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/SERVICE/aws4_request, "
        "SignedHeaders=host;x-amz-date, Signature=…"
    )


_OTHERS = {
    Kind.MISSING: _missing,
    Kind.INCOMPLETE: _incomplete,
    Kind.UNSIGNED_HEADER: _unsigned_header,
    Kind.EXPIRED: _clock,
    Kind.NOT_YET_CURRENT: _clock,
    Kind.SCOPE: _scope,
    Kind.PAYLOAD: _payload,
    Kind.TOKEN_EXPIRED: _expired,
    Kind.REPLAYED: _replayed,
}
