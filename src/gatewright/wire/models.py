"""botocore's service models: what AWS's services, operations and shapes are called, and how they travel.

In: the names of the services that the product has. Out: `ServiceModel`s, loaded when first asked for, and the indexes
by which a request finds one. Law: only the models that ship with botocore are read, never those in a user's home; a
model is loaded once.
"""

import gzip
from collections.abc import Iterable
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path

import msgspec

from gatewright.wire.routes import Router
from gatewright.wire.shapes import OperationModel, ServiceModel

_MODEL = "service-2.json.gz"
SPOKEN = ("json", "rest-json", "query", "rest-xml")

# Names that stand in credential scopes and are no model's name. Complete for botocore's models: a test compares.
_OTHER = (
    "IoTSecuredTunneling access-analyzer aco-automation aidevops airflow airflow-serverless aoss app-integrations "
    "application-cost-profiler applicationinsights aps aws-marketplace awsssoportal backup-search cases cassandra "
    "cleanrooms-ml cloudcontrolapi codeguru-profiler connect-campaigns elasticfilesystem elasticloadbalancing "
    "elasticmapreduce elemental-inference end-user-messaging execute-api geo health-agent iotdata "
    "iotmanagedintegrations launchwizard lex migrationhub-orchestrator migrationhub-strategy mobiletargeting "
    "monitoring mturk-requester neptune-db notifications-contacts osm partnercentral pricingplanmanager profile "
    "refactor-spaces s3-outposts scn servicequotas social-messaging sso-oauth states supportapp tagging tax "
    "thinclient timestream voiceid "
)
OTHER_SIGNING_NAMES = frozenset(_OTHER.split())


class Catalogue:
    """The services that the product has, and the names of all others."""

    def __init__(self, services: Iterable[str]) -> None:
        self.services: tuple[str, ...] = tuple(services)
        self._models: dict[str, ServiceModel] = {}
        self._routers: dict[str, Router] = {}
        self._files = {name: _newest_model(name) for name in self.services}

    def service(self, name: str) -> ServiceModel:
        """Return a service's model.

        Raises:
            KeyError: the product does not have this service.
        """
        model = self._models.get(name)
        if model is None:
            if name not in self.services:
                raise KeyError(name)
            from botocore import model as botocore  # with the first AWS call: see `shapes.py`

            content = gzip.decompress(self._files[name].read_bytes())
            model = self._models[name] = botocore.ServiceModel(msgspec.json.decode(content), name)
        return model

    def operation(self, service: str, name: str) -> OperationModel | None:
        """Return an operation's model, None where the service has none of this name."""
        from botocore.model import OperationNotFoundError

        try:
            return self.service(service).operation_model(name)
        except OperationNotFoundError:
            return None

    def router(self, service: str) -> Router:
        """Return the routes of a REST service."""
        router = self._routers.get(service)
        if router is None:
            model = self.service(service)
            operations = (model.operation_model(name) for name in model.operation_names)
            router = Router((each.name, each.http["method"], each.http["requestUri"]) for each in operations)
            self._routers[service] = router
        return router

    def protocol(self, service: str) -> str:
        """Return the protocol that a service is spoken to in: its own, or the first of those it lists that we speak."""
        metadata = self.service(service).metadata
        listed = [metadata["protocol"], *metadata.get("protocols", ())]
        return str(next(protocol for protocol in listed if protocol in SPOKEN))

    def signing_name(self, service: str) -> str:
        """Return the name in the credential scope of a service's signatures."""
        metadata = self.service(service).metadata
        return str(metadata.get("signingName", metadata["endpointPrefix"]))

    @cached_property
    def by_target_prefix(self) -> dict[str, str]:
        """The service of each prefix of `X-Amz-Target`."""
        return {
            prefix: name
            for name in self.services
            if (prefix := self.service(name).metadata.get("targetPrefix")) is not None
        }

    @cached_property
    def by_signing_name(self) -> dict[str, tuple[str, ...]]:
        """The services of each name in a credential scope; some services share one."""
        found: dict[str, tuple[str, ...]] = {}
        for name in self.services:
            found[self.signing_name(name)] = (*found.get(self.signing_name(name), ()), name)
        return found

    @cached_property
    def by_endpoint_prefix(self) -> dict[str, str]:
        """The service of each first label of a host name, such as `sts` in `sts.us-east-1.amazonaws.com`."""
        return {self.service(name).metadata["endpointPrefix"]: name for name in self.services}

    def knows(self, name: str) -> bool:
        """Tell whether AWS has a service of this name, in a model or in a credential scope; loads no model."""
        return name in OTHER_SIGNING_NAMES or name in self._all

    @cached_property
    def _all(self) -> frozenset[str]:
        return frozenset(file.parent.parent.name for file in _data().glob(f"*/*/{_MODEL}"))


def _newest_model(service: str) -> Path:
    files = sorted((_data() / service).glob(f"*/{_MODEL}"))  # versions are dates
    if not files:
        raise ValueError(f"botocore has no model of a service {service!r}")
    return files[-1]


@cache
def _data() -> Path:
    """Return where botocore's models are, without loading botocore."""
    package = find_spec("botocore")
    assert package is not None
    assert package.submodule_search_locations is not None
    return Path(package.submodule_search_locations[0]) / "data"
