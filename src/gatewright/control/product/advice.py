"""What to change, so that a refused request is let in: one concrete suggestion for each kind of refusal.

In: a kept request. Out: `Advice`, the most useful first. Law: it reads what the steps saw and decides nothing; a
suggestion never widens more than the request needs, and says when the refusal is what somebody wanted.
"""

from collections.abc import Callable
from difflib import get_close_matches

from gatewright.control.product.login_advice import (
    about_answer,
    about_identity_pool,
    about_login,
    about_sign_in,
    about_token,
)
from gatewright.control.product.policy_advice import about_policies
from gatewright.control.product.ports import Outside
from gatewright.control.product.signature_advice import about_signature
from gatewright.control.product.suggestions import Advice, word
from gatewright.core.trace import EXECUTE_API, Kept, Step

__all__ = ["Advice", "advise"]

_MOST_NAMES = 2_000  # that are compared
_SHOWN = 4


def advise(kept: Kept, outside: Outside) -> list[Advice]:
    """Return what to change; nothing where nothing was refused."""
    step = kept.stopped_by
    if step is None:
        return []
    about = _ABOUT.get(step.name)
    return (about(kept, step, outside) if about is not None else []) or [_as_it_says(kept, step)]


def _find(kept: Kept, step: Step, outside: Outside) -> list[Advice]:
    wanted = f"{kept.api_id}/{kept.stage_name}"
    stages = outside.stages()[:_MOST_NAMES]
    of_api = [name for name in stages if name.startswith(f"{kept.api_id}/")]
    if "disabled" in step.reason:
        text = "Switch the endpoint on again: set disableExecuteApiEndpoint to false, and deploy."
        return [Advice(text, _update_api(kept, "disableExecuteApiEndpoint", "false"))]
    if of_api and wanted not in of_api:
        return [Advice(f"The API has these stages: {_names(of_api)}. Stage names are case-sensitive.")]
    near = get_close_matches(wanted, stages, _SHOWN, 0.5)
    if near:
        return [Advice(f"Did you mean {_names(near)}? (API/stage)")]
    if not stages:
        return [Advice("No API is deployed here. Deploy one:", _deploy("API", "STAGE"))]
    return [
        Advice(
            "No API of this id is deployed here. Is this the right server and account? To deploy one:",
            _deploy(kept.api_id, kept.stage_name or "STAGE"),
        )
    ]


def _match(kept: Kept, step: Step, outside: Outside) -> list[Advice]:
    methods = outside.methods(kept.api_id, kept.stage_name)
    path = _below_stage(kept)
    near = get_close_matches(f"{kept.method} {path}", methods[:_MOST_NAMES], _SHOWN, 0.4)
    verbs = [method.partition(" ")[0] for method in methods if method.partition(" ")[2] == path]
    found = []
    if verbs:
        found.append(Advice(f"{path} has {_names(verbs)}, and not {kept.method}."))
    elif near:
        found.append(Advice(f"The deployment has {_names(near)}. Paths are case-sensitive."))
    found.append(
        Advice(
            "What was added after the last deployment is not there yet: callers see it once it is deployed.",
            _deploy(kept.api_id, kept.stage_name),
        )
    )
    return found


def _below_stage(kept: Kept) -> str:
    path = kept.path
    marker = f"/{kept.stage_name}"
    rest = path.partition(f"/{kept.api_id}")[2] if kept.api_id and f"/{kept.api_id}/" in path else path
    rest = rest.removeprefix(marker).removeprefix("/_user_request_")
    return rest or "/"


def _limits(kept: Kept, step: Step, outside: Outside) -> list[Advice]:
    return [Advice(f"Send less: {step.reason}. The limits are API Gateway's, and cannot be raised.")]


def _configuration(kept: Kept, step: Step, outside: Outside) -> list[Advice]:
    return [
        Advice(
            f"The method cannot do what it is set to do: {step.reason}. Change the method or integration, and deploy.",
            _deploy(kept.api_id, kept.stage_name),
        )
    ]


def _authenticate(kept: Kept, step: Step, outside: Outside) -> list[Advice]:
    return about_token(kept, step) if "authorizer" in step.details else about_signature(kept, step)


def _authorize(kept: Kept, step: Step, outside: Outside) -> list[Advice]:
    if kept.plane == EXECUTE_API and not step.details:
        return _configuration(kept, step, outside)
    return about_policies(kept, step)


def _as_it_says(kept: Kept, step: Step) -> Advice:
    """Return what can be said of a step that nothing more is known of: its reason names what to change."""
    what = kept.operation or f"{kept.method} {kept.path}"
    return Advice(f'{what} was stopped at "{step.name}": {step.reason.rstrip(".")}.')


def _login(kept: Kept, step: Step, outside: Outside) -> list[Advice]:
    return about_login(kept, step)


def _identity_pool(kept: Kept, step: Step, outside: Outside) -> list[Advice]:
    return about_identity_pool(kept, step)


def _sign_in(kept: Kept, step: Step, outside: Outside) -> list[Advice]:
    return about_sign_in(kept, step)


def _mfa(kept: Kept, step: Step, outside: Outside) -> list[Advice]:
    if "code" not in step.reason:
        return []
    return [Advice("Give the code that the caller's own device shows now; each code counts once.")]


def _address(kept: Kept, step: Step, outside: Outside) -> list[Advice]:
    """Return what the service says that gave the address out."""
    remedy = str(step.details.get("remedy", ""))
    return [Advice(remedy, str(step.details.get("command", "")))] if remedy else []


def _visitor(kept: Kept, step: Step, outside: Outside) -> list[Advice]:
    origin = step.details.get("origin")
    if not origin:
        return [Advice("Send the request to localhost, or serve without --dev: then any Host may be used.")]
    text = "If the page is yours, start the server with its origin; deployed APIs need none, they have their own CORS."
    return [Advice(text, f"gatewright serve --dev --allow-origin {word(str(origin))}")]


def _identify(kept: Kept, step: Step, outside: Outside) -> list[Advice]:
    return [
        Advice(
            "This looked like a call of an AWS API, and no operation of a service that Gatewright has is meant. A "
            "deployed API is called at /_aws/execute-api/API/STAGE/… or at the host API.execute-api.REGION.DOMAIN. "
            "docs/coverage.md lists the services and operations."
        )
    ]


def _parse(kept: Kept, step: Step, outside: Outside) -> list[Advice]:
    return [Advice("Change the parameter that the message names; the limits and patterns are AWS's.")]


def _perform(kept: Kept, step: Step, outside: Outside) -> list[Advice]:
    if kept.error == "NotImplemented":
        return [
            Advice("Gatewright does not have this. The message names what to do instead; docs/coverage.md has it all.")
        ]
    if kept.status >= 500:
        return [Advice("This is the server's fault, not the caller's: look into its log for the request id.")]
    found = about_answer(kept, step)
    if found:
        return found
    return [Advice(f"The caller was let in, and {kept.operation} itself refused. Its message says what is wrong.")]


def _deploy(api_id: str, stage: str) -> str:
    return f"aws apigateway create-deployment --rest-api-id {word(api_id)} --stage-name {word(stage)}"


def _update_api(kept: Kept, name: str, value: str) -> str:
    patch = f"op=replace,path=/{name},value={value}"
    return f"aws apigateway update-rest-api --rest-api-id {word(kept.api_id)} --patch-operations {patch}"


def _names(names: list[str]) -> str:
    shown = ", ".join(names[:_SHOWN])
    return shown if len(names) <= _SHOWN else f"{shown} and {len(names) - _SHOWN} more"


_ABOUT: dict[str, Callable[[Kept, Step, Outside], list[Advice]]] = {
    "find": _find,
    "limits": _limits,
    "match": _match,
    "authenticate": _authenticate,
    "authorize": _authorize,
    "trust": _authorize,
    "map_request": _configuration,
    "integrate": _configuration,
    "map_response": _configuration,
    "visitor": _visitor,
    "address": _address,
    "identify": _identify,
    "mfa": _mfa,
    "login": _login,
    "identity pool": _identity_pool,
    "password": _sign_in,
    "lockout": _sign_in,
    "sign-in": _sign_in,
    "second factor": _sign_in,
    "refresh token": _sign_in,
    "access token": _sign_in,
    "parse": _parse,
    "perform": _perform,
}
