"""What the control plane is given by `app.py`."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gatewright.control.federation.key_sets import KeySets
from gatewright.control.outbox.deliverer import Deliverer
from gatewright.control.service import Backstage, Service
from gatewright.core.clock import Clock
from gatewright.core.trace import Allowance, Traces
from gatewright.settings import Settings
from gatewright.storage.append import Append
from gatewright.storage.credentials import Credentials
from gatewright.storage.decisions import DecisionLog
from gatewright.storage.engine import Storage
from gatewright.storage.journal import Journal
from gatewright.storage.keys import Keys
from gatewright.storage.snapshots import Snapshots
from gatewright.wire.models import Catalogue


@dataclass(frozen=True, slots=True)
class Ports:
    """The control plane's surroundings."""

    services: Mapping[str, Service]  # by botocore's name
    catalogue: Catalogue
    storage: Storage
    append: Append
    snapshots: Snapshots
    credentials: Credentials
    key_sets: KeySets
    keys: Keys
    clock: Clock
    traces: Traces
    decisions: DecisionLog
    journal: Journal
    settings: Settings
    deliverer: Deliverer
    diagnoses: Allowance = field(default_factory=Allowance)  # how many wrong signatures a second are looked into

    @property
    def backstage(self) -> Backstage:
        """What services may use where no operation is performed."""
        return Backstage(self.storage, self.snapshots, self.keys, self.clock, self.settings)
