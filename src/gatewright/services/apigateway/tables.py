"""What API Gateway remembers.

A method carries its responses and its integration as documents in the shapes of the API: they live and die with it,
and only a whole method is ever frozen into a deployment. A deployment is the frozen API itself, as bytes.
"""

from typing import Any

from sqlalchemy import Boolean, Float, ForeignKey, ForeignKeyConstraint, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from gatewright.storage.engine import Row
from gatewright.storage.types import Json

_API = "apigateway_rest_apis.id"


class RestApiRow(Row):
    """A REST API."""

    __tablename__ = "apigateway_rest_apis"
    __table_args__ = (Index("ix_apigateway_rest_apis_listed", "region", "created_at", "id"),)

    id: Mapped[str] = mapped_column(String(10), primary_key=True)
    account: Mapped[str] = mapped_column(String(12))
    region: Mapped[str] = mapped_column(String(32))
    created_at: Mapped[float] = mapped_column(Float)
    root_resource_id: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    version: Mapped[str | None] = mapped_column(Text)
    endpoint_type: Mapped[str] = mapped_column(String(8))
    ip_address_type: Mapped[str] = mapped_column(String(16))
    disable_execute_api_endpoint: Mapped[bool] = mapped_column(Boolean)
    policy: Mapped[str | None] = mapped_column(Text)  # compact JSON, short resources expanded
    tags: Mapped[dict[str, str]] = mapped_column(Json)


class ResourceRow(Row):
    """A node of an API's tree; the root has neither parent nor part."""

    __tablename__ = "apigateway_resources"

    api_id: Mapped[str] = mapped_column(ForeignKey(_API, ondelete="CASCADE"), primary_key=True)
    id: Mapped[str] = mapped_column(String(10), primary_key=True)
    parent_id: Mapped[str | None] = mapped_column(String(10))
    path_part: Mapped[str] = mapped_column(Text)


class MethodRow(Row):
    """A verb of a resource."""

    __tablename__ = "apigateway_methods"
    __table_args__ = (
        ForeignKeyConstraint(
            ["api_id", "resource_id"],
            ["apigateway_resources.api_id", "apigateway_resources.id"],
            ondelete="CASCADE",
        ),
    )

    api_id: Mapped[str] = mapped_column(String(10), primary_key=True)
    resource_id: Mapped[str] = mapped_column(String(10), primary_key=True)
    http_method: Mapped[str] = mapped_column(String(8), primary_key=True)
    settings: Mapped[dict[str, Any]] = mapped_column(Json)  # authorizationType, requestParameters …
    responses: Mapped[dict[str, Any]] = mapped_column(Json)  # status code -> MethodResponse
    integration: Mapped[dict[str, Any] | None] = mapped_column(Json)  # Integration, with its integrationResponses


class AuthorizerRow(Row):
    """An authorizer of an API."""

    __tablename__ = "apigateway_authorizers"

    api_id: Mapped[str] = mapped_column(ForeignKey(_API, ondelete="CASCADE"), primary_key=True)
    id: Mapped[str] = mapped_column(String(10), primary_key=True)
    settings: Mapped[dict[str, Any]] = mapped_column(Json)  # name, type, providerARNs …


class GatewayResponseRow(Row):
    """A customized gateway response of an API."""

    __tablename__ = "apigateway_gateway_responses"

    api_id: Mapped[str] = mapped_column(ForeignKey(_API, ondelete="CASCADE"), primary_key=True)
    response_type: Mapped[str] = mapped_column(String(32), primary_key=True)
    status_code: Mapped[str | None] = mapped_column(String(3))
    parameters: Mapped[dict[str, str]] = mapped_column(Json)
    templates: Mapped[dict[str, str]] = mapped_column(Json)


class DeploymentRow(Row):
    """An API as it was at one moment: `snapshot` is an encoded `ApiSnapshot`."""

    __tablename__ = "apigateway_deployments"

    api_id: Mapped[str] = mapped_column(ForeignKey(_API, ondelete="CASCADE"), primary_key=True)
    id: Mapped[str] = mapped_column(String(10), primary_key=True)
    created_at: Mapped[float] = mapped_column(Float)
    description: Mapped[str | None] = mapped_column(Text)
    snapshot: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class StageRow(Row):
    """A name under which a deployment can be called."""

    __tablename__ = "apigateway_stages"
    __table_args__ = (
        ForeignKeyConstraint(
            ["api_id", "deployment_id"],
            ["apigateway_deployments.api_id", "apigateway_deployments.id"],
        ),
    )

    api_id: Mapped[str] = mapped_column(ForeignKey(_API, ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(128), primary_key=True)
    deployment_id: Mapped[str] = mapped_column(String(10))
    description: Mapped[str | None] = mapped_column(Text)
    variables: Mapped[dict[str, str]] = mapped_column(Json)
    tags: Mapped[dict[str, str]] = mapped_column(Json)
    created_at: Mapped[float] = mapped_column(Float)
    updated_at: Mapped[float] = mapped_column(Float)


class AccountRow(Row):
    """The settings of the account in one region."""

    __tablename__ = "apigateway_accounts"

    region: Mapped[str] = mapped_column(String(32), primary_key=True)
    cloudwatch_role_arn: Mapped[str | None] = mapped_column(Text)
