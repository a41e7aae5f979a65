"""What was learned of who leaves, as it is kept: whether it may be used, and whether it is."""

import msgspec

from baton.core.churn_model import LEAST_GAIN, Model
from baton.core.errors import Conflict
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.store.models import ChurnModel

NO_BETTER = "What was learned ranks past days no better than the rules do, so it is not used."


def find(workspace_id: str) -> ChurnModel | None:
    """Return what was learned last, None before anything was tried."""
    return ChurnModel.objects.filter(workspace_id=workspace_id).first()


def in_use(workspace_id: str) -> Model | None:
    """Return what scores go by, None for the rules."""
    used = ChurnModel.objects.filter(workspace_id=workspace_id, used_at__isnull=False)
    packed = used.values_list("weights", flat=True).first()
    return msgspec.json.decode(packed, type=Model) if packed else None


def may_be_used(row: ChurnModel) -> bool:
    """Return whether it was better than the rules on days that it had not seen (CH3)."""
    return bool(row.weights) and row.auc_model - row.auc_rules >= LEAST_GAIN


def use(house: House, workspace_id: str, *, actor: str) -> None:
    """Let scores go by what was learned from the next day on; raises Conflict."""
    with house.engine.transaction():
        row = ChurnModel.objects.select_for_update().filter(workspace_id=workspace_id).first()
        if row is None or not may_be_used(row):
            raise Conflict(NO_BETTER)
        row.used_at = house.clock.now()
        row.save(update_fields=["used_at"])
        _note(house, row, actor, "churn_model_used")


def leave(house: House, workspace_id: str, *, actor: str) -> None:
    """Let scores go by the rules from the next day on."""
    with house.engine.transaction():
        row = ChurnModel.objects.select_for_update().filter(workspace_id=workspace_id).first()
        if row is not None and row.used_at is not None:
            row.used_at = None
            row.save(update_fields=["used_at"])
            _note(house, row, actor, "churn_model_left")


def keep(house: House, found: ChurnModel) -> None:
    """Keep what was learned now; one in use is put in its place, or left if it is no better."""
    with house.engine.transaction():
        known = ChurnModel.objects.select_for_update().filter(workspace_id=found.workspace_id)
        before = known.first()
        if before is not None:
            found.id, found.used_at = before.id, before.used_at
        is_left = found.used_at is not None and not may_be_used(found)
        found.used_at = None if is_left else found.used_at
        found.save(force_insert=before is None)
        _note(house, found, "system", "churn_model_tried")
        if is_left:
            _note(house, found, "system", "churn_model_left")


def _note(house: House, row: ChurnModel, actor: str, deed: str) -> None:
    ledger = Ledger(house, house.clock.now())
    ledger.audit(
        row.workspace_id, actor, deed, f"workspace:{row.workspace_id}",
        contacts=row.contacts, auc_model=round(row.auc_model, 3), auc_rules=round(row.auc_rules, 3),
    )  # fmt: skip
    ledger.ring(f"workspace:{row.workspace_id}")
    ledger.flush()
