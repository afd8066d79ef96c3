"""The `aws` command line speaks every operation: it sends it, and reads the answer, be it a result or AWS's error.

It runs in this process, from its own entry point: the program is the same, and 300 starts of it would take minutes.
"""

import base64
import contextlib
import io
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from awscli.clidriver import create_clidriver
from botocore import xform_name

from tests.running import Running
from tests.security.test_every_operation import OPERATIONS, _params

# These ask for a file to write to: the journeys call the first, the last test here the other.
_WITH_A_FILE = {("apigateway", "GetSdk"), ("iam", "CreateVirtualMFADevice")}


@pytest.fixture
def command_line(product: Running) -> Iterator[Any]:
    """The driver of `aws`, pointed at the product."""
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(
        product.environ() | {"AWS_DATA_PATH": before["AWS_DATA_PATH"]}
    )  # set by awscli, for its own models
    yield create_clidriver()
    os.environ.clear()
    os.environ.update(before)


def _run(driver: Any, *arguments: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = driver.main(list(arguments))
    return code, out.getvalue(), err.getvalue()


def _plain(value: Any) -> Any:
    """Write parameters as `--cli-input-json` takes them."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


@pytest.mark.parametrize("service", sorted({service for service, _ in OPERATIONS}))
def test_every_operation_is_answered_in_a_way_that_it_reads(command_line: Any, service: str) -> None:
    unread = {}
    for owner, operation in OPERATIONS:
        if owner != service or (owner, operation) in _WITH_A_FILE:
            continue
        written = json.dumps(_plain(_params(service, operation)))
        code, out, err = _run(command_line, service, xform_name(operation, "-"), "--cli-input-json", written)
        refused = re.search(r"An error occurred \((\w+)\) when calling the (\w+) operation", err)
        understood = code == 0 or (refused is not None and refused[2] == operation)
        if not understood or (refused is not None and refused[1] in ("InternalFailure", "InternalError", "500")):
            unread[operation] = (code, out[:200], err[-300:])
    assert unread == {}


def test_a_virtual_device_s_picture_is_written_to_a_file(command_line: Any, tmp_path: Path) -> None:
    file = tmp_path / "device.png"
    given = ("--virtual-mfa-device-name", "phone", "--outfile", str(file), "--bootstrap-method", "QRCodePNG")
    code, out, err = _run(command_line, "iam", "create-virtual-mfa-device", *given)
    assert code == 0, err
    assert json.loads(out)["VirtualMFADevice"]["SerialNumber"] == "arn:aws:iam::000000000000:mfa/phone"
    assert file.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "command",
    [
        ("cloudformation", "describe-stacks"),
        ("cloudfront", "list-distributions"),
        ("route53", "list-hosted-zones"),
        ("lambda", "list-functions"),
        ("acm", "list-certificates"),
        ("wafv2", "list-web-acls", "--scope", "REGIONAL"),
    ],
    ids=lambda command: command[0],
)
def test_a_service_that_is_not_here_is_refused_by_its_name(command_line: Any, command: tuple[str, ...]) -> None:
    code, _, said = _run(command_line, *command)
    assert code != 0
    assert f"Gatewright does not implement the service '{command[0]}'" in said
