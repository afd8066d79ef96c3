from tests.services.policies import allow, refused, user_with


def test_a_new_key_signs_at_once_and_its_secret_is_shown_once(aws):
    key = user_with(aws, "Ann", allow("iam:ListAccessKeys"))
    mine = aws("iam", key=key).list_access_keys()["AccessKeyMetadata"]
    assert [entry["AccessKeyId"] for entry in mine] == [key[0]]
    assert mine[0]["Status"] == "Active"
    assert "SecretAccessKey" not in mine[0]


def test_a_third_key_is_one_too_many(aws):
    user_with(aws, "Ann")
    aws("iam").create_access_key(UserName="Ann")
    code, message = refused(aws("iam").create_access_key, UserName="Ann")
    assert (code, message) == ("LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2")


def test_an_inactive_key_is_refused_until_it_is_active_again(aws):
    key = user_with(aws, "Ann")
    aws("iam").update_access_key(UserName="Ann", AccessKeyId=key[0], Status="Inactive")
    assert refused(aws("sts", key=key).get_caller_identity)[0] == "InvalidClientTokenId"
    expired = {"UserName": "Ann", "AccessKeyId": key[0], "Status": "Expired"}
    assert refused(aws("iam").update_access_key, **expired)[0] == "InvalidInput"
    aws("iam").update_access_key(UserName="Ann", AccessKeyId=key[0], Status="Active")
    assert aws("sts", key=key).get_caller_identity()["Arn"].endswith(":user/Ann")


def test_a_deleted_key_is_refused_at_once(aws):
    key = user_with(aws, "Ann")
    aws("iam").delete_access_key(UserName="Ann", AccessKeyId=key[0])
    assert refused(aws("sts", key=key).get_caller_identity)[0] == "InvalidClientTokenId"


def test_a_key_of_somebody_else_is_not_found(aws):
    key = user_with(aws, "Ann")
    aws("iam").create_user(UserName="Bob")
    code, message = refused(aws("iam").delete_access_key, UserName="Bob", AccessKeyId=key[0])
    assert (code, message) == ("NoSuchEntity", f"The Access Key with id {key[0]} cannot be found.")


def test_the_root_user_must_name_whose_keys_it_means(aws):
    assert refused(aws("iam").create_access_key) == (
        "ValidationError",
        "Must specify userName when calling with non-User credentials",
    )


def test_secrets_are_not_in_the_database(aws, product):
    _, secret = user_with(aws, "Ann")
    files = [path for path in product.product.settings.data.iterdir() if path.is_file()]
    assert any(path.suffix == ".sqlite3" for path in files)
    assert not any(secret.encode() in path.read_bytes() for path in files)
