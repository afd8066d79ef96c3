"""The catalogue: lazy, complete, and blind to what lies in somebody's home."""

import gzip
import json
from pathlib import Path

import botocore
import pytest

from gatewright.wire.models import OTHER_SIGNING_NAMES, Catalogue

DATA = Path(botocore.__file__).parent / "data"


def test_a_model_is_loaded_once_and_only_when_it_is_asked_for() -> None:
    catalogue = Catalogue(["sts", "iam"])
    assert not catalogue._models
    assert catalogue.service("sts") is catalogue.service("sts")
    assert list(catalogue._models) == ["sts"]


def test_a_service_that_the_product_does_not_have_is_no_key() -> None:
    with pytest.raises(KeyError):
        Catalogue(["sts"]).service("iam")


def test_models_in_a_home_directory_are_not_read() -> None:
    assert [path.parents[2] for path in Catalogue(["sts"])._files.values()] == [DATA]


def test_services_that_share_a_signing_name_are_both_found() -> None:
    catalogue = Catalogue(["apigateway", "apigatewayv2"])
    assert catalogue.by_signing_name == {"apigateway": ("apigateway", "apigatewayv2")}


def test_the_first_protocol_that_we_speak_is_taken() -> None:
    assert Catalogue(["cloudwatch"]).protocol("cloudwatch") == "json"  # whose first is one that we do not speak


def test_every_signing_name_of_botocore_is_known() -> None:
    catalogue = Catalogue(["sts"])
    for folder in sorted(path for path in DATA.iterdir() if path.is_dir()):
        models = sorted(folder.glob("*/service-2.json.gz"))
        if models:
            metadata = json.loads(gzip.decompress(models[-1].read_bytes()))["metadata"]
            name = metadata.get("signingName", metadata["endpointPrefix"])
            assert catalogue.knows(name), name
            assert (name in OTHER_SIGNING_NAMES) != (DATA / name).is_dir(), name
    assert not catalogue.knows("nonsense")
