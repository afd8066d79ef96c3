"""`SimulateCustomPolicy`, `SimulatePrincipalPolicy`, and the context keys that they need.

In: policies, given or held, actions and resources. Out: AWS's `EvaluationResult`s, one per action. Law: the answers are
those of `policy.simulate`, which asks the engine that decides requests. What cannot be simulated here (organizations,
scenarios of EC2) is refused. AWS does not say how it calls an inline policy in `SourcePolicyId`; its name was assumed,
as in the examples of its command line. Source: IAM API reference, `SimulatePrincipalPolicy`.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

from gatewright.control.service import Call, Params, Result
from gatewright.policy.document import MalformedPolicy, PolicyKind, parse_policy
from gatewright.policy.simulate import (
    Matched,
    Simulated,
    Simulation,
    Source,
    context_keys,
    most_restrictive,
    source_of,
)
from gatewright.services.iam.faults import invalid_input
from gatewright.services.iam.held_policies import HeldPolicy, held_policies, managed_document
from gatewright.services.iam.paging import next_page, page_size, page_start
from gatewright.services.iam.policy_exclusions import exclusion
from gatewright.services.iam.simulated_request import (
    account_of,
    check_actions,
    check_resources,
    policy_source,
    read_caller,
    read_context,
)
from gatewright.services.iam.tables import Group

_ONE_TURN = 5_000  # statements asked before others have their turn: some milliseconds
_MOST_WORK = 200_000  # statements asked for one page, some seconds: a page ends earlier, an action with more is refused


def _read(text: str, kind: PolicyKind, source_id: str, source_type: str) -> Source:
    try:
        return source_of(source_id, source_type, text, parse_policy(text, kind=kind, name=source_id))
    except MalformedPolicy as refusal:
        raise invalid_input(f"{source_id}: {refusal}") from None


def _given(params: Params) -> tuple[Source, ...]:
    texts: list[str] = params.get("PolicyInputList") or []
    return tuple(
        _read(text, PolicyKind.IDENTITY, f"PolicyInputList.{number}", "none") for number, text in enumerate(texts, 1)
    )


def _held(policies: Sequence[HeldPolicy]) -> tuple[Source, ...]:
    return tuple(
        _read(
            policy.text,
            PolicyKind.IDENTITY,
            policy.name,
            policy.holder_noun if policy.arn is None else "aws-managed" if policy.is_aws_managed else "user-managed",
        )
        for policy in policies
    )


def _given_boundary(params: Params) -> Source | None:
    texts: list[str] = params.get("PermissionsBoundaryPolicyInputList") or []
    if len(texts) > 1:
        raise invalid_input("PermissionsBoundaryPolicyInputList takes one policy: an entity has one boundary.")
    if not texts:
        return None
    return _read(texts[0], PolicyKind.BOUNDARY, "PermissionsBoundaryPolicyInputList.1", "none")


async def simulate_custom_policy(call: Call, params: Params) -> Result:
    """Simulate policies that are given as text."""
    if params.get("OrderedOrganizationPolicyInputList"):
        raise invalid_input("Gatewright has no organizations: leave OrderedOrganizationPolicyInputList out.")
    return await _simulate(call, params, _given(params), _given_boundary(params), params.get("CallerArn"))


async def simulate_principal_policy(call: Call, params: Params) -> Result:
    """Simulate what a user, a group or a role holds, with policies that are given as text."""
    owner = await policy_source(call, params["PolicySourceArn"])
    excludes, without_boundary = exclusion(params.get("PolicyExclusionList") or [])
    held = [policy for policy in await held_policies(call, owner) if not excludes(policy)]
    boundary = _given_boundary(params)
    arn = None if isinstance(owner, Group) or without_boundary else owner.boundary_arn
    if boundary is None and arn is not None:
        boundary = _read(await managed_document(call, arn), PolicyKind.BOUNDARY, arn.rsplit("/", 1)[-1], "user-managed")
    caller = params.get("CallerArn") or owner.arn
    return await _simulate(call, params, (*_held(held), *_given(params)), boundary, caller)


async def _simulate(
    call: Call, params: Params, identity: tuple[Source, ...], boundary: Source | None, caller_arn: str | None
) -> Result:
    if params.get("ResourceHandlingOption") is not None:
        raise invalid_input("ResourceHandlingOption is for scenarios of EC2, which cannot be simulated: leave it out.")
    actions, resources = params["ActionNames"], params.get("ResourceArns") or ["*"]
    check_actions(actions)
    check_resources(resources)
    text = params.get("ResourcePolicy")
    if text is not None and caller_arn is None:
        raise invalid_input("CallerArn is required with ResourcePolicy, whose Principal must mean somebody.")
    caller = await read_caller(call, caller_arn)
    simulation = Simulation(
        caller=caller,
        caller_known=caller_arn is not None and ":group/" not in caller_arn,
        identity=identity,
        boundary=boundary,
        resource_policy=None if text is None else _read(text, PolicyKind.RESOURCE, "ResourcePolicy", "resource"),
        owner=account_of(params["ResourceOwner"]) if params.get("ResourceOwner") else caller.account,
        context=read_context(params.get("ContextEntries") or []),
    )
    return await _page(call, params, simulation, actions, resources)


async def _page(
    call: Call, params: Params, simulation: Simulation, actions: Sequence[str], resources: Sequence[str]
) -> Result:
    start = int(page_start(call, params) or 0)
    work = max(1, simulation.statements) * len(resources)
    if work > _MOST_WORK:
        raise invalid_input(f"Too many resources for so many statements: at most {_MOST_WORK} of both together.")
    end = start + min(page_size(params), _MOST_WORK // work)
    shown = [_show(action, await _run(simulation, action, resources)) for action in actions[start:end]]
    return {"EvaluationResults": shown, **next_page(call, str(end) if end < len(actions) else None)}


async def _run(simulation: Simulation, action: str, resources: Sequence[str]) -> list[Simulated]:
    """Simulate one action on every resource, and let others go on meanwhile."""
    results, turn = [], max(1, _ONE_TURN // max(1, simulation.statements))
    for number, resource in enumerate(resources):
        results.append(simulation.run(action, resource))
        if number % turn == 0:
            await asyncio.sleep(0)
    return results


def _show(action: str, results: Sequence[Simulated]) -> dict[str, Any]:
    """Return the result of one action: for all resources together, and for each where some were given."""
    everything = results[0].resource == "*" and len(results) == 1
    outcome = most_restrictive(result.outcome for result in results)
    matched = dict.fromkeys(match for result in results if result.outcome is outcome for match in result.matched)
    shown: dict[str, Any] = {
        "EvalActionName": action,
        "EvalResourceName": _TEMPLATES.get(action.partition(":")[0].lower(), "*"),
        "EvalDecision": outcome.value,
        "MatchedStatements": [_show_match(match) for match in matched],
        "MissingContextValues": list(dict.fromkeys(key for result in results for key in result.missing)),
    }
    if results[0].boundary_allows is not None:
        allows = all(result.boundary_allows for result in results)
        shown["PermissionsBoundaryDecisionDetail"] = {"AllowedByPermissionsBoundary": allows}
    if not everything:
        kinds = dict.fromkeys(kind for result in results for kind in result.details)
        shown["EvalDecisionDetails"] = {
            kind: most_restrictive(r.details[kind] for r in results if kind in r.details).value for kind in kinds
        }
        shown["ResourceSpecificResults"] = [_show_resource(result) for result in results]
    return shown


# The form of a resource's ARN, for the services whose actions have resources of one form.
_TEMPLATES = {
    "execute-api": "arn:${Partition}:execute-api:${Region}:${Account}:"
    "${ApiId}/${Stage}/${Method}/${ApiSpecificResourcePath}",
    "cognito-idp": "arn:${Partition}:cognito-idp:${Region}:${Account}:userpool/${UserPoolId}",
    "cognito-identity": "arn:${Partition}:cognito-identity:${Region}:${Account}:identitypool/${IdentityPoolId}",
}


def _show_resource(result: Simulated) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "EvalResourceName": result.resource,
        "EvalResourceDecision": result.outcome.value,
        "MatchedStatements": [_show_match(match) for match in result.matched],
        "MissingContextValues": list(result.missing),
    }
    if result.details:
        shown["EvalDecisionDetails"] = {kind: outcome.value for kind, outcome in result.details.items()}
    if result.boundary_allows is not None:
        shown["PermissionsBoundaryDecisionDetail"] = {"AllowedByPermissionsBoundary": result.boundary_allows}
    return shown


def _show_match(match: Matched) -> dict[str, Any]:
    start, end = match.span.start, match.span.end
    return {
        "SourcePolicyId": match.source_id,
        "SourcePolicyType": match.source_type,
        "StartPosition": {"Line": start.line, "Column": start.column},
        "EndPosition": {"Line": end.line, "Column": end.column},
    }


async def get_context_keys_for_custom_policy(call: Call, params: Params) -> Result:
    """Return the condition keys that policies mention."""
    return _keys(_given(params))


async def get_context_keys_for_principal_policy(call: Call, params: Params) -> Result:
    """Return the condition keys that the policies of a user, a group or a role mention."""
    owner = await policy_source(call, params["PolicySourceArn"])
    return _keys((*_held(await held_policies(call, owner)), *_given(params)))


def _keys(sources: Sequence[Source]) -> Result:
    written: dict[str, str] = {}
    for source in sources:
        for key, name in context_keys(source.text).items():
            written.setdefault(key, name)
    return {"ContextKeyNames": sorted(written.values(), key=str.lower)}
