"""E-mail leaves by SMTP.

In: an e-mail and the operator's mail server. Out: the server has taken it, or the reason why not. Law: where TLS was
asked for, nothing is said without it, and certificates are verified (against `SSL_CERT_FILE` where that is set); what a
server refuses with 5xx because of the message is refused for good, whatever else goes wrong is tried again.
Source: RFC 5321; RFC 3207.
"""

import ssl
from email.message import EmailMessage

from gatewright.control.outbox.undelivered import Undeliverable, Undelivered
from gatewright.core.channels import SmtpServer

_SECONDS = 20.0  # for each thing that is said
_NO_SUCH = 500


async def send_mail(mail: EmailMessage, sender: str, recipient: str, server: SmtpServer) -> None:
    """Hand an e-mail over.

    Raises:
        Undeliverable, Undelivered: the server did not take it.
    """
    import aiosmtplib  # heavy, and only for servers that send e-mail

    try:
        await aiosmtplib.send(
            mail,
            sender=sender,
            recipients=[recipient],
            hostname=server.host,
            port=server.port,
            username=server.username or None,
            password=server.password or None,
            use_tls=server.scheme == "smtps",
            start_tls=server.scheme == "smtp+starttls",
            tls_context=None if server.scheme == "smtp" else ssl.create_default_context(),
            timeout=_SECONDS,
        )
    except aiosmtplib.SMTPRecipientsRefused as refused:
        _raise_by_code(refused.recipients[0].code, "the recipient")
    except (aiosmtplib.SMTPDataError, aiosmtplib.SMTPSenderRefused) as refused:
        _raise_by_code(refused.code, "the message")
    except aiosmtplib.SMTPNotSupported:
        if not (sender + recipient).isascii():
            raise Undeliverable("the mail server takes no addresses that are not ASCII") from None
        raise Undelivered("the mail server offers no login, or no TLS") from None
    except aiosmtplib.SMTPResponseException as refused:  # greeting, login: it is not about this message
        raise Undelivered(f"the mail server answered {refused.code} ({type(refused).__name__})") from None
    except (aiosmtplib.SMTPException, OSError) as error:
        raise Undelivered(f"the mail server could not be used: {type(error).__name__}") from None


def _raise_by_code(code: int, what: str) -> None:
    if code >= _NO_SUCH:
        raise Undeliverable(f"the mail server refused {what} with {code}") from None
    raise Undelivered(f"the mail server did not take {what} yet: {code}") from None
