"""Envoy with its `jwt_authn` filter: what people put before an API to check tokens, in C++.

In: an issuer, its key set and its audience. Out: a `Server`. Law: the filter checks what we check of a token
(signature, issuer, audience, times), with the keys at hand, and what stands behind it answers the same bytes at once;
one thread, no access log. Source: Envoy documentation, "JWT Authentication".
"""

import contextlib
import json
from collections.abc import Iterator
from typing import Any

from bench.servers import Server, data_directory, free_port, installed, process

CACHED_TOKENS = 100  # Envoy's own default for `jwt_cache_size`


@contextlib.contextmanager
def envoy(body: bytes, issuer: str, key_set: str, audience: str, *, remembers: bool) -> Iterator[Server]:
    """Run Envoy that lets in whoever has a token of the issuer; `remembers` turns its cache of tokens on."""
    provider: dict[str, Any] = {
        "issuer": issuer,
        "audiences": [audience],
        "local_jwks": {"inline_string": key_set},
        "clock_skew_seconds": 0,
    }
    if remembers:
        provider["jwt_cache_config"] = {"jwt_cache_size": CACHED_TOKENS}
    with data_directory(None) as data:
        port = free_port()
        (data / "envoy.json").write_text(json.dumps(_configuration(port, body, provider)))
        command = [
            installed("envoy"), "--config-path", str(data / "envoy.json"), "--concurrency", "1",
            "--disable-hot-restart", "--log-level", "error",
        ]  # fmt: skip
        with process("envoy", command, port, "/ready", data, {}) as server:
            yield server


def _configuration(port: int, body: bytes, provider: dict[str, Any]) -> dict[str, Any]:
    answer = {"status": 200, "body": {"inline_string": body.decode()}}
    filters = [
        {
            "name": "envoy.filters.http.jwt_authn",
            "typed_config": {
                "@type": "type.googleapis.com/envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication",
                "providers": {"pool": provider},
                "rules": [
                    {"match": {"path": "/ready"}},
                    {"match": {"prefix": "/"}, "requires": {"provider_name": "pool"}},
                ],
            },
        },
        {
            "name": "envoy.filters.http.router",
            "typed_config": {"@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"},
        },
    ]
    connections = {
        "@type": "type.googleapis.com/"
        "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "bench",
        "generate_request_id": False,
        "route_config": {
            "virtual_hosts": [
                {
                    "name": "bench",
                    "domains": ["*"],
                    "routes": [{"match": {"prefix": "/"}, "direct_response": answer}],
                    "response_headers_to_add": [{"header": {"key": "content-type", "value": "application/json"}}],
                }
            ]
        },
        "http_filters": filters,
    }
    listener = {
        "address": {"socket_address": {"address": "127.0.0.1", "port_value": port}},
        "filter_chains": [
            {
                "filters": [
                    {"name": "envoy.filters.network.http_connection_manager", "typed_config": connections},
                ]
            }
        ],
    }
    return {"static_resources": {"listeners": [listener]}}
