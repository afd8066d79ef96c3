"""`DecodeAuthorizationMessage`: why an AWS API call was refused, for those who may know.

In: the encoded message that came with the refusal. Out: a JSON document. Source: STS API reference. How AWS words the
refusal of a message that it cannot decode is not known; its code is.
"""

from gatewright.control.authorization_message import BadMessage, decode
from gatewright.control.service import Call, Params, Result
from gatewright.wire.faults import Fault


async def decode_authorization_message(call: Call, params: Params) -> Result:
    """Return the document in an encoded message.

    Raises:
        Fault: `InvalidAuthorizationMessageException` for a message that was not made here, or has expired.
    """
    try:
        document = decode(call.keys, call.account, params["EncodedMessage"], call.now)
    except BadMessage:
        message = "The message is not one of this account's, was changed on its way, or has expired."
        raise Fault("InvalidAuthorizationMessageException", message, 400) from None
    return {"DecodedMessage": document}
