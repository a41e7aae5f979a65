"""Files that somebody checked and then left alone: dropped, with what they hold of people."""

from datetime import datetime, timedelta

from baton.core.fates import Step
from baton.store.models import Import, ImportFault, ImportPage

LEFT_FOR = timedelta(days=7)
"""How long a file that was checked waits for somebody to import it."""

_UNFINISHED = (Step.READING.value, Step.CHECKED.value)


def prune(workspace_id: str, now: datetime) -> None:
    """Drop files that were left before anything of them was kept; the lines of others stay."""
    left = Import.objects.filter(workspace_id=workspace_id, state__in=_UNFINISHED)
    ids = list(left.filter(made_at__lt=now - LEFT_FOR).values_list("id", flat=True))
    ImportPage.objects.filter(import_id__in=ids).delete()
    ImportFault.objects.filter(import_id__in=ids).delete()
    Import.objects.filter(id__in=ids).delete()
