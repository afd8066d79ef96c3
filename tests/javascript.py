"""Node for tests: the folder of its scripts, and the product's own signer run there."""

import json
import os
import subprocess
from hashlib import sha256
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


def bundle(script: str) -> Path:
    """Return a script of `tests/js` with all that it imports, as one file for a page. It is kept for the next run."""
    source = JS / script
    content = sha256()
    for file in [*sorted(JS.glob("*.*js")), JS / "package-lock.json"]:  # it may import its neighbours
        content.update(file.read_bytes())
    name = content.hexdigest()[:24]
    kept = JS / "node_modules" / ".cache" / "gatewright" / f"{source.stem}-{name}.js"
    if not kept.exists():
        made = kept.with_suffix(f".{os.getpid()}.js")
        esbuild = JS / "node_modules" / ".bin" / "esbuild"
        options = ("--bundle", "--platform=browser", "--format=iife", "--define:global=globalThis", "--log-level=error")
        done = subprocess.run(
            [esbuild, source, *options, f"--outfile={made}"], capture_output=True, text=True, timeout=300
        )
        assert done.returncode == 0, done.stderr
        made.rename(kept)  # in one step: another test process may want it now
    return kept
