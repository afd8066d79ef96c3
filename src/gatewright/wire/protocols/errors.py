"""What a fault is called on the wire, which status it has, and which members its shape adds.

In: a fault and the model of the service that it came from, if that is known. Out: an `ErrorAnswer` for the protocol
to write.
Law: the model decides the status, unless the fault says one; a code the model does not know is the caller's mistake,
status 400.
Source: Smithy, "AWS protocols", "Operation error serialization".
"""

import msgspec

from gatewright.wire.faults import Fault
from gatewright.wire.shapes import ServiceModel, StructureShape


class ErrorAnswer(msgspec.Struct, frozen=True):
    """A fault as a service of AWS answers it."""

    code: str  # as query and rest-xml say it: NoSuchEntity
    name: str  # as json and rest-json say it: NoSuchEntityException
    status: int
    shape: StructureShape | None

    @property
    def fault_of(self) -> str:
        """Whose fault it is, in the words of the query protocol."""
        return "Receiver" if self.status >= 500 else "Sender"

    @property
    def message_element(self) -> str:
        """The name of the message's member on the wire: `message`, or whatever the shape calls it."""
        for name, member in self.shape.members.items() if self.shape is not None else ():
            if name.lower() == "message":
                return str(member.serialization.get("name", name))
        return "message"


def describe(service: ServiceModel | None, fault: Fault) -> ErrorAnswer:
    """Look a fault up in its service's model, by the error's code or by its shape's name."""
    shape = None
    if service is not None:
        shape = service.shape_for_error_code(fault.code)
        if shape is None:
            shape = next((each for each in service.error_shapes if each.name == fault.code), None)
    if shape is None:
        return ErrorAnswer(fault.code, fault.code, fault.status or 400, None)
    error = shape.metadata.get("error", {})
    servers_fault = bool(shape._shape_model.get("fault"))  # botocore has no public name for this trait
    status = fault.status or error.get("httpStatusCode") or (500 if servers_fault else 400)
    return ErrorAnswer(error.get("code", shape.name), shape.name, status, shape)
