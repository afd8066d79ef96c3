"""What a request turned out to be: which operation of which service, spoken in which protocol."""

from collections.abc import Mapping

import msgspec

from gatewright.wire.shapes import OperationModel, ServiceModel


class Target(msgspec.Struct, frozen=True):
    """One operation of one service, as a request names it.

    `signing_region` and `signing_name` are what the credential scope *claims* (an unsigned request may name a region in
    its host); None where nothing does. They are hints: whoever verifies the signature compares the scope with
    `accepted_signing_names`.
    """

    service: str  # botocore's name of the model: apigateway, iam, sts, cognito-identity
    operation: str
    model: OperationModel
    service_model: ServiceModel
    protocol: str  # json | rest-json | query | rest-xml
    path_params: Mapping[str, str] = {}
    signing_region: str | None = None
    signing_name: str | None = None

    @property
    def accepted_signing_names(self) -> tuple[str, ...]:
        """The names that the credential scope of a signature for this service may have."""
        metadata = self.service_model.metadata
        return (metadata.get("signingName", metadata["endpointPrefix"]),)

    @property
    def unsigned(self) -> bool:
        """Tell whether the model lets everybody call the operation, with no signature."""
        return bool(self.model.auth_type == "none" or "smithy.api#noAuth" in (self.model.auth or ()))
