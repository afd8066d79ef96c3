"""Renders a template with the variables that API Gateway gives it."""

from collections.abc import Mapping

from gatewright.gateway.velocity import Context, Input, compile_template


def render(
    template: str,
    body: str = "",
    path: Mapping[str, object] | None = None,
    querystring: Mapping[str, object] | None = None,
    header: Mapping[str, object] | None = None,
    context: Mapping[str, object] | None = None,
    **variables: object,
) -> str:
    """Return what a template writes."""
    given: dict[str, object] = {
        "input": Input(body, path or {}, querystring or {}, header or {}),
        "context": Context(context or {}),
        "stageVariables": {"stage": "dev"},
    }
    return compile_template(template).render(given | variables)
