"""What messages say is for their addressees: not for the log, the data directory, or whoever reads requests."""

from pathlib import Path

import pytest
from botocore import UNSIGNED

from gatewright.cli.server import Server
from gatewright.wire.sigv4.sign import Credentials
from tests.post_office import PASSWORD, USER, eventually, mail_server, sms_gateway
from tests.running import Command, Running

ROOT = ("AKIAIOSFODNN7EXAMPLE", "root-secret-root-secret-root-secret-root")
SECRET = "the-secret-of-the-gateway"
INVITATION = "Temporary-horse-1"
SMS = {"SnsCallerArn": "arn:aws:iam::000000000000:role/sms"}


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
def test_what_messages_say_and_the_ways_that_they_take_are_nowhere_to_be_read(tmp_path: Path) -> None:
    with mail_server(auth_required=True, auth_require_tls=False) as mail, sms_gateway() as (gateway, url):
        quoted = PASSWORD.replace("@", "%40").replace("/", "%2F")
        environ = {
            "GATEWRIGHT_ROOT_ACCESS_KEY_ID": ROOT[0],
            "GATEWRIGHT_ROOT_SECRET_ACCESS_KEY": ROOT[1],
            "GATEWRIGHT_SMTP_URL": f"smtp://{USER}:{quoted}@127.0.0.1:{mail.port}",
            "GATEWRIGHT_MAIL_FROM": "no-reply@example.com",
            "GATEWRIGHT_SMS_URL": f"{url}?key=of-the-gateway",
            "GATEWRIGHT_SMS_SECRET": SECRET,
        }
        with Command(tmp_path / "data", environ=environ) as server:
            running = Running(server.port, ROOT)
            pages = Server(running.endpoint, "us-east-1", Credentials(*ROOT))
            idp = running.client("cognito-idp")
            pool_id = idp.create_user_pool(
                PoolName="people",
                SmsConfiguration=SMS,
                AutoVerifiedAttributes=["email"],
                EmailVerificationMessage="kXq7-{####}-Zp3",
            )["UserPool"]["Id"]
            made = idp.create_user_pool_client(UserPoolId=pool_id, ClientName="app")["UserPoolClient"]
            mail.answers["jane@example.com"] = ["451 4.7.1 come back later"]
            gateway.answers = [503]
            running.client("cognito-idp", signature_version=UNSIGNED).sign_up(
                ClientId=made["ClientId"],
                Username="jane",
                Password="Correct-horse-1",
                UserAttributes=[{"Name": "email", "Value": "jane@example.com"}],
            )
            idp.admin_create_user(
                UserPoolId=pool_id,
                Username="theo",
                TemporaryPassword=INVITATION,
                UserAttributes=[{"Name": "phone_number", "Value": "+15550100"}],
            )
            failed = eventually(lambda: [one for one in pages.get("outbox")["messages"] if one["failure"]], "a failure")
            waiting = (tmp_path / "data" / "gatewright.sqlite3-wal").read_bytes()
            said = mail.last_to("jane@example.com").part("plain")
            assert INVITATION in gateway.last_to("+15550100", 2)
            told = f"{failed}{list(pages.every('outbox', 'messages'))}{list(pages.every('requests', 'requests'))}"
            server.stop()
            log = server.log
    assert said.startswith("kXq7-")
    files = b"".join(file.read_bytes() for file in (tmp_path / "data").rglob("*") if file.is_file())
    for secret in (said, INVITATION, PASSWORD, quoted, "hunter2", SECRET, "of-the-gateway"):
        assert secret not in log
        assert secret not in told
        assert secret.encode() not in files
        assert secret.encode() not in waiting
    assert "a message was not delivered" in log
    assert "jane@example.com" not in log
    assert "+15550100" not in log
