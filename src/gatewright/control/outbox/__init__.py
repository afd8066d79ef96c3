"""Messages leave: by SMTP, by a signed POST to a gateway for text messages, or not at all (the local mailbox).

In: rows of the outbox (`storage/outbox.py`), which the transactions of services wrote. Out: deliveries, and what became
of them. Law: nothing is sent before what it is about is committed; every message is delivered at least once or settled
as failed or too late; what it says is deleted then, and never logged. Begin with `deliverer.py`.
AWS: Cognito developer guide, "Email settings for Amazon Cognito user pools", "SMS message settings".
"""
