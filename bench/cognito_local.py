"""cognito-local: a user pool for developers, in JavaScript, in memory and a file.

In: nothing. Out: a `Server`. Law: its version is fixed by the lock file in `bench/npm`, which only the benchmark uses.
"""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

from bench.servers import Server, data_directory, free_port, process

_SCRIPT = Path(__file__).parent / "npm" / "node_modules" / "cognito-local" / "lib" / "bin" / "start.js"


@contextlib.contextmanager
def cognito_local() -> Iterator[Server]:
    """Run cognito-local."""
    with data_directory(None) as data:
        port = free_port()
        (data / ".cognito").mkdir()
        (data / ".cognito" / "config.json").write_text(json.dumps({"UserPoolDefaults": {"UsernameAttributes": []}}))
        environ = {"HOST": "127.0.0.1", "PORT": str(port), "NODE_ENV": "production", "LOG_LEVEL": "error"}
        with process("cognito-local", ["node", str(_SCRIPT)], port, "/health", data, environ) as server:
            yield server
