"""Node for tests: the folder of its scripts, and the product's own signer run there."""

import json
import subprocess
from pathlib import Path
from typing import Any

import gatewright

JS = Path(__file__).parent / "js"
SIGNER = Path(gatewright.__file__).parent / "client" / "js" / "sigV4Client.js"


def node(script: Path, told: Any) -> Any:
    """Run a script that reads JSON and writes JSON."""
    done = subprocess.run(["node", script], input=json.dumps(told), capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def sign_standalone(*tasks: dict[str, Any]) -> list[dict[str, Any]]:
    """Sign with sigV4Client.js, all in one run of Node."""
    signed: list[dict[str, Any]] = node(JS / "sign_standalone.cjs", {"file": str(SIGNER), "tasks": tasks})
    return signed
