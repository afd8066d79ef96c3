"""The condition keys that requests to this product can have: what exists, by name.

Out: names in lower case, as policies are matched. Law: a key stands here only if some request can have it, so that
"this key never has a value" can be said of every other. Sources: IAM user guide, "AWS global condition context keys"
and "Available keys for AWS web identity federation"; Service Authorization Reference, the pages of the services below.
"""

GLOBAL = frozenset(
    {
        "aws:currenttime",
        "aws:epochtime",
        "aws:federatedprovider",
        "aws:multifactorauthage",
        "aws:multifactorauthpresent",
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalisawsservice",
        "aws:principalservicename",
        "aws:principaltype",
        "aws:referer",
        "aws:requestedregion",
        "aws:resourceaccount",
        "aws:securetransport",
        "aws:sourceidentity",
        "aws:sourceip",
        "aws:tagkeys",
        "aws:tokenissuetime",
        "aws:useragent",
        "aws:userid",
        "aws:username",
        "aws:viaawsservice",
    }
)

# AWS has these too; no request to this product has them (there are no VPCs and no organizations here).
NEVER_HERE = frozenset(
    {
        "aws:calledvia",
        "aws:calledviafirst",
        "aws:calledvialast",
        "aws:ec2instancesourceprivateipv4",
        "aws:ec2instancesourcevpc",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:principalservicenameslist",
        "aws:resourceorgid",
        "aws:resourceorgpaths",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:vpcsourceip",
    }
)

FAMILIES = ("aws:principaltag/", "aws:requesttag/", "aws:resourcetag/", "iam:resourcetag/")

OF_A_SERVICE: dict[str, frozenset[str]] = {
    "apigateway": frozenset(),  # AWS has apigateway:Request/… and apigateway:Resource/…
    "cognito-identity.amazonaws.com": frozenset({"aud", "amr", "sub"}),
    "execute-api": frozenset({"viaprivatelink"}),
    "iam": frozenset(
        {
            "awsservicename",
            "associatedresourcearn",
            "passedtoservice",
            "permissionsboundary",
            "policyarn",
        }
    ),
    "sts": frozenset(
        {
            "awsservicename",
            "durationseconds",
            "externalid",
            "rolesessionname",
            "sourceidentity",
            "transitivetagkeys",
        }
    ),
}

MULTIVALUED = frozenset({"aws:tagkeys", "cognito-identity.amazonaws.com:amr", "sts:transitivetagkeys"})


def is_known(key: str) -> bool | None:
    """Say whether a request can have a key (lower case); None for a key of a service or provider that is not ours."""
    if key in GLOBAL or key.startswith(FAMILIES):
        return True
    prefix, _, name = key.partition(":")
    if prefix == "aws":
        return False
    known = OF_A_SERVICE.get(prefix)
    return None if known is None else name in known


def every_name() -> tuple[str, ...]:
    """Return every key that has a fixed name."""
    return (
        *sorted(GLOBAL),
        *(f"{service}:{name}" for service, names in OF_A_SERVICE.items() for name in sorted(names)),
    )
