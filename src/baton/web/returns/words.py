"""How the console says what the rules of returns found."""

from baton.core.return_states import State
from baton.core.returns import Reason
from baton.services.desk.return_board import Wanted

WANTED = {
    Wanted.TO_DECIDE: "To be decided",
    Wanted.TO_PAY: "To be paid back",
    Wanted.TO_CHECK: "To be checked",
    Wanted.FLAGGED: "Flagged",
    Wanted.REFUSED: "Refused",
    Wanted.ENDED: "Ended",
    Wanted.ALL: "All",
}
STATES = {
    State.ASKED: "asked",
    State.SPECIALIST: "to be decided",
    State.REFUSED: "refused",
    State.APPROVED: "accepted",
    State.LABELLED: "label out",
    State.REFUNDED: "paid back",
    State.WITHDRAWN: "withdrawn",
}
REASONS = {
    Reason.SIZE: "Wrong size",
    Reason.MIND: "Changed their mind",
    Reason.WRONG_ITEM: "Not what was ordered",
    Reason.DAMAGED: "Damaged",
    Reason.OTHER: "Something else",
}
RULES = {
    "disputed": "Not disputed with the bank",
    "window": "Within the window",
    "paid": "Paid, and not given back",
    "returnable": "May come back at all",
    "not_back_yet": "Not on its way back already",
    "items_named": "It is said which pieces come back",
    "photos": "Enough photos",
    "clear_photos": "Photos large and sharp enough",
    "damage": "No damage to be seen by a person",
    "value": "Not above the amount for a specialist",
    "in_launch": "Among what the rules decide",
    "repeated": "Not one of many returns",
    "addresses": "Shipped to the address of the bill",
    "unusual_sum": "No unusual sum for this account",
    "photo_seen_before": "Photos not shown before",
}
WEIGHTS = {
    "person": "always a person",
    "hard": "refuses",
    "soft": "calls a specialist",
    "fraud": "flags",
}
DEEDS = {
    "return_asked": "Asked for",
    "return_specialist": "Left to a specialist",
    "return_approved": "Accepted",
    "return_refused": "Refused",
    "return_labelled": "Label issued",
    "return_label_voided": "Label taken back",
    "return_refunded": "Paid back",
    "return_withdrawn": "Withdrawn",
    "return_audited": "Looked at afterwards",
    "approval_proposed": "Refund proposed",
    "approval_approved": "Refund granted",
    "approval_declined": "Refund declined",
    "approval_carried_out": "Refund ordered",
    "approval_done": "Refund carried out",
    "approval_failed": "Refund failed",
    "approval_withdrawn": "Refund withdrawn",
    "approval_expired": "Nobody answered in time",
    "approval_passed_on": "Passed on to the next who may grant it",
    "approval_reconsidered": "Answer taken back",
}
OUTCOMES = {"approved": "Accept", "specialist": "Leave it to a specialist", "refused": "Refuse"}
