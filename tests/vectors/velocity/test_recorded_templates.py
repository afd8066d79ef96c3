"""Every template that was recorded on the real API Gateway renders as it did there. See PROVENANCE.md."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from gatewright.gateway.velocity import UTIL, Context, TemplateError, compile_template

CASES: list[dict[str, Any]] = json.loads(Path(__file__).with_name("recorded.json").read_text("utf-8"))
PREAMBLE = """\
#set($body = $context.requestOverride.path.body)
#set($bodyJSON = $util.parseJson($body)) %s
"""


def rendered(case: dict[str, Any]) -> str:
    """Render a case as it was recorded: the variables come out of a body, behind the same two lines."""
    context = Context({})
    requested = context["requestOverride"]
    assert isinstance(requested, dict)
    requested["path"]["body"] = json.dumps(case["context"])
    variables = " ".join(f"#set(${name} = $bodyJSON.{name})" for name in case["context"])
    template = compile_template(PREAMBLE % variables + case["template"])
    return template.render({"util": UTIL, "context": context})


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in CASES if case["result"] is not None])
def test_a_recorded_template_renders_as_on_aws(case: dict[str, Any]) -> None:
    result = rendered(case)
    if case.get("blanks") == "normalized":
        result = re.sub(r"\s+", " ", result).strip()
    assert result == case["result"]


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in CASES if case["result"] is None])
def test_a_template_that_failed_on_aws_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises(TemplateError):
        rendered(case)
