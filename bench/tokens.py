"""The cases of tokens: a GET behind an authorizer of a user pool, beside Envoy's `jwt_authn` and beside MiniStack.

In: an effort. Out: `Result`s. Law: both get the very same tokens, made by ourselves. *Seen before*: a hundred tokens
take turns, and both sides remember them. *First seen*: more tokens than we remember take turns, so that by the time
one comes again it is forgotten, and Envoy has no cache; every answer is then a signature that was verified.
"""

import json
from urllib.request import urlopen

from bench import servers
from bench.cases import Effort, Result, compared, pair
from bench.envoy import CACHED_TOKENS, envoy
from bench.people import id_tokens, make_guarded_api, make_user_pool, with_token
from bench.scene import BODY, Aws
from bench.servers import ROOT_KEY
from gatewright.core.jwt import unverified_claims
from gatewright.gateway.limits import CACHED_TOKENS as REMEMBERED_TOKENS

_PEOPLE = 50
_FORGOTTEN = REMEMBERED_TOKENS + 1_000
_CASE = "GET: COGNITO_USER_POOLS, MOCK"


def against_envoy(effort: Effort) -> list[Result]:
    """Measure the GET with a token beside Envoy, with and without the memory of tokens on both sides."""
    with servers.gatewright() as ours:
        aws = Aws(ours.endpoint, ROOT_KEY)
        pool = make_user_pool(aws, ours.port, _PEOPLE)
        api = make_guarded_api(aws, pool)
        tokens = id_tokens(pool, _FORGOTTEN)
        issuer = str(unverified_claims(tokens[0])["iss"])
        with urlopen(f"{ours.endpoint}/{pool.id}/.well-known/jwks.json") as answer:
            key_set = json.dumps(json.load(answer))
        results = []
        cases = [
            ("tokens seen before", "Envoy `jwt_authn`, its cache on", tokens[:CACHED_TOKENS], True),
            ("tokens first seen", "Envoy `jwt_authn`, no cache", tokens, False),
        ]
        for case, reference, sent, remembers in cases:
            with envoy(BODY, issuer, key_set, pool.client_id, remembers=remembers) as theirs:
                requests = [with_token(ours.port, api, token) for token in sent]
                found = pair(
                    {"gatewright": (ours, lambda it=requests: it), "envoy": (theirs, lambda it=requests: it)}, effort
                )
            results.append(compared(f"{_CASE}; {case}", reference, found, 1.0))
        return results


def against_ministack(effort: Effort) -> list[Result]:
    """Measure the GET with a token beside MiniStack."""
    with servers.gatewright() as ours, servers.ministack() as theirs:
        made = {}
        for server, key in ((ours, ROOT_KEY), (theirs, servers.DEVELOPMENT_KEY)):
            aws = Aws(server.endpoint, key)
            pool = make_user_pool(aws, server.port, _PEOPLE)
            api = make_guarded_api(aws, pool)
            requests = [with_token(server.port, api, token) for token in id_tokens(pool, CACHED_TOKENS)]
            made[server.name] = (server, lambda it=requests: it)
        return [compared(_CASE, "MiniStack, AUTH=true", pair(made, effort), 8.0)]
