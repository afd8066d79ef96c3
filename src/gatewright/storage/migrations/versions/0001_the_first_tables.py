"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Go from the version before to this one."""
    op.create_table(
        "apigateway_accounts",
        sa.Column("region", sa.String(length=32), nullable=False),
        sa.Column("cloudwatch_role_arn", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("region", name=op.f("pk_apigateway_accounts")),
    )
    op.create_table(
        "apigateway_rest_apis",
        sa.Column("id", sa.String(length=10), nullable=False),
        sa.Column("account", sa.String(length=12), nullable=False),
        sa.Column("region", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("root_resource_id", sa.String(length=10), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("version", sa.Text(), nullable=True),
        sa.Column("endpoint_type", sa.String(length=8), nullable=False),
        sa.Column("ip_address_type", sa.String(length=16), nullable=False),
        sa.Column("disable_execute_api_endpoint", sa.Boolean(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=True),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_apigateway_rest_apis")),
    )
    with op.batch_alter_table("apigateway_rest_apis", schema=None) as batch_op:
        batch_op.create_index("ix_apigateway_rest_apis_listed", ["region", "created_at", "id"], unique=False)

    op.create_table(
        "cognito_identity_identities",
        sa.Column("identity_id", sa.String(length=55), nullable=False),
        sa.Column("identity_pool_id", sa.String(length=55), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("modified_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("identity_id", name=op.f("pk_cognito_identity_identities")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("cognito_identity_identities", schema=None) as batch_op:
        batch_op.create_index(
            "ix_cognito_identity_identities_pool", ["identity_pool_id", "state", "identity_id"], unique=False
        )

    op.create_table(
        "cognito_identity_logins",
        sa.Column("identity_pool_id", sa.String(length=55), nullable=False),
        sa.Column("login_key", sa.String(length=64), nullable=False),
        sa.Column("identity_id", sa.String(length=55), nullable=False),
        sa.Column("provider", sa.String(length=2048), nullable=False),
        sa.Column("subject", sa.String(length=1024), nullable=False),
        sa.PrimaryKeyConstraint("identity_pool_id", "login_key", name=op.f("pk_cognito_identity_logins")),
    )
    with op.batch_alter_table("cognito_identity_logins", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cognito_identity_logins_identity_id"), ["identity_id"], unique=False)

    op.create_table(
        "cognito_identity_pools",
        sa.Column("identity_pool_id", sa.String(length=55), nullable=False),
        sa.Column("region", sa.String(length=32), nullable=False),
        sa.Column("identity_pool_name", sa.String(length=128), nullable=False),
        sa.Column("allow_unauthenticated", sa.Boolean(), nullable=False),
        sa.Column("allow_classic_flow", sa.Boolean(), nullable=True),
        sa.Column("login_providers", sa.Text(), nullable=False),
        sa.Column("developer_provider", sa.String(length=128), nullable=True),
        sa.Column("oidc_providers", sa.Text(), nullable=False),
        sa.Column("cognito_providers", sa.Text(), nullable=False),
        sa.Column("saml_providers", sa.Text(), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("role_mappings", sa.Text(), nullable=False),
        sa.Column("principal_tags", sa.Text(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("identity_pool_id", name=op.f("pk_cognito_identity_pools")),
    )
    with op.batch_alter_table("cognito_identity_pools", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cognito_identity_pools_region"), ["region"], unique=False)

    op.create_table(
        "cognito_identity_revocations",
        sa.Column("identity_id", sa.String(length=55), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("identity_id", name=op.f("pk_cognito_identity_revocations")),
    )
    with op.batch_alter_table("cognito_identity_revocations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cognito_identity_revocations_at"), ["at"], unique=False)

    op.create_table(
        "cognito_identity_signing_keys",
        sa.Column("key_id", sa.String(length=36), nullable=False),
        sa.Column("algorithm", sa.String(length=8), nullable=False),
        sa.Column("sealed_private", sa.LargeBinary(), nullable=False),
        sa.Column("public_pem", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_cognito_identity_signing_keys")),
    )
    op.create_table(
        "cognito_idp_counters",
        sa.Column("scope", sa.String(length=256), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("since", sa.Float(), nullable=False),
        sa.Column("until", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("scope", name=op.f("pk_cognito_idp_counters")),
    )
    with op.batch_alter_table("cognito_idp_counters", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cognito_idp_counters_until"), ["until"], unique=False)

    op.create_table(
        "cognito_idp_used_challenges",
        sa.Column("challenge_id", sa.String(length=36), nullable=False),
        sa.Column("expires_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("challenge_id", name=op.f("pk_cognito_idp_used_challenges")),
    )
    with op.batch_alter_table("cognito_idp_used_challenges", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cognito_idp_used_challenges_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "cognito_idp_user_pools",
        sa.Column("id", sa.String(length=55), nullable=False),
        sa.Column("account", sa.String(length=12), nullable=False),
        sa.Column("region", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("schema", sa.Text(), nullable=False),
        sa.Column("mfa", sa.Text(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("sessions", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("modified_at", sa.Float(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cognito_idp_user_pools")),
    )
    with op.batch_alter_table("cognito_idp_user_pools", schema=None) as batch_op:
        batch_op.create_index("ix_cognito_idp_user_pools_listed", ["region", "id"], unique=False)

    op.create_table(
        "gatewright_decisions",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("principal", sa.String(length=2048), nullable=False),
        sa.Column("unique_id", sa.String(length=128), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.Float(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_gatewright_decisions")),
    )
    with op.batch_alter_table("gatewright_decisions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gatewright_decisions_last_at"), ["last_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_gatewright_decisions_principal"), ["principal"], unique=False)

    op.create_table(
        "gatewright_outbox",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("user_pool_id", sa.String(length=55), nullable=False),
        sa.Column("sub", sa.String(length=36), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("medium", sa.String(length=5), nullable=False),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("sealed_message", sa.LargeBinary(), nullable=True),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("expires_at", sa.Float(), nullable=False),
        sa.Column("status", sa.String(length=9), nullable=False),
        sa.Column("settled_at", sa.Float(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.Float(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gatewright_outbox")),
    )
    with op.batch_alter_table("gatewright_outbox", schema=None) as batch_op:
        batch_op.create_index("ix_gatewright_outbox_listed", ["created_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_gatewright_outbox_next_attempt_at"), ["next_attempt_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_gatewright_outbox_settled_at"), ["settled_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_gatewright_outbox_sub"), ["sub"], unique=False)
        batch_op.create_index(batch_op.f("ix_gatewright_outbox_user_pool_id"), ["user_pool_id"], unique=False)

    op.create_table(
        "gatewright_requests",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("refused", sa.Boolean(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(length=16), nullable=False),
        sa.Column("path", sa.String(length=2048), nullable=False),
        sa.Column("plane", sa.String(length=64), nullable=False),
        sa.Column("api_id", sa.String(length=64), nullable=False),
        sa.Column("caller", sa.String(length=2048), nullable=False),
        sa.Column("kept", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_gatewright_requests")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("gatewright_requests", schema=None) as batch_op:
        batch_op.create_index("ix_gatewright_requests_refused_seq", ["refused", "seq"], unique=False)
        batch_op.create_index(batch_op.f("ix_gatewright_requests_request_id"), ["request_id"], unique=False)

    op.create_table(
        "iam_account_settings",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_iam_account_settings")),
    )
    op.create_table(
        "iam_attachments",
        sa.Column("owner_id", sa.String(length=21), nullable=False),
        sa.Column("policy_arn", sa.String(length=2048), nullable=False),
        sa.PrimaryKeyConstraint("owner_id", "policy_arn", name=op.f("pk_iam_attachments")),
    )
    with op.batch_alter_table("iam_attachments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_iam_attachments_policy_arn"), ["policy_arn"], unique=False)

    op.create_table(
        "iam_deletion_tasks",
        sa.Column("task_id", sa.String(length=512), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_iam_deletion_tasks")),
    )
    op.create_table(
        "iam_groups",
        sa.Column("group_id", sa.String(length=21), nullable=False),
        sa.Column("group_name", sa.String(length=128), nullable=False),
        sa.Column("name_key", sa.String(length=128), nullable=False),
        sa.Column("path", sa.String(length=512), nullable=False),
        sa.Column("arn", sa.String(length=2048), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("group_id", name=op.f("pk_iam_groups")),
        sa.UniqueConstraint("arn", name=op.f("uq_iam_groups_arn")),
        sa.UniqueConstraint("name_key", name=op.f("uq_iam_groups_name_key")),
    )
    op.create_table(
        "iam_inline_policies",
        sa.Column("owner_id", sa.String(length=21), nullable=False),
        sa.Column("policy_name", sa.String(length=128), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("owner_id", "policy_name", name=op.f("pk_iam_inline_policies")),
    )
    op.create_table(
        "iam_oidc_providers",
        sa.Column("arn", sa.String(length=512), nullable=False),
        sa.Column("url", sa.String(length=255), nullable=False),
        sa.Column("client_ids", sa.Text(), nullable=False),
        sa.Column("thumbprints", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("arn", name=op.f("pk_iam_oidc_providers")),
    )
    op.create_table(
        "iam_policies",
        sa.Column("policy_id", sa.String(length=21), nullable=False),
        sa.Column("policy_name", sa.String(length=128), nullable=False),
        sa.Column("name_key", sa.String(length=128), nullable=False),
        sa.Column("description", sa.String(length=1000), nullable=True),
        sa.Column("updated_at", sa.Float(), nullable=False),
        sa.Column("default_version", sa.Integer(), nullable=False),
        sa.Column("latest_version", sa.Integer(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("path", sa.String(length=512), nullable=False),
        sa.Column("arn", sa.String(length=2048), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("policy_id", name=op.f("pk_iam_policies")),
        sa.UniqueConstraint("arn", name=op.f("uq_iam_policies_arn")),
        sa.UniqueConstraint("name_key", name=op.f("uq_iam_policies_name_key")),
    )
    op.create_table(
        "iam_roles",
        sa.Column("role_id", sa.String(length=21), nullable=False),
        sa.Column("role_name", sa.String(length=64), nullable=False),
        sa.Column("name_key", sa.String(length=64), nullable=False),
        sa.Column("trust_policy", sa.Text(), nullable=False),
        sa.Column("description", sa.String(length=1000), nullable=True),
        sa.Column("max_session_duration", sa.Integer(), nullable=False),
        sa.Column("boundary_arn", sa.String(length=2048), nullable=True),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("path", sa.String(length=512), nullable=False),
        sa.Column("arn", sa.String(length=2048), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("role_id", name=op.f("pk_iam_roles")),
        sa.UniqueConstraint("arn", name=op.f("uq_iam_roles_arn")),
        sa.UniqueConstraint("name_key", name=op.f("uq_iam_roles_name_key")),
    )
    with op.batch_alter_table("iam_roles", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_iam_roles_boundary_arn"), ["boundary_arn"], unique=False)

    op.create_table(
        "iam_saml_providers",
        sa.Column("arn", sa.String(length=512), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("metadata_xml", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("valid_until", sa.Float(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("arn", name=op.f("pk_iam_saml_providers")),
    )
    op.create_table(
        "iam_users",
        sa.Column("user_id", sa.String(length=21), nullable=False),
        sa.Column("user_name", sa.String(length=64), nullable=False),
        sa.Column("name_key", sa.String(length=64), nullable=False),
        sa.Column("boundary_arn", sa.String(length=2048), nullable=True),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("path", sa.String(length=512), nullable=False),
        sa.Column("arn", sa.String(length=2048), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_iam_users")),
        sa.UniqueConstraint("arn", name=op.f("uq_iam_users_arn")),
        sa.UniqueConstraint("name_key", name=op.f("uq_iam_users_name_key")),
    )
    with op.batch_alter_table("iam_users", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_iam_users_boundary_arn"), ["boundary_arn"], unique=False)

    op.create_table(
        "storage_changes",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=1024), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_storage_changes")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "storage_key_uses",
        sa.Column("access_key_id", sa.String(length=128), nullable=False),
        sa.Column("used_at", sa.Float(), nullable=False),
        sa.Column("service", sa.String(length=64), nullable=False),
        sa.Column("region", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("access_key_id", name=op.f("pk_storage_key_uses")),
    )
    op.create_table(
        "storage_sealed_by",
        sa.Column("key_id", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_storage_sealed_by")),
    )
    op.create_table(
        "storage_turns",
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("turn", name=op.f("pk_storage_turns")),
    )
    op.create_table(
        "sts_mfa_uses",
        sa.Column("serial_number", sa.String(length=256), nullable=False),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("serial_number", name=op.f("pk_sts_mfa_uses")),
    )
    op.create_table(
        "apigateway_authorizers",
        sa.Column("api_id", sa.String(length=10), nullable=False),
        sa.Column("id", sa.String(length=10), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["api_id"],
            ["apigateway_rest_apis.id"],
            name=op.f("fk_apigateway_authorizers_api_id_apigateway_rest_apis"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("api_id", "id", name=op.f("pk_apigateway_authorizers")),
    )
    op.create_table(
        "apigateway_deployments",
        sa.Column("api_id", sa.String(length=10), nullable=False),
        sa.Column("id", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("snapshot", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["api_id"],
            ["apigateway_rest_apis.id"],
            name=op.f("fk_apigateway_deployments_api_id_apigateway_rest_apis"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("api_id", "id", name=op.f("pk_apigateway_deployments")),
    )
    op.create_table(
        "apigateway_gateway_responses",
        sa.Column("api_id", sa.String(length=10), nullable=False),
        sa.Column("response_type", sa.String(length=32), nullable=False),
        sa.Column("status_code", sa.String(length=3), nullable=True),
        sa.Column("parameters", sa.Text(), nullable=False),
        sa.Column("templates", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["api_id"],
            ["apigateway_rest_apis.id"],
            name=op.f("fk_apigateway_gateway_responses_api_id_apigateway_rest_apis"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("api_id", "response_type", name=op.f("pk_apigateway_gateway_responses")),
    )
    op.create_table(
        "apigateway_resources",
        sa.Column("api_id", sa.String(length=10), nullable=False),
        sa.Column("id", sa.String(length=10), nullable=False),
        sa.Column("parent_id", sa.String(length=10), nullable=True),
        sa.Column("path_part", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["api_id"],
            ["apigateway_rest_apis.id"],
            name=op.f("fk_apigateway_resources_api_id_apigateway_rest_apis"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("api_id", "id", name=op.f("pk_apigateway_resources")),
    )
    op.create_table(
        "cognito_idp_groups",
        sa.Column("user_pool_id", sa.String(length=55), nullable=False),
        sa.Column("group_name", sa.String(length=128), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("role_arn", sa.Text(), nullable=True),
        sa.Column("precedence", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("modified_at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_pool_id"],
            ["cognito_idp_user_pools.id"],
            name=op.f("fk_cognito_idp_groups_user_pool_id_cognito_idp_user_pools"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_pool_id", "group_name", name=op.f("pk_cognito_idp_groups")),
    )
    op.create_table(
        "cognito_idp_import_jobs",
        sa.Column("job_id", sa.String(length=55), nullable=False),
        sa.Column("user_pool_id", sa.String(length=55), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("region", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("role_arn", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("message", sa.String(length=128), nullable=True),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("started_at", sa.Float(), nullable=True),
        sa.Column("completed_at", sa.Float(), nullable=True),
        sa.Column("imported", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("upload_id", sa.String(length=36), nullable=True),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("worker", sa.String(length=36), nullable=True),
        sa.Column("leased_until", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_pool_id"],
            ["cognito_idp_user_pools.id"],
            name=op.f("fk_cognito_idp_import_jobs_user_pool_id_cognito_idp_user_pools"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_cognito_idp_import_jobs")),
    )
    with op.batch_alter_table("cognito_idp_import_jobs", schema=None) as batch_op:
        batch_op.create_index("ix_cognito_idp_import_jobs_listed", ["user_pool_id", "number"], unique=False)
        batch_op.create_index(batch_op.f("ix_cognito_idp_import_jobs_status"), ["status"], unique=False)

    op.create_table(
        "cognito_idp_signing_keys",
        sa.Column("key_id", sa.String(length=64), nullable=False),
        sa.Column("user_pool_id", sa.String(length=55), nullable=False),
        sa.Column("token_use", sa.String(length=8), nullable=False),
        sa.Column("algorithm", sa.String(length=8), nullable=False),
        sa.Column("sealed_private", sa.LargeBinary(), nullable=False),
        sa.Column("public_pem", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("retires_at", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_pool_id"],
            ["cognito_idp_user_pools.id"],
            name=op.f("fk_cognito_idp_signing_keys_user_pool_id_cognito_idp_user_pools"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_cognito_idp_signing_keys")),
    )
    with op.batch_alter_table("cognito_idp_signing_keys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cognito_idp_signing_keys_user_pool_id"), ["user_pool_id"], unique=False)

    op.create_table(
        "cognito_idp_user_pool_clients",
        sa.Column("client_id", sa.String(length=128), nullable=False),
        sa.Column("user_pool_id", sa.String(length=55), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("modified_at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_pool_id"],
            ["cognito_idp_user_pools.id"],
            name=op.f("fk_cognito_idp_user_pool_clients_user_pool_id_cognito_idp_user_pools"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("client_id", name=op.f("pk_cognito_idp_user_pool_clients")),
    )
    with op.batch_alter_table("cognito_idp_user_pool_clients", schema=None) as batch_op:
        batch_op.create_index("ix_cognito_idp_user_pool_clients_listed", ["user_pool_id", "client_id"], unique=False)

    op.create_table(
        "cognito_idp_users",
        sa.Column(
            "sub", sa.String(length=36).with_variant(sa.String(length=36, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("user_pool_id", sa.String(length=55), nullable=False),
        sa.Column("username", sa.String(length=128), nullable=False),
        sa.Column(
            "username_key",
            sa.String(length=256).with_variant(sa.String(length=256, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("attributes", sa.Text(), nullable=False),
        sa.Column("sealed_password", sa.LargeBinary(), nullable=True),
        sa.Column("password_set_at", sa.Float(), nullable=False),
        sa.Column("mfa", sa.Text(), nullable=False),
        sa.Column("sealed_totp", sa.LargeBinary(), nullable=True),
        sa.Column("signed_out_at", sa.Float(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("modified_at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_pool_id"],
            ["cognito_idp_user_pools.id"],
            name=op.f("fk_cognito_idp_users_user_pool_id_cognito_idp_user_pools"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("sub", name=op.f("pk_cognito_idp_users")),
    )
    with op.batch_alter_table("cognito_idp_users", schema=None) as batch_op:
        batch_op.create_index("ix_cognito_idp_users_enabled", ["user_pool_id", "enabled", "username_key"], unique=False)
        batch_op.create_index("ix_cognito_idp_users_status", ["user_pool_id", "status", "username_key"], unique=False)
        batch_op.create_index("ix_cognito_idp_users_sub", ["user_pool_id", "sub"], unique=False)
        batch_op.create_index("ux_cognito_idp_users_name", ["user_pool_id", "username_key"], unique=True)

    op.create_table(
        "iam_access_keys",
        sa.Column("access_key_id", sa.String(length=20), nullable=False),
        sa.Column("user_id", sa.String(length=21), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["iam_users.user_id"], name=op.f("fk_iam_access_keys_user_id_iam_users")),
        sa.PrimaryKeyConstraint("access_key_id", name=op.f("pk_iam_access_keys")),
    )
    with op.batch_alter_table("iam_access_keys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_iam_access_keys_user_id"), ["user_id"], unique=False)

    op.create_table(
        "iam_instance_profiles",
        sa.Column("instance_profile_id", sa.String(length=21), nullable=False),
        sa.Column("instance_profile_name", sa.String(length=128), nullable=False),
        sa.Column("name_key", sa.String(length=128), nullable=False),
        sa.Column("role_id", sa.String(length=21), nullable=True),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("path", sa.String(length=512), nullable=False),
        sa.Column("arn", sa.String(length=2048), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["role_id"], ["iam_roles.role_id"], name=op.f("fk_iam_instance_profiles_role_id_iam_roles")
        ),
        sa.PrimaryKeyConstraint("instance_profile_id", name=op.f("pk_iam_instance_profiles")),
        sa.UniqueConstraint("arn", name=op.f("uq_iam_instance_profiles_arn")),
        sa.UniqueConstraint("name_key", name=op.f("uq_iam_instance_profiles_name_key")),
    )
    with op.batch_alter_table("iam_instance_profiles", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_iam_instance_profiles_role_id"), ["role_id"], unique=False)

    op.create_table(
        "iam_login_profiles",
        sa.Column("user_id", sa.String(length=21), nullable=False),
        sa.Column("sealed_hashes", sa.LargeBinary(), nullable=False),
        sa.Column("reset_required", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("changed_at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["iam_users.user_id"], name=op.f("fk_iam_login_profiles_user_id_iam_users")
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_iam_login_profiles")),
    )
    op.create_table(
        "iam_memberships",
        sa.Column("group_id", sa.String(length=21), nullable=False),
        sa.Column("user_id", sa.String(length=21), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["iam_groups.group_id"], name=op.f("fk_iam_memberships_group_id_iam_groups")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["iam_users.user_id"], name=op.f("fk_iam_memberships_user_id_iam_users")),
        sa.PrimaryKeyConstraint("group_id", "user_id", name=op.f("pk_iam_memberships")),
    )
    with op.batch_alter_table("iam_memberships", schema=None) as batch_op:
        batch_op.create_index("ix_iam_memberships_user_id", ["user_id"], unique=False)

    op.create_table(
        "iam_mfa_devices",
        sa.Column("serial_number", sa.String(length=256), nullable=False),
        sa.Column("user_id", sa.String(length=21), nullable=True),
        sa.Column("sealed_seed", sa.LargeBinary(), nullable=False),
        sa.Column("drift", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("enabled_at", sa.Float(), nullable=True),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["iam_users.user_id"], name=op.f("fk_iam_mfa_devices_user_id_iam_users")),
        sa.PrimaryKeyConstraint("serial_number", name=op.f("pk_iam_mfa_devices")),
    )
    with op.batch_alter_table("iam_mfa_devices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_iam_mfa_devices_user_id"), ["user_id"], unique=False)

    op.create_table(
        "iam_policy_versions",
        sa.Column("policy_id", sa.String(length=21), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["policy_id"], ["iam_policies.policy_id"], name=op.f("fk_iam_policy_versions_policy_id_iam_policies")
        ),
        sa.PrimaryKeyConstraint("policy_id", "version", name=op.f("pk_iam_policy_versions")),
    )
    op.create_table(
        "apigateway_methods",
        sa.Column("api_id", sa.String(length=10), nullable=False),
        sa.Column("resource_id", sa.String(length=10), nullable=False),
        sa.Column("http_method", sa.String(length=8), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("responses", sa.Text(), nullable=False),
        sa.Column("integration", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["api_id", "resource_id"],
            ["apigateway_resources.api_id", "apigateway_resources.id"],
            name=op.f("fk_apigateway_methods_api_id_apigateway_resources"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("api_id", "resource_id", "http_method", name=op.f("pk_apigateway_methods")),
    )
    op.create_table(
        "apigateway_stages",
        sa.Column("api_id", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("deployment_id", sa.String(length=10), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("variables", sa.Text(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("updated_at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["api_id", "deployment_id"],
            ["apigateway_deployments.api_id", "apigateway_deployments.id"],
            name=op.f("fk_apigateway_stages_api_id_apigateway_deployments"),
        ),
        sa.ForeignKeyConstraint(
            ["api_id"],
            ["apigateway_rest_apis.id"],
            name=op.f("fk_apigateway_stages_api_id_apigateway_rest_apis"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("api_id", "name", name=op.f("pk_apigateway_stages")),
    )
    op.create_table(
        "cognito_idp_aliases",
        sa.Column("user_pool_id", sa.String(length=55), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("value_key", sa.String(length=512), nullable=False),
        sa.Column(
            "sub", sa.String(length=36).with_variant(sa.String(length=36, collation="C"), "postgresql"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["sub"],
            ["cognito_idp_users.sub"],
            name=op.f("fk_cognito_idp_aliases_sub_cognito_idp_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_pool_id", "name", "value_key", name=op.f("pk_cognito_idp_aliases")),
    )
    with op.batch_alter_table("cognito_idp_aliases", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cognito_idp_aliases_sub"), ["sub"], unique=False)

    op.create_table(
        "cognito_idp_client_secrets",
        sa.Column("client_secret_id", sa.String(length=128), nullable=False),
        sa.Column("client_id", sa.String(length=128), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["cognito_idp_user_pool_clients.client_id"],
            name=op.f("fk_cognito_idp_client_secrets_client_id_cognito_idp_user_pool_clients"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("client_secret_id", name=op.f("pk_cognito_idp_client_secrets")),
    )
    with op.batch_alter_table("cognito_idp_client_secrets", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cognito_idp_client_secrets_client_id"), ["client_id"], unique=False)

    op.create_table(
        "cognito_idp_codes",
        sa.Column(
            "sub", sa.String(length=36).with_variant(sa.String(length=36, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("sealed_code", sa.LargeBinary(), nullable=False),
        sa.Column("attribute", sa.String(length=32), nullable=True),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("expires_at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sub"],
            ["cognito_idp_users.sub"],
            name=op.f("fk_cognito_idp_codes_sub_cognito_idp_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("sub", "purpose", name=op.f("pk_cognito_idp_codes")),
    )
    with op.batch_alter_table("cognito_idp_codes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cognito_idp_codes_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "cognito_idp_devices",
        sa.Column(
            "sub", sa.String(length=36).with_variant(sa.String(length=36, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("device_key", sa.String(length=55), nullable=False),
        sa.Column("group_key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("ip", sa.String(length=64), nullable=True),
        sa.Column("remembered", sa.Boolean(), nullable=False),
        sa.Column("sealed_password", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("modified_at", sa.Float(), nullable=False),
        sa.Column("authenticated_at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sub"],
            ["cognito_idp_users.sub"],
            name=op.f("fk_cognito_idp_devices_sub_cognito_idp_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("sub", "device_key", name=op.f("pk_cognito_idp_devices")),
    )
    op.create_table(
        "cognito_idp_group_members",
        sa.Column("user_pool_id", sa.String(length=55), nullable=False),
        sa.Column("group_name", sa.String(length=128), nullable=False),
        sa.Column(
            "sub", sa.String(length=36).with_variant(sa.String(length=36, collation="C"), "postgresql"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["sub"],
            ["cognito_idp_users.sub"],
            name=op.f("fk_cognito_idp_group_members_sub_cognito_idp_users"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_pool_id", "group_name"],
            ["cognito_idp_groups.user_pool_id", "cognito_idp_groups.group_name"],
            name=op.f("fk_cognito_idp_group_members_user_pool_id_cognito_idp_groups"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_pool_id", "group_name", "sub", name=op.f("pk_cognito_idp_group_members")),
    )
    with op.batch_alter_table("cognito_idp_group_members", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cognito_idp_group_members_sub"), ["sub"], unique=False)

    op.create_table(
        "cognito_idp_import_lines",
        sa.Column("job_id", sa.String(length=55), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"],
            ["cognito_idp_import_jobs.job_id"],
            name=op.f("fk_cognito_idp_import_lines_job_id_cognito_idp_import_jobs"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("job_id", "line", name=op.f("pk_cognito_idp_import_lines")),
    )
    op.create_table(
        "cognito_idp_import_parts",
        sa.Column("upload_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.String(length=55), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"],
            ["cognito_idp_import_jobs.job_id"],
            name=op.f("fk_cognito_idp_import_parts_job_id_cognito_idp_import_jobs"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("upload_id", "number", name=op.f("pk_cognito_idp_import_parts")),
    )
    with op.batch_alter_table("cognito_idp_import_parts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cognito_idp_import_parts_job_id"), ["job_id"], unique=False)

    op.create_table(
        "cognito_idp_linked_providers",
        sa.Column("user_pool_id", sa.String(length=55), nullable=False),
        sa.Column("provider_name", sa.String(length=32), nullable=False),
        sa.Column("attribute_name", sa.String(length=64), nullable=False),
        sa.Column("attribute_value", sa.String(length=512), nullable=False),
        sa.Column(
            "sub", sa.String(length=36).with_variant(sa.String(length=36, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sub"],
            ["cognito_idp_users.sub"],
            name=op.f("fk_cognito_idp_linked_providers_sub_cognito_idp_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "user_pool_id",
            "provider_name",
            "attribute_name",
            "attribute_value",
            name=op.f("pk_cognito_idp_linked_providers"),
        ),
    )
    with op.batch_alter_table("cognito_idp_linked_providers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cognito_idp_linked_providers_sub"), ["sub"], unique=False)

    op.create_table(
        "cognito_idp_password_history",
        sa.Column(
            "sub", sa.String(length=36).with_variant(sa.String(length=36, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sealed_password", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sub"],
            ["cognito_idp_users.sub"],
            name=op.f("fk_cognito_idp_password_history_sub_cognito_idp_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("sub", "number", name=op.f("pk_cognito_idp_password_history")),
    )
    op.create_table(
        "cognito_idp_searchable_attributes",
        sa.Column("user_pool_id", sa.String(length=55), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column(
            "value",
            sa.String(length=256).with_variant(sa.String(length=256, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "sub", sa.String(length=36).with_variant(sa.String(length=36, collation="C"), "postgresql"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["sub"],
            ["cognito_idp_users.sub"],
            name=op.f("fk_cognito_idp_searchable_attributes_sub_cognito_idp_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "user_pool_id", "name", "value", "sub", name=op.f("pk_cognito_idp_searchable_attributes")
        ),
    )
    with op.batch_alter_table("cognito_idp_searchable_attributes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cognito_idp_searchable_attributes_sub"), ["sub"], unique=False)

    op.create_table(
        "cognito_idp_token_families",
        sa.Column("origin_jti", sa.String(length=36), nullable=False),
        sa.Column("session_id", sa.String(length=28), nullable=False),
        sa.Column("user_pool_id", sa.String(length=55), nullable=False),
        sa.Column("client_id", sa.String(length=128), nullable=False),
        sa.Column(
            "sub", sa.String(length=36).with_variant(sa.String(length=36, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("device_key", sa.String(length=55), nullable=True),
        sa.Column("event_id", sa.String(length=36), nullable=False),
        sa.Column("auth_time", sa.Float(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("used_at", sa.Float(), nullable=False),
        sa.Column("expires_at", sa.Float(), nullable=False),
        sa.Column("revoked_at", sa.Float(), nullable=True),
        sa.Column("rotation", sa.Integer(), nullable=False),
        sa.Column("ip", sa.String(length=64), nullable=True),
        sa.Column("device_type", sa.Text(), nullable=True),
        sa.Column("rotated_at", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["sub"],
            ["cognito_idp_users.sub"],
            name=op.f("fk_cognito_idp_token_families_sub_cognito_idp_users"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_pool_id"],
            ["cognito_idp_user_pools.id"],
            name=op.f("fk_cognito_idp_token_families_user_pool_id_cognito_idp_user_pools"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("origin_jti", name=op.f("pk_cognito_idp_token_families")),
        sa.UniqueConstraint("session_id", name=op.f("uq_cognito_idp_token_families_session_id")),
    )
    with op.batch_alter_table("cognito_idp_token_families", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cognito_idp_token_families_client_id"), ["client_id"], unique=False)
        batch_op.create_index("ix_cognito_idp_token_families_expiry", ["expires_at"], unique=False)
        batch_op.create_index("ix_cognito_idp_token_families_user", ["sub", "created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_cognito_idp_token_families_user_pool_id"), ["user_pool_id"], unique=False)

    op.create_table(
        "cognito_idp_web_authn_credentials",
        sa.Column("user_pool_id", sa.String(length=55), nullable=False),
        sa.Column("credential_id", sa.String(length=1400), nullable=False),
        sa.Column(
            "sub", sa.String(length=36).with_variant(sa.String(length=36, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("relying_party_id", sa.String(length=256), nullable=False),
        sa.Column("friendly_name", sa.Text(), nullable=False),
        sa.Column("attachment", sa.String(length=32), nullable=True),
        sa.Column("transports", sa.Text(), nullable=False),
        sa.Column("backup_eligible", sa.Boolean(), nullable=False),
        sa.Column("backed_up", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sub"],
            ["cognito_idp_users.sub"],
            name=op.f("fk_cognito_idp_web_authn_credentials_sub_cognito_idp_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_pool_id", "credential_id", name=op.f("pk_cognito_idp_web_authn_credentials")),
    )
    with op.batch_alter_table("cognito_idp_web_authn_credentials", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cognito_idp_web_authn_credentials_sub"), ["sub"], unique=False)
