"""The classes of botocore's models, as names for annotations.

Law: whoever only reads a model that it was handed imports them from here; `models.py` alone makes models. botocore's
own module brings its whole HTTP client along, a tenth of the start, so it is loaded with the first model.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from botocore.model import OperationModel, ServiceModel, Shape, StructureShape
else:
    OperationModel = ServiceModel = Shape = StructureShape = Any

__all__ = ["OperationModel", "ServiceModel", "Shape", "StructureShape"]
