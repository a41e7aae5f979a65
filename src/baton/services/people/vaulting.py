"""Raw identifiers go into the vault, and their tokens everywhere else (P5, P9)."""

from baton.core.privacy import Tokenise
from baton.services.ledger import Ledger
from baton.store.rows import VaultRow


def tokeniser(ledger: Ledger, workspace_id: str) -> Tokenise:
    """Return a tokeniser that keeps each raw value in the vault, and there alone."""
    keyset = ledger.house.keyset

    def tokenise(kind: str, value: str) -> str:
        token = keyset.token(workspace_id, kind, value)
        ledger.add(
            VaultRow(
                id=ledger.next_id(),
                workspace_id=workspace_id,
                kind=kind,
                token=token,
                value_sealed=keyset.seal(value, f"vault:{workspace_id}:{token}"),
            )
        )
        return token

    return tokenise
