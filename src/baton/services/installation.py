"""Holds the database and the keyset together: one without the other opens nothing."""

from datetime import datetime

from baton.core.errors import Conflict
from baton.store.crypto import Keyset
from baton.store.keyset_file import KeysetFile
from baton.store.models import Installation


def open_keyset(file: KeysetFile, *, now: datetime) -> Keyset:
    """Return the keyset of this database, made if both are fresh; raises Conflict otherwise."""
    if not file.path.exists() and Installation.objects.exists():
        message = (
            f"The database was sealed with a keyset, but {file.path} is missing. "
            "Put keyset.json back from your backup; no other opens what is sealed."
        )
        raise Conflict(message)
    keyset = file.load(now)
    verify_keyset(keyset)
    return keyset


def verify_keyset(keyset: Keyset) -> None:
    """Bind the database to its first keyset; raises Conflict for any other from then on."""
    fingerprint = keyset.fingerprint("keyset", "baton")
    kept, _is_first = Installation.objects.get_or_create(
        id=1, defaults={"keyset_fingerprint": fingerprint}
    )
    if kept.keyset_fingerprint != fingerprint:
        message = (
            "The keyset does not belong to this database. Put back the keyset.json that was "
            "made with it, or set BATON_HOME and BATON_DATABASE_URL to a pair."
        )
        raise Conflict(message)
