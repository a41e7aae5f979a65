"""The appointment flow with a small pack, ready to be played on a few people."""

from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

from baton.core.confidence import ConfidencePolicy, base_of
from baton.core.hours import BusinessHours
from baton.core.json import Json
from baton.core.policy import Policy
from baton.core.routing import OnDuty, Staffing
from baton.flows import document, signals
from baton.flows.document import Flow, Library
from baton.flows.simulation import people, report
from baton.flows.simulation.people import People
from baton.flows.simulation.report import Plan, Report
from baton.flows.standing import Setting
from baton.services.flows import simulations
from baton.services.writing import documents
from tests.flows.scenes import FACTS, a_pack

FLOW_FILE = Path(__file__).parent / "appointment_reminders.yaml"
_FAQ: Json = {
    "flow": "faq",
    "title": "Questions",
    "owner": "CX lead",
    "trigger": {"on": "message"},
    "start": "answer",
    "steps": {
        "answer": {"type": "answer", "answered": "done", "unanswered": "done"},
        "done": {"type": "end"},
    },
}


def read_flow(**changes: Json) -> Flow:
    """Return the appointment flow, some keys of its head changed."""
    value = documents.read(FLOW_FILE.read_text("utf-8"), file=FLOW_FILE.name).value
    assert isinstance(value, dict)
    return document.parse({**value, **changes})


def a_setting(*flows: Flow) -> Setting:
    pack = a_pack()
    pack = replace(pack, copy={**pack.copy, "opt_out_footer": "Reply STOP to opt out."})
    policy = Policy()
    known = {(one.name, 1): one for one in (*flows, document.parse(_FAQ))}
    return Setting(
        pack=pack,
        policy=policy,
        confidence=ConfidencePolicy(
            base=base_of(policy), guarded=signals.guarded_intents(pack, policy)
        ),
        library=Library(flows=known, live=dict.fromkeys((name for name, _v in known), 1)),
        facts=FACTS,
        staffing=Staffing(
            agents=(
                OnDuty(
                    user_id="sam",
                    skills=frozenset({"general", "billing", "bookings"}),
                    open_conversations=0,
                ),
            ),
            waiting={},
        ),
        hours=BusinessHours(zone=ZoneInfo("Europe/London")),
    )


def assume(**over: Json) -> People:
    """Return the assumptions that ship, some of them replaced."""
    return people.parse(people.merged(simulations.shipped(), over))


def play(flow: Flow, plan: Plan, who: People | None = None) -> Report:
    return report.simulate(flow, a_setting(flow), who or assume(), plan)
