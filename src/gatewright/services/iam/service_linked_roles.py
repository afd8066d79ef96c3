"""Service-linked roles: the roles of API Gateway and Cognito themselves. Source: IAM user guide, "Create a
service-linked role"; API Gateway and Cognito developer guides, "Using service-linked roles".

Law: only the services of this product have one. What such a role may do and who may assume it is the service's own and
cannot be changed (`lookup.role_to_change`). Nothing here depends on such a role yet, so deleting one succeeds at once.
"""

import json
import uuid
from typing import NamedTuple

from sqlalchemy import delete, select

from gatewright.control.service import Call, Params, Result
from gatewright.core import ids
from gatewright.core.arn import role_arn
from gatewright.policy.aws_managed import aws_managed_policies
from gatewright.services.iam.faults import invalid_input, no_such, no_such_entity
from gatewright.services.iam.limits import must_have_room
from gatewright.services.iam.lookup import SERVICE_LINKED, changed, is_service_linked, role_of
from gatewright.services.iam.roles import SHORTEST, show_role
from gatewright.services.iam.tables import Attachment, DeletionTask, Role


class _Linked(NamedTuple):
    role_name: str
    policy: str
    description: str


SERVICES = {
    "ops.apigateway.amazonaws.com": _Linked(
        "AWSServiceRoleForAPIGateway",
        "arn:aws:iam::aws:policy/aws-service-role/APIGatewayServiceRolePolicy",
        "The Service Linked Role is used by Amazon API Gateway.",
    ),
    "email.cognito-idp.amazonaws.com": _Linked(
        "AWSServiceRoleForAmazonCognitoIdpEmailService",
        "arn:aws:iam::aws:policy/aws-service-role/AmazonCognitoIdpEmailServiceRolePolicy",
        "",
    ),
    "cognito-idp.amazonaws.com": _Linked(
        "AWSServiceRoleForAmazonCognitoIdp",
        "arn:aws:iam::aws:policy/aws-service-role/AmazonCognitoIdpServiceRolePolicy",
        "",
    ),
}


async def create_service_linked_role(call: Call, params: Params) -> Result:
    """Make the role of a service.

    Raises:
        Fault: `InvalidInput` for a service without one, for a suffix, and for a second role.
    """
    service = params["AWSServiceName"]
    linked = SERVICES.get(service)
    if linked is None:
        raise invalid_input(f"Service {service} has no service-linked role here. These have: {', '.join(SERVICES)}.")
    if params.get("CustomSuffix") is not None:
        raise invalid_input(f"Custom suffix is not allowed for {service}")
    name, path = linked.role_name, f"{SERVICE_LINKED}{service}/"
    if await call.session.scalar(select(Role.role_id).where(Role.name_key == name.lower())) is not None:
        message = f"Service role name {name} has been taken in this account, please try a different suffix."
        raise invalid_input(message)
    await must_have_room(call, Role)
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    role = Role(
        role_id=ids.unique_id("AROA"),
        role_name=name,
        name_key=name.lower(),
        path=path,
        arn=role_arn(call.account, path, name),
        created_at=call.now,
        trust_policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
        description=params.get("Description") or linked.description or None,
        max_session_duration=SHORTEST,
        boundary_arn=None,
        tags={},
    )
    call.session.add(role)
    await call.session.flush()
    if linked.policy in aws_managed_policies():
        call.session.add(Attachment(owner_id=role.role_id, policy_arn=linked.policy))
        await call.session.flush()
    await changed(call, role)
    return {"Role": show_role(role)}


async def delete_service_linked_role(call: Call, params: Params) -> Result:
    """Delete a service's role, and remember that it was done."""
    role = await role_of(call, params)
    if not is_service_linked(role):
        raise no_such("service-linked role", role.role_name)
    await call.session.execute(delete(Attachment).where(Attachment.owner_id == role.role_id))
    await call.session.execute(delete(Role).where(Role.role_id == role.role_id))
    task_id = f"task{role.path}{role.role_name}/{uuid.uuid4()}"
    call.session.add(DeletionTask(task_id=task_id, created_at=call.now))
    await call.session.flush()
    await changed(call, role)
    return {"DeletionTaskId": task_id}


async def get_service_linked_role_deletion_status(call: Call, params: Params) -> Result:
    """Return how the deletion of a service's role went: it has succeeded."""
    if await call.session.get(DeletionTask, params["DeletionTaskId"]) is None:
        raise no_such_entity(f"The deletion task {params['DeletionTaskId']} cannot be found.")
    return {"Status": "SUCCEEDED"}
