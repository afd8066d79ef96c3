"""What `sts` remembers: no session, and of MFA codes only the last one, so that none counts twice."""

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from gatewright.storage.engine import Row


class MfaUse(Row):
    """The last code of an MFA device that was used."""

    __tablename__ = "sts_mfa_uses"

    serial_number: Mapped[str] = mapped_column(String(256), primary_key=True)
    last_step: Mapped[int] = mapped_column(Integer)  # of thirty seconds each, since the epoch
