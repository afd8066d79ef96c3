"""Users who come by a CSV file, sent with curl to the address that the job has."""

import contextlib
import json
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
from botocore import UNSIGNED
from sqlalchemy.exc import SQLAlchemyError

from gatewright.cli.server import Server
from gatewright.edge import connection
from gatewright.services.cognito_idp.importing import run as importing
from gatewright.settings import Settings
from gatewright.wire.sigv4.sign import Credentials
from tests.running import in_process
from tests.services.cognito_idp.conftest import LAX, PASSWORD, read
from tests.services.cognito_idp.signing_in import by_password, srp
from tests.services.cognito_idp.signing_in import refused as refused_by
from tests.services.policies import allow, refused, trust, user_with

ENCRYPTION = {"x-amz-server-side-encryption": "aws:kms"}
ROLE = "arn:aws:iam::000000000000:role/Imports"
LOGS = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
PATIENCE = 60.0


@pytest.fixture
def role(aws: Callable[..., Any]) -> str:
    """The role that AWS's guide makes for imports."""
    return make_role(aws("iam"))


def make_role(iam: Any) -> str:
    iam.create_role(RoleName="Imports", AssumeRolePolicyDocument=trust({"Service": "cognito-idp.amazonaws.com"}))
    group = "arn:aws:logs:us-east-1:000000000000:log-group:/aws/cognito/*"
    iam.put_role_policy(RoleName="Imports", PolicyName="logs", PolicyDocument=allow(*LOGS, resource=group))
    return ROLE


def file_of(idp: Any, pool_id: str, *users: dict[str, str]) -> bytes:
    """Write a file as AWS's guide says; `custom:x` and others by their names."""
    header = idp.get_csv_header(UserPoolId=pool_id)["CSVHeader"]
    lines = [",".join(header)]
    for user in users:
        row = {"cognito:mfa_enabled": "FALSE", "email_verified": "TRUE", **user}
        row.setdefault("email", f"{row['cognito:username']}@example.com")
        lines.append(",".join(row.get(name, "") for name in header))
    return ("\n".join(lines) + "\n").encode()


def names(*found: str) -> list[dict[str, str]]:
    return [{"cognito:username": name} for name in found]


def make_job(idp: Any, pool_id: str, file: bytes | None = None) -> dict[str, Any]:
    made = idp.create_user_import_job(UserPoolId=pool_id, JobName="first", CloudWatchLogsRoleArn=ROLE)
    job: dict[str, Any] = made["UserImportJob"]
    if file is not None:
        httpx.put(job["PreSignedUrl"], content=file, headers=ENCRYPTION).raise_for_status()
    return job


def ended(idp: Any, job: dict[str, Any]) -> dict[str, Any]:
    """Return a job when it is over."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        shown: dict[str, Any] = idp.describe_user_import_job(UserPoolId=job["UserPoolId"], JobId=job["JobId"])
        shown = shown["UserImportJob"]
        if shown["Status"] not in ("Pending", "InProgress", "Stopping"):
            return shown
        time.sleep(0.1)
    raise AssertionError(f"the job is not done: {shown}")


def run(idp: Any, pool_id: str, file: bytes) -> tuple[dict[str, Any], list[str]]:
    """Import a file; returns the job that is over, and its report's lines."""
    job = make_job(idp, pool_id, file)
    started = idp.start_user_import_job(UserPoolId=pool_id, JobId=job["JobId"])["UserImportJob"]
    assert started["Status"] == "Pending"
    done = ended(idp, job)
    return done, httpx.get(done["PreSignedUrl"]).text.splitlines()


def counts(job: dict[str, Any]) -> Sequence[int]:
    return job["ImportedUsers"], job["SkippedUsers"], job["FailedUsers"]


def test_the_header_has_every_attribute_and_what_imports_need(idp, make_pool):
    pool_id = make_pool(Schema=[{"Name": "tenant", "AttributeDataType": "String"}])
    header = idp.get_csv_header(UserPoolId=pool_id)
    assert header["UserPoolId"] == pool_id
    assert ",".join(header["CSVHeader"]) == (
        "name,given_name,family_name,middle_name,nickname,preferred_username,profile,picture,website,email,"
        "email_verified,gender,birthdate,zoneinfo,locale,phone_number,phone_number_verified,address,updated_at,"
        "custom:tenant,cognito:mfa_enabled,cognito:username"
    )


def test_users_of_a_file_sent_by_curl_come_in_and_choose_a_password(
    idp, anyone, make_pool, make_client, inside, role, tmp_path: Path
):
    pool_id = make_pool(AutoVerifiedAttributes=["email"], Schema=[{"Name": "tenant", "AttributeDataType": "String"}])
    client_id = make_client(pool_id)["ClientId"]
    john = {"cognito:username": "John", "name": "Doe\\, John", "birthdate": "02/01/1985", "custom:tenant": " blue "}
    (tmp_path / "users.csv").write_bytes(file_of(idp, pool_id, john, *names("Jane")))
    job = make_job(idp, pool_id)
    assert (job["Status"], counts(job)) == ("Created", (0, 0, 0))
    sent = subprocess.run(
        [
            "curl",
            "-sv",
            "-T",
            tmp_path / "users.csv",
            "-H",
            "x-amz-server-side-encryption:aws:kms",
            job["PreSignedUrl"],
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "HTTP/1.1 200" in sent.stderr, sent.stderr + sent.stdout
    idp.start_user_import_job(UserPoolId=pool_id, JobId=job["JobId"])
    done = ended(idp, job)
    assert (done["Status"], counts(done)) == ("Succeeded", (2, 0, 0)), done
    assert done["StartDate"] <= done["CompletionDate"]
    user = idp.admin_get_user(UserPoolId=pool_id, Username="John")
    assert user["UserStatus"] == "RESET_REQUIRED"
    assert read(user["UserAttributes"]) | {"sub": ""} == {
        "sub": "",
        "name": "Doe, John",
        "email": "John@example.com",
        "email_verified": "true",
        "birthdate": "1985-02-01",
        "custom:tenant": "blue",
    }
    listed = idp.list_users(UserPoolId=pool_id, Filter='email = "jane@example.com"')["Users"]
    assert [one["Username"] for one in listed] == ["Jane"]
    for attempt in (
        lambda: by_password(anyone, client_id, "John", "whatever-1A"),
        lambda: srp(anyone, pool_id, client_id, "John", "whatever-1A").authenticate_user(),
    ):
        assert refused_by(anyone.exceptions.PasswordResetRequiredException, attempt)[0]
    discreet = make_client(pool_id, PreventUserExistenceErrors="ENABLED")["ClientId"]
    for name in ("John", "Nobody"):
        answer = refused(
            anyone.initiate_auth,
            AuthFlow="USER_PASSWORD_AUTH",
            ClientId=discreet,
            AuthParameters={"USERNAME": name, "PASSWORD": "whatever-1A"},
        )
        assert answer == ("NotAuthorizedException", "Incorrect username or password.")
    anyone.forgot_password(ClientId=client_id, Username="John")
    anyone.confirm_forgot_password(
        ClientId=client_id, Username="John", ConfirmationCode=inside.sent()[-1].code, Password=PASSWORD
    )
    assert "AuthenticationResult" in by_password(anyone, client_id, "John")


def test_an_imported_user_signs_in_by_a_code_at_once_where_the_pool_takes_codes(
    idp, anyone, make_pool, make_client, inside, role
):
    factors = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}}
    pool_id = make_pool(AutoVerifiedAttributes=["email"], Policies=factors)
    flows = ["ALLOW_USER_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    client_id = make_client(pool_id, ExplicitAuthFlows=flows)["ClientId"]
    run(idp, pool_id, file_of(idp, pool_id, *names("jane")))
    named = {"USERNAME": "jane", "PREFERRED_CHALLENGE": "EMAIL_OTP"}
    asked = anyone.initiate_auth(AuthFlow="USER_AUTH", ClientId=client_id, AuthParameters=named)
    answer = {"USERNAME": "jane", "EMAIL_OTP_CODE": inside.sent()[-1].code}
    tokens = anyone.respond_to_auth_challenge(
        ClientId=client_id, ChallengeName="EMAIL_OTP", Session=asked["Session"], ChallengeResponses=answer
    )["AuthenticationResult"]
    refresh = {"REFRESH_TOKEN": tokens["RefreshToken"]}
    assert anyone.initiate_auth(AuthFlow="REFRESH_TOKEN_AUTH", ClientId=client_id, AuthParameters=refresh)
    idp.admin_set_user_password(UserPoolId=pool_id, Username="jane", Password=PASSWORD, Permanent=True)
    idp.admin_reset_user_password(UserPoolId=pool_id, Username="jane")  # whoever has a password must reset it
    again = refused(anyone.initiate_auth, AuthFlow="USER_AUTH", ClientId=client_id, AuthParameters=named)
    assert again[0] == "PasswordResetRequiredException"


def test_what_is_no_user_is_told_by_its_line_and_nothing_of_it_is_quoted(idp, make_pool, role):
    pool_id = make_pool(
        AutoVerifiedAttributes=["email"],
        AliasAttributes=["email", "preferred_username"],
        Schema=[{"Name": "family_name", "Required": True}],
    )
    taken = [{"Name": "family_name", "Value": "x"}, {"Name": "email", "Value": "ann@example.com"}]
    taken.append({"Name": "email_verified", "Value": "true"})
    idp.admin_create_user(UserPoolId=pool_id, Username="ann", UserAttributes=taken, MessageAction="SUPPRESS")
    bad: list[tuple[dict[str, str], str]] = [
        ({"cognito:username": "ann"}, "[SKIPPED] Line Number 2 - The user already exists."),
        ({"cognito:username": "b", "email": "ann@example.com"}, "[FAILED] Line Number 3 - Another user has the same"),
        ({"cognito:username": "c", "email_verified": "FALSE"}, "does not set any of the auto verified attributes"),
        ({"cognito:username": "d", "family_name": ""}, "The attribute is required"),
        ({"cognito:username": "e", "name": "SECRET, e"}, "The row has 22 columns and the header 21"),
        ({"cognito:username": "f g"}, "cognito:username has a character"),
        ({"cognito:username": "h@example.com"}, "cannot be of email format"),
        ({"cognito:username": ""}, "cognito:username is empty"),
        ({"cognito:username": "i", "cognito:mfa_enabled": "TRUE"}, "must be FALSE"),
        ({"cognito:username": "j", "cognito:mfa_enabled": ""}, "cognito:mfa_enabled is empty"),
        ({"cognito:username": "k", "birthdate": "30/02/1985"}, "mm/dd/yyyy"),
        ({"cognito:username": "l", "updated_at": "SECRET"}, "updated_at: Value must be a number."),
        ({"cognito:username": "m", "email": "SECRET"}, "Invalid email address format."),
        ({"cognito:username": "n", "email_verified": "SECRET"}, "neither TRUE nor FALSE"),
        ({"cognito:username": "o", "name": "x" * 16_000}, "longer than 16000 characters"),
        ({"cognito:username": "p", "name": "a\x00b"}, "control character"),
        ({"cognito:username": "q", "phone_number_verified": "TRUE"}, "Phone Number is required"),
    ]
    good = [{"cognito:username": "z", "preferred_username": "Z"}, {"cognito:username": "y", "preferred_username": "Z"}]
    rows = [{"family_name": "x", **row} for row, _ in bad]
    done, report = run(idp, pool_id, file_of(idp, pool_id, *rows, *({"family_name": "x", **row} for row in good)))
    assert (done["Status"], counts(done)) == ("Succeeded", (1, 1, 17)), report
    assert report[0].startswith("Succeeded: 1 imported, 1 skipped, 17 failed.")
    for number, (_, said) in enumerate(bad, 2):
        line = report[number - 1]
        assert f"Line Number {number} - " in line, line
        assert said in line, line
    assert "same preferred_username" in report[-1]
    assert "SECRET" not in "".join(report)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda file: b"\xef\xbb\xbf" + file, "byte order mark"),
        (lambda file: file.replace(b"cognito:username", b"username"), "lacks cognito:username"),
        (lambda file: file.replace(b"\n", b",website\n", 1), "more than once"),
        (lambda file: file.replace(b"\n", b",height\n", 1), "GetCSVHeader does not show"),
        (lambda file: file + b"\xff\xfe\n", "not in UTF-8"),
        (lambda file: file.split(b"\n")[0], "has no users"),
        (lambda file: file + b"\n" * 500_001, "more than 500000 rows"),
        (lambda file: b"a" * 200_000, "header of the CSV file is too long"),
    ],
)
def test_a_file_that_cannot_be_read_as_a_whole_imports_nobody(idp, make_pool, role, spoil, message):
    pool_id = make_pool(AutoVerifiedAttributes=["email"])
    done, _ = run(idp, pool_id, spoil(file_of(idp, pool_id, *names("ann"))))
    assert (done["Status"], counts(done)) == ("Failed", (0, 0, 0))
    assert message in done["CompletionMessage"]
    assert idp.list_users(UserPoolId=pool_id)["Users"] == []


def test_a_job_that_imports_nobody_has_failed(idp, make_pool, role):
    pool_id = make_pool(AutoVerifiedAttributes=["email"])
    done, _ = run(idp, pool_id, file_of(idp, pool_id, {"cognito:username": "a", "email_verified": "FALSE"}))
    assert (done["Status"], counts(done)) == ("Failed", (0, 0, 1))
    assert done["CompletionMessage"] == "Too many users have failed or been skipped during the import."


def test_an_alias_that_is_too_long_to_be_found_by_fails_its_line_only(idp, make_pool, role):
    pool_id = make_pool(AutoVerifiedAttributes=["email"], AliasAttributes=["preferred_username"])
    long = {"cognito:username": "long", "preferred_username": "z" * 513}
    done, report = run(idp, pool_id, file_of(idp, pool_id, long, *names("short")))
    assert counts(done) == (1, 0, 1)
    assert "at most 512 characters" in report[1]


def test_users_who_sign_up_with_an_email_address_are_imported_by_it(idp, make_pool, role):
    pool_id = make_pool(
        AutoVerifiedAttributes=["email"],
        UsernameAttributes=["email"],
        UsernameConfiguration={"CaseSensitive": False},
    )
    rows = [
        {"cognito:username": "ann@example.com", "email": "ann@example.com"},
        {"cognito:username": "ANN@example.com", "email": "ANN@example.com"},
        {"cognito:username": "bob", "email": "bob@example.com"},
    ]
    done, report = run(idp, pool_id, file_of(idp, pool_id, *rows).replace(b"\n", b"\r\n"))
    assert counts(done) == (1, 1, 1), report
    user = idp.admin_get_user(UserPoolId=pool_id, Username="ann@example.com")
    assert user["Username"] == read(user["UserAttributes"])["sub"]


def test_mfa_of_the_row_is_the_users_where_the_pool_sends_text_messages(idp, anyone, make_pool, make_client, role):
    sms = {"SnsCallerArn": "arn:aws:iam::000000000000:role/Texts"}
    pool_id = make_pool(AutoVerifiedAttributes=["email"], MfaConfiguration="OPTIONAL", SmsConfiguration=sms)
    phone = {"phone_number": "+12065550100", "cognito:mfa_enabled": "true"}
    rows = [{"cognito:username": "ann", **phone}, {"cognito:username": "bob", "cognito:mfa_enabled": "TRUE"}]
    done, report = run(idp, pool_id, file_of(idp, pool_id, *rows, *names("eve")))
    assert counts(done) == (2, 0, 1), report
    assert "no phone_number" in report[1]
    assert idp.admin_get_user(UserPoolId=pool_id, Username="ann")["UserMFASettingList"] == ["SMS_MFA"]
    assert "UserMFASettingList" not in idp.admin_get_user(UserPoolId=pool_id, Username="eve")


def test_a_job_is_started_once_with_a_file_and_one_at_a_time(idp, make_pool, role):
    pool_id = make_pool(AutoVerifiedAttributes=["email"])
    empty, job, other = make_job(idp, pool_id), *(make_job(idp, pool_id, b"x") for _ in range(2))

    def start(which: dict[str, Any], pool: str = pool_id) -> tuple[str, str]:
        return refused(idp.start_user_import_job, UserPoolId=pool, JobId=which["JobId"])

    assert "no CSV file" in start(empty)[1]
    assert start(job, make_pool())[0] == "ResourceNotFoundException"
    idp.start_user_import_job(UserPoolId=pool_id, JobId=job["JobId"])
    assert start(other) == (
        "PreconditionNotMetException",
        "Another import job is active. Wait until it is done, or stop it.",
    )
    ended(idp, job)
    assert "The job is Failed" in start(job)[1]
    stop = refused(idp.stop_user_import_job, UserPoolId=pool_id, JobId=other["JobId"])
    assert stop[0] == "PreconditionNotMetException"
    idp.update_user_pool(UserPoolId=pool_id)
    assert "AutoVerifiedAttributes" in start(other)[1]


def test_a_job_that_is_stopped_imports_nobody_more(idp, make_pool, role, inside):
    pool_id = make_pool(AutoVerifiedAttributes=["email"])
    many = names(*(f"u{number}" for number in range(20_000)))
    job = make_job(idp, pool_id, file_of(idp, pool_id, *many))
    idp.start_user_import_job(UserPoolId=pool_id, JobId=job["JobId"])
    stopped = idp.stop_user_import_job(UserPoolId=pool_id, JobId=job["JobId"])["UserImportJob"]
    assert stopped["Status"] == "Stopping"
    done = ended(idp, job)
    assert (done["Status"], done["CompletionMessage"]) == ("Stopped", "The Import Job was stopped by the developer.")
    assert done["ImportedUsers"] < 20_000
    shown = idp.describe_user_pool(UserPoolId=pool_id)["UserPool"]["EstimatedNumberOfUsers"]
    assert shown == done["ImportedUsers"]
    assert inside.count("cognito_idp_import_parts") == 0


@pytest.mark.parametrize("error", [RuntimeError("a bug"), SQLAlchemyError("never this row")])
def test_a_job_that_never_can_be_done_fails_and_keeps_no_other_waiting(idp, make_pool, role, monkeypatch, error):
    async def broken(*_: Any) -> None:
        raise error

    pool_id = make_pool(AutoVerifiedAttributes=["email"])
    with monkeypatch.context() as patched:
        patched.setattr(importing, "store", broken)
        patched.setattr(importing, "_REST_SECONDS", 0.01)
        done, _ = run(idp, pool_id, file_of(idp, pool_id, *names("ann")))
    assert (done["Status"], done["CompletionMessage"]) == ("Failed", "The import failed because of an internal error.")
    done, _ = run(idp, pool_id, file_of(idp, pool_id, *names("ann")))
    assert (done["Status"], counts(done)) == ("Succeeded", (1, 0, 0))


def test_jobs_are_listed_the_newest_first(idp, make_pool, role):
    pool_id = make_pool()
    made = [make_job(idp, pool_id)["JobId"] for _ in range(3)]
    first = idp.list_user_import_jobs(UserPoolId=pool_id, MaxResults=2)
    rest = idp.list_user_import_jobs(UserPoolId=pool_id, MaxResults=2, PaginationToken=first["PaginationToken"])
    listed = [job["JobId"] for job in first["UserImportJobs"] + rest["UserImportJobs"]]
    assert listed == made[::-1]
    assert "PaginationToken" not in rest


@pytest.mark.parametrize(
    ("trusted", "actions", "said"),
    [
        (None, LOGS, "does not exist"),
        ("lambda.amazonaws.com", LOGS, "does not trust cognito-idp.amazonaws.com"),
        ("cognito-idp.amazonaws.com", LOGS[:-1], "is not allowed logs:PutLogEvents"),
    ],
)
def test_a_role_that_could_not_log_fails_the_job(aws, idp, make_pool, trusted, actions, said):
    if trusted:
        aws("iam").create_role(RoleName="Imports", AssumeRolePolicyDocument=trust({"Service": trusted}))
        aws("iam").put_role_policy(RoleName="Imports", PolicyName="logs", PolicyDocument=allow(*actions))
    pool_id = make_pool(AutoVerifiedAttributes=["email"])
    done, _ = run(idp, pool_id, file_of(idp, pool_id, *names("ann")))
    assert done["Status"] == "Failed"
    assert said in done["CompletionMessage"]


def test_whoever_makes_a_job_may_pass_its_role(aws, make_pool):
    pool_id = make_pool()
    pool_arn = f"arn:aws:cognito-idp:us-east-1:000000000000:userpool/{pool_id}"
    ann = aws("cognito-idp", key=user_with(aws, "Ann", allow("cognito-idp:*", resource=pool_arn)))
    asked = {"UserPoolId": pool_id, "JobName": "first", "CloudWatchLogsRoleArn": ROLE}
    code, message = refused(ann.create_user_import_job, **asked)
    assert code == "AccessDeniedException"
    assert f"iam:PassRole on resource: {ROLE}" in message
    other = {**asked, "CloudWatchLogsRoleArn": "arn:aws:iam::000000000000:user/Ann"}
    assert "of this account" in refused(aws("cognito-idp").create_user_import_job, **other)[1]
    hashed = {**asked, "PasswordHashingAlgorithm": "BCRYPT"}
    assert "PasswordHashingAlgorithm" in refused(aws("cognito-idp").create_user_import_job, **hashed)[1]


def test_the_address_is_good_for_its_job_its_method_and_its_time_only(idp, make_pool, role, inside):
    pool_id = make_pool(AutoVerifiedAttributes=["email"])
    job, other = make_job(idp, pool_id), make_job(idp, pool_id)
    url = job["PreSignedUrl"]

    def put(address: str, headers: dict[str, str] = ENCRYPTION, method: str = "PUT") -> tuple[int, str]:
        answer = httpx.request(method, address, content=b"x" * 20, headers=headers)
        return answer.status_code, answer.text

    for forged in (
        url.replace(job["JobId"], other["JobId"]),
        url.replace("Expires=", "Expires=9"),
        url[:-1] + ("0" if url[-1] != "0" else "1"),
        url.partition("?")[0],
        url.replace("Signature=", "Signature=%C3%A9"),
    ):
        assert put(forged)[0] == 403, forged
    assert put(url, method="GET")[0] == 403
    assert "x-amz-server-side-encryption: aws:kms" in put(url, {})[1]
    assert put(url)[0] == 200
    inside.execute("UPDATE cognito_idp_import_jobs SET created_at = created_at - 900")
    late = idp.describe_user_import_job(UserPoolId=pool_id, JobId=job["JobId"])["UserImportJob"]["PreSignedUrl"]
    assert "Request has expired" in put(late)[1]


def test_a_file_that_was_refused_is_told_as_any_refused_request(idp, make_pool, role, inside, product):
    pool_id = make_pool(AutoVerifiedAttributes=["email"])
    job = make_job(idp, pool_id)
    url, pages = job["PreSignedUrl"], Server(product.endpoint, product.region, Credentials("test", "test"))

    def told(address: str, headers: dict[str, str], method: str = "PUT") -> tuple[str, str, str]:
        answer = httpx.request(method, address, content=b"x" * 20, headers=headers)
        kept = pages.get(f"requests/{answer.headers['x-amz-request-id']}")
        assert (kept["plane"], kept["status"], kept["refused"]) == ("cognito-idp", answer.status_code, True)
        assert "Signature=" not in json.dumps(kept)
        advice = " ".join(one["text"] + " " + one["snippet"] for one in kept["advice"])
        return kept["error"], next(step["name"] for step in kept["steps"] if step["outcome"] == "refused"), advice

    error, step, advice = told(url.replace("Expires=", "Expires=9"), ENCRYPTION)
    assert (error, step) == ("SignatureDoesNotMatch", "address")
    assert "PreSignedUrl" in advice
    assert "quotation marks" in told(url.partition("?")[0], ENCRYPTION)[2]
    assert "x-amz-server-side-encryption: aws:kms" in told(url, {})[2]
    httpx.put(url, content=file_of(idp, pool_id, *names("ann")), headers=ENCRYPTION)
    idp.start_user_import_job(UserPoolId=pool_id, JobId=job["JobId"])
    assert told(url, ENCRYPTION)[0] == "OperationAborted"
    inside.execute("UPDATE cognito_idp_import_jobs SET created_at = created_at - 900, status = 'Created'")
    late = idp.describe_user_import_job(UserPoolId=pool_id, JobId=job["JobId"])["UserImportJob"]["PreSignedUrl"]
    assert f"describe-user-import-job --user-pool-id POOL --job-id {job['JobId']}" in told(late, ENCRYPTION)[2]
    listed = pages.get("requests", service="cognito-idp", refused="true")["requests"]
    assert len(listed) == 5


def test_a_job_that_was_not_started_in_a_day_is_expired(idp, make_pool, role, inside):
    pool_id = make_pool(AutoVerifiedAttributes=["email"])
    job = make_job(idp, pool_id, file_of(idp, pool_id, *names("ann")))
    inside.execute("UPDATE cognito_idp_import_jobs SET created_at = created_at - 90000")
    named = {"UserPoolId": pool_id, "JobId": job["JobId"]}
    assert idp.describe_user_import_job(**named)["UserImportJob"]["Status"] == "Expired"
    assert "The job is Expired" in refused(idp.start_user_import_job, **named)[1]


def test_a_file_is_longer_than_other_requests_may_be_only_at_an_address_that_was_given_out(idp, make_pool, role):
    pool_id = make_pool(AutoVerifiedAttributes=["email"])
    job = make_job(idp, pool_id)
    url, padding = job["PreSignedUrl"], b"x" * 6_000_000 + b"\n"
    file = padding.join(file_of(idp, pool_id, *names("ann", "bob")).splitlines(keepends=True))
    assert len(file) > 10_485_760
    forged = url[:-1] + ("0" if url[-1] != "0" else "1")
    with contextlib.suppress(httpx.WriteError):  # it is not read to its end
        assert httpx.put(forged, content=file, headers=ENCRYPTION).status_code == 403
    assert httpx.put(url, content=file, headers=ENCRYPTION, timeout=60).status_code == 200
    chunks = httpx.put(url, content=iter([b"x"]), headers=ENCRYPTION)  # S3 wants to know how long it is
    assert (chunks.status_code, "MissingContentLength" in chunks.text) == (411, True)
    idp.start_user_import_job(UserPoolId=pool_id, JobId=job["JobId"])
    done = ended(idp, job)
    assert counts(done) == (2, 0, 2), done
    assert httpx.put(url, content=b"x", headers=ENCRYPTION).status_code == 409


def begin_upload(product: Any, url: str, length: int) -> socket.socket:
    """Send the head of an upload, and the first byte of its body."""
    sending = socket.create_connection(("127.0.0.1", product.port), timeout=60)
    path = url.partition(str(product.port))[2]
    head = f"PUT {path} HTTP/1.1\r\nHost: localhost:{product.port}\r\nContent-Length: {length}\r\n"
    sending.sendall(f"{head}x-amz-server-side-encryption: aws:kms\r\n\r\nx".encode())
    return sending


def until(found: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not found():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_long_file_is_written_while_it_comes_and_one_that_breaks_off_leaves_nothing_behind(
    idp, make_pool, role, product, inside
):
    pool_id = make_pool(AutoVerifiedAttributes=["email"])
    job = make_job(idp, pool_id, file_of(idp, pool_id, *names("ann")))
    upload = begin_upload(product, job["PreSignedUrl"], 11_000_000)
    upload.sendall(b"x" * 6_000_000)
    until(lambda: inside.count("cognito_idp_import_parts") >= 20)  # of 256 KiB, before the file is here as a whole
    upload.close()
    until(lambda: inside.count("cognito_idp_import_parts") == 1)
    idp.start_user_import_job(UserPoolId=pool_id, JobId=job["JobId"])
    assert counts(ended(idp, job)) == (1, 0, 0), "the file that was taken before"


def test_of_two_files_for_one_job_the_last_one_to_be_whole_counts(idp, make_pool, role, product, inside):
    pool_id = make_pool(AutoVerifiedAttributes=["email"])
    job, file = make_job(idp, pool_id), file_of(idp, pool_id, *names("ann"))
    slow = begin_upload(product, job["PreSignedUrl"], 11_000_000)
    slow.sendall(b"x" * 6_000_000)
    until(lambda: inside.count("cognito_idp_import_parts") == 20)
    httpx.put(job["PreSignedUrl"], content=file, headers=ENCRYPTION).raise_for_status()
    slow.sendall(b"x" * 4_999_999)
    assert b" 200 " in slow.recv(2_000)
    slow.close()
    assert inside.count("cognito_idp_import_parts") == 42
    httpx.put(job["PreSignedUrl"], content=file, headers=ENCRYPTION).raise_for_status()
    assert inside.count("cognito_idp_import_parts") == 1
    idp.start_user_import_job(UserPoolId=pool_id, JobId=job["JobId"])
    assert counts(ended(idp, job)) == (1, 0, 0)


def test_few_long_files_are_received_at_a_time_and_none_that_is_longer_than_a_file_may_be(
    idp, make_pool, role, product, monkeypatch
):
    monkeypatch.setattr(connection, "UPLOADS", 2)
    url, length = make_job(idp, make_pool())["PreSignedUrl"], 11_000_000
    uploads = [begin_upload(product, url, length) for _ in range(2)]
    httpx.get(f"{product.endpoint}/_gatewright/health")  # answered after the heads above were read
    uploads.append(begin_upload(product, url, length))
    uploads.append(begin_upload(product, url, 104_857_601))
    answers = []
    for upload in uploads:
        with contextlib.suppress(OSError):  # what is not wanted is not read to its end
            upload.sendall(b"x" * (length - 1))
    for upload in uploads:
        answers.append(upload.recv(2_000).decode())
        upload.close()
    assert [answer.split(" ", 2)[1] for answer in answers] == ["200", "200", "503", "400"]
    assert "SlowDown" in answers[2]
    assert "EntityTooLarge" in answers[3]


def test_on_postgresql_an_import_and_those_who_sign_up_meanwhile_are_all_there_once(postgres, tmp_path: Path):
    settings = Settings(data=tmp_path, port=0, dev=True, database=postgres.fresh())
    with in_process(settings) as running:
        idp, anyone = running.client("cognito-idp"), running.client("cognito-idp", signature_version=UNSIGNED)
        make_role(running.client("iam"))
        pool = idp.create_user_pool(PoolName="people", AutoVerifiedAttributes=["email"], Policies=LAX)["UserPool"]
        client = idp.create_user_pool_client(UserPoolId=pool["Id"], ClientName="app")["UserPoolClient"]
        job = make_job(idp, pool["Id"], file_of(idp, pool["Id"], *names(*(f"u{number}" for number in range(400)))))
        idp.start_user_import_job(UserPoolId=pool["Id"], JobId=job["JobId"])
        came = 0
        for number in range(399, 379, -1):
            with contextlib.suppress(anyone.exceptions.UsernameExistsException):
                anyone.sign_up(ClientId=client["ClientId"], Username=f"u{number}", Password=PASSWORD)
                came += 1
        done = ended(idp, job)
        assert (done["Status"], counts(done)) == ("Succeeded", (400 - came, came, 0)), done
        assert idp.describe_user_pool(UserPoolId=pool["Id"])["UserPool"]["EstimatedNumberOfUsers"] == 400
