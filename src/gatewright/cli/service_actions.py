"""The IAM actions of the services that the product has, from the models of AWS's own client."""

from functools import cache

from botocore.loaders import Loader

_MODELS = {"iam": "iam", "sts": "sts", "cognito-identity": "cognito-identity", "cognito-idp": "cognito-idp"}
# Actions that are no operations. Source: Service Authorization Reference.
_MORE = {
    "iam": {"PassRole"},
    "sts": {"TagSession", "SetSourceIdentity", "SetContext", "GetServiceBearerToken"},
}
_FIXED = {
    "execute-api": {"Invoke", "InvalidateCache", "ManageConnections"},
    "apigateway": {
        "GET",
        "POST",
        "PUT",
        "PATCH",
        "DELETE",
        "AddCertificateToDomain",
        "RemoveCertificateFromDomain",
        "SetWebACL",
        "UpdateRestApiPolicy",
    },
    "gatewright": {"ListRequests", "GetRequest", "ExplainRequest", "ListDecisions", "ListMessages"},
}


@cache
def actions_of(service: str) -> frozenset[str] | None:
    """Return the actions of a service, None for one that is not ours."""
    if service in _FIXED:
        return frozenset(_FIXED[service])
    if service not in _MODELS:
        return None
    loader = Loader(extra_search_paths=[Loader.BUILTIN_DATA_PATH], include_default_search_paths=False)
    model = loader.load_service_model(_MODELS[service], "service-2")
    return frozenset(model["operations"]) | _MORE.get(service, set())
