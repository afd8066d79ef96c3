"""Whatever is brought as a login is refused in the library's own words, or proven; nothing breaks."""

import base64
import contextlib
import json
import time

from hypothesis import given
from hypothesis import strategies as st

from gatewright.control.federation.fetch import FetchFailed, check_url
from gatewright.control.federation.key_sets import KeySets
from gatewright.control.federation.login import LoginRefused
from gatewright.control.federation.oidc import prove_token
from gatewright.control.federation.saml import prove_assertion
from gatewright.core import jwt
from gatewright.core.jwks import BadKeySet, read_key_set
from gatewright.storage.providers import OidcProvider, SamlProvider
from tests import saml_provider as saml
from tests.chance import examples

PAIR = jwt.new_key("k")
URL = "https://login.example.com"
PROVIDER = OidcProvider(arn="arn", url=URL, client_ids=("app",))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


async def published(url, thumbprints):
    if url.endswith("openid-configuration"):
        return json.dumps({"issuer": URL, "jwks_uri": f"{URL}/keys"}).encode()
    return json.dumps({"keys": [dict(jwt.VerifyingKey("k", ("RS256",), PAIR.public_pem).jwk())]}).encode()


@examples(60)
@given(st.dictionaries(st.sampled_from(["sub", "aud", "azp", "iat", "exp", "nbf", "amr", "extra"]), JSON))
async def test_a_signed_token_with_arbitrary_claims_is_proven_or_refused(claims):
    now = time.time()
    good = {"iss": URL, "aud": "app", "sub": "ann", "iat": int(now), "exp": int(now) + 60}
    token = jwt.sign({**good, **claims}, key_id="k", algorithm="RS256", private_pem=PAIR.private_pem)
    try:
        login = await prove_token(KeySets(published), PROVIDER, "name", token, now)
    except LoginRefused:
        return
    assert login.audience == "app"
    assert isinstance(login.subject, str)
    assert login.subject
    assert login.expires_at > now


@examples(60)
@given(st.text(alphabet="abcXYZ019-_=. \n\u00e9", max_size=200))
async def test_an_arbitrary_text_is_no_token(token):
    with contextlib.suppress(LoginRefused):
        await prove_token(KeySets(published), PROVIDER, "name", token, 0.0)
        raise AssertionError("it was proven")


@examples(60)
@given(JSON)
def test_an_arbitrary_document_is_a_key_set_or_none(document):
    with contextlib.suppress(BadKeySet):
        assert isinstance(read_key_set(json.dumps(document).encode()), dict)
    with contextlib.suppress(BadKeySet):
        assert isinstance(read_key_set(json.dumps({"keys": document}).encode()), dict)


@examples(60)
@given(st.text(max_size=100), st.booleans())
def test_an_arbitrary_url_is_checked_without_breaking(text, dev):
    for url in (text, f"https://{text}", f"http://127.0.0.1{text}"):
        with contextlib.suppress(FetchFailed):
            assert check_url(url, dev=dev).scheme in ("http", "https")


_MADE_AT = time.time()  # however long the others take, it is good at that moment
_HONEST = base64.b64decode(
    saml.signed_response(["arn:aws:iam::000000000000:role/R,arn:aws:iam::000000000000:saml-provider/I"])
)


@examples(60)
@given(st.integers(0, len(_HONEST) - 1), st.binary(min_size=1, max_size=6), st.integers(0, 40))
async def test_a_response_that_was_changed_anywhere_is_refused_or_says_the_same(at, inserted, cut):
    changed = _HONEST[:at] + inserted + _HONEST[at + cut :]
    provider = SamlProvider(arn="arn", metadata_xml=saml.metadata())
    honest = await prove_assertion(provider, base64.b64encode(_HONEST).decode(), _MADE_AT)
    try:
        found = await prove_assertion(provider, base64.b64encode(changed).decode(), _MADE_AT)
    except LoginRefused:
        return
    assert found == honest  # what was changed was not covered, and so was not read
