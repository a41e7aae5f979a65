"""A turn of a contact who takes part in an experiment on a limit of the policy (AB1).

The contact is exposed in the first turn that another arm would have decided otherwise: all
others are the same in every arm, and counting them would only blur the difference.
"""

from msgspec.structs import replace

from baton.core.experiments import Arm, LimitTrial
from baton.core.policy import with_overrides
from baton.flows import turn as turns
from baton.flows.scene import Said
from baton.flows.signals import Signals
from baton.flows.standing import Setting, Standing
from baton.flows.turn import Turn
from baton.services.conversation.case_file import CaseFile
from baton.store.rows import ContactRow, ExposureRow


def decide(
    file: CaseFile, contact: ContactRow, said: Said, read: Signals, standing: Standing
) -> Turn:
    """Decide a contact's turn by the limits that they were dealt."""
    setting, now = file.setting, file.ledger.now
    dealt = [(trial, trial.arm_of(contact.id)) for trial in setting.trials]
    for trial, arm in dealt:
        setting = _with(setting, trial, arm)
    turn = turns.decide(said, read, standing, setting, now=now)
    for trial, arm in dealt:
        others = (other for other in trial.arms if other != arm)
        elsewhere = (_with(setting, trial, other) for other in others)
        if any(
            _course(turns.decide(said, read, standing, one, now=now)) != _course(turn)
            for one in elsewhere
        ):
            _expose(file, contact, trial, arm)
    return turn


def _with(setting: Setting, trial: LimitTrial, arm: Arm) -> Setting:
    return replace(setting, policy=with_overrides(setting.policy, {trial.field: int(arm.name)}))


def _course(turn: Turn) -> tuple[str, str, bool]:
    return turn.decision, turn.reason, turn.handoff is None


def _expose(file: CaseFile, contact: ContactRow, trial: LimitTrial, arm: Arm) -> None:
    file.ledger.add(
        ExposureRow(
            id=file.ledger.next_id(),
            workspace_id=contact.workspace_id,
            contact_id=contact.id,
            flow="",
            version=0,
            split=trial.name,
            variant=arm.name,
            at=file.ledger.now,
        )
    )
