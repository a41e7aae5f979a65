"""What the memory ports see of the engine they belong to."""

from contextlib import AbstractContextManager
from typing import Protocol

from baton.runtime.memory.journal import Journal


class Space(Protocol):
    """The transaction and the journal that the ports of one engine share."""

    @property
    def journal(self) -> Journal: ...

    def transaction(self) -> AbstractContextManager[None]:
        """Join the engine's transaction, or begin one."""
        ...

    def require_transaction(self) -> None:
        """Raise TransactionMisuse outside of a transaction."""
        ...

    def ring(self, topic: str) -> None:
        """Ring once the transaction is kept."""
        ...
