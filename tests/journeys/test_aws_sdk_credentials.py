"""Seed 001's second and third step with aws-sdk v2 and v3, in Node and on a page: credentials, a signed call."""

from pathlib import Path
from typing import Any

import pytest

from tests.javascript import JS, SIGNER, bundle, node
from tests.journeys.club import Club
from tests.journeys.site import Site
from tests.running import Running

pytestmark = pytest.mark.xdist_group("aws-sdk-credentials")


@pytest.fixture(scope="module")
def club(operated: Running) -> Club:
    made = Club(operated)
    made.people.person("jane")
    return made


@pytest.fixture(params=["v2-node", "v2-page", "v3-node", "v3-page"])
def tell(request: pytest.FixtureRequest, node_modules: Path) -> Any:
    """What runs a story: one of the libraries, in one of the places."""
    sdk, _, place = request.param.partition("-")
    if place == "node":
        yield lambda task: node(JS / "credentials_story.mjs", {"sdk": sdk, "signer": str(SIGNER), "task": task})
        return
    site: Site = request.getfixturevalue("site")
    if sdk == "v2":
        site.add_page("v2.html", node_modules / "aws-sdk/dist/aws-sdk.min.js", SIGNER, JS / "credentials_v2.js")
    else:
        site.add_page("v3.html", bundle("credentials_v3.mjs"))
    arguments = "AWS, sigV4Client, task" if sdk == "v2" else "task"
    with site.visit(f"{sdk}.html") as page:
        yield lambda task: page.evaluate(f"task => tellStory({arguments})", task)


def test_seed_001_a_members_credentials_open_what_members_may(club: Club, tell: Any) -> None:
    logins = {club.people.provider: club.people.sign_in()["IdToken"]}
    done = tell(club.told(logins=logins, paths=["/mine", "/closed", "/open"]))
    assert "error" not in done, done
    answers = done["answers"]
    assert [one["status"] for one in answers.values()] == [200, 403, 403]
    seen = answers["/mine"]["body"]
    assert (seen["id"], seen["how"]) == (done["identityId"], "authenticated")
    assert done["renewed"] is True


def test_a_visitors_credentials_open_what_visitors_may(club: Club, tell: Any) -> None:
    done = tell(club.told(paths=["/open", "/mine"]))
    assert "error" not in done, done
    assert [one["status"] for one in done["answers"].values()] == [200, 403]
    assert done["answers"]["/open"]["body"]["how"] == "unauthenticated"


def test_an_access_token_or_a_forged_one_gives_no_credentials(club: Club, tell: Any) -> None:
    tokens = club.people.sign_in()
    forged = tokens["IdToken"][:-8] + "AAAAAAAA"
    for token in (tokens["AccessToken"], forged):
        done = tell(club.told(logins={club.people.provider: token}, paths=["/mine"]))
        assert done["error"] == "NotAuthorizedException", done
        assert done["message"].startswith("Invalid login token."), done
