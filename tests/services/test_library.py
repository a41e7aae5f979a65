"""The library: every template is whole, says what its rows say, and can be read aloud anywhere."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest

from baton.core.errors import NotFound
from baton.core.json import Json
from baton.core.keywords import Keyword, find
from baton.flows import conditions
from baton.flows.charter import Charter, Stance
from baton.flows.document import Flow, Library
from baton.flows.render import Manner, mentions_in, render
from baton.flows.steps.ask import Ask
from baton.flows.steps.offer import Offer
from baton.flows.values import ValueType
from baton.flows.wording import Wording
from baton.services.workspace import library
from baton.services.workspace.library import PLUG_AND_PLAY, FlowTemplate, load_template
from baton.services.workspace.packs import load_pack

Made = TypeVar("Made")
NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
TEMPLATES = library.list_templates()
FLOWS = Library(
    flows={(one.name, 1): one.flow for one in TEMPLATES}, live={one.name: 1 for one in TEMPLATES}
)
WORLD: dict[str, object] = {
    "business": {"name": "FitLocal"},
    "location": {"name": "FitLocal Harbour", "phone": "555-0123", "address": "12 Harbour Street"},
    "contact": {"name": "Sara", "first_name": "Sara", "tags": [], "offers": [], "consents": []},
}
SAMPLES: Mapping[ValueType, Json] = {
    ValueType.TEXT: "BK7741",
    ValueType.NUMBER: 2,
    ValueType.DECIMAL: 1.5,
    ValueType.MONEY: 4500,
    ValueType.TIME: "2026-05-07T18:00:00+00:00",
    ValueType.DATE: "2026-05-07",
    ValueType.FLAG: False,
    ValueType.WORDS: ["one"],
}
URL = "https://fl.example/b/7741"
SPANISH = {"no_show_offer", "collect_evidence", "return_decision", *PLUG_AND_PLAY}
DOCS = Path(__file__).parents[2] / "docs" / "library.md"
FOOTER = "Reply STOP to opt out."


def wordings() -> Iterator[tuple[Flow, str, Wording]]:
    for template in TEMPLATES:
        for name, step in template.flow.steps.items():
            for wording in step.wordings.values():
                yield template.flow, name, wording


def samples_of(flow: Flow) -> dict[str, Json]:
    return {name: URL if name.endswith("_url") else SAMPLES[kind] for name, kind in flow.names}


def gates_of(charter: Charter) -> set[tuple[str, str, float]]:
    return {(gate.kpi, gate.stance.value, gate.limit) for gate in charter.gates}


def named(template: FlowTemplate) -> str:
    return template.name


@pytest.mark.req("TP1", "TP5")
def test_the_five_come_first_and_every_name_is_its_files() -> None:
    names = [template.name for template in TEMPLATES]
    assert tuple(names[: len(PLUG_AND_PLAY)]) == PLUG_AND_PLAY
    assert len(names) == len(set(names))
    assert all(load_template(name).flow.name == name for name in names)
    with pytest.raises(NotFound):
        load_template("../packs/fitness/pack")


@pytest.mark.req("PE3", "R7")
def test_every_queue_that_a_flow_names_is_one_of_the_pack() -> None:
    named = {queue for template in TEMPLATES for queue in template.needs.queues}
    assert {"returns", "concierge"} <= named
    assert named <= {queue.name for queue in load_pack("fitness").queues}


_TOWEL = "Book now and get a free towel for your first visit"
_HELPS = ["Hi Sara", "FitLocal", "save 10%", "reply and we can book for you"]
_STEPS = ["Download the app", "Book a class", "Bring"]
_PHONE = ("whatsapp", "sms")
SAID = [
    # (row, flow and step, its channels, what it says there, the words of its link)
    ("M3", "order_updates.shipped", _PHONE, ["ships today"], "Track"),
    ("M12", "onboarding.welcome_offer", _PHONE, ["48 hours", "10%"], "See free slots"),
    ("M13", "onboarding.guide", ("email",), _STEPS, "Watch how it works"),
    ("M14", "onboarding.classes", _PHONE, ["BK7741"], "Save my place"),
    ("M15", "onboarding.towel", ("sms", "whatsapp"), [_TOWEL], "Book now"),
    ("M16", "onboarding.welcome_offer", ("whatsapp",), _HELPS, "See free slots"),
    ("M22", "onboarding_lite.welcome", ("email",), ["first class"], "Book my first class"),
    ("M22", "onboarding_lite.tip", ("whatsapp",), ["quick tip"], "Book a class"),
    ("M22", "onboarding_lite.trainer", ("email",), ["free one-on-one"], "Choose a time"),
    ("M27", "winback.remind", _PHONE, ["waiting", "reply 1"], "Book a class"),
    ("C13", "winback.incentive", ("email",), ["How it works"], "Book a class"),
    ("TP11", "appointment_reminders.remind_day", _PHONE, ["Reply 1 to confirm"], "Move it"),
    ("TP11", "appointment_reminders.remind_hours", _PHONE, ["Reply HELP for changes"], ""),
    ("NP5", "nps_recovery.ask", ("sms", "whatsapp"), ["0", "10"], ""),
]


@pytest.mark.req("M3", "M12", "M13", "M14", "M15", "M16", "M22", "M27", "C12", "C13", "NP5", "TP11")
@pytest.mark.parametrize(("row", "place", "channels", "words", "link"), SAID)
def test_what_a_row_wants_said_is_said_on_its_channels(
    row: str, place: str, channels: tuple[str, ...], words: list[str], link: str
) -> None:
    flow, _, step = place.partition(".")
    found = load_template(flow).flow
    wording = found.steps[step].wordings[""]
    assert (wording.channels or found.channels)[: len(channels)] == channels, row
    facts = {**WORLD, "run": samples_of(found)}
    for channel in channels:
        text = render(wording.body_on(channel, "en"), facts, Manner(locale="en"))
        assert [one for one in words if one not in text] == [], (row, channel)
    assert (wording.link_label_in("en") if wording.link else "") == link, row


TP1: Mapping[str, tuple[str, tuple[str, ...], str, set[tuple[str, str, float]]]] = {
    "faq_triage": (
        "a message that no other flow waits for",
        ("webchat", "whatsapp", "sms"),
        "deflection_rate",
        {("deflection_rate", "at_least", 0.20), ("escalation_rate", "at_most", 0.10)},
    ),
    "appointment_reminders": (
        "booking created",
        ("whatsapp", "sms", "email"),
        "no_show_rate",
        {
            ("no_show_reduction", "at_least", 0.20),
            ("reschedule_call_reduction", "at_least", 0.30),
            ("escalation_rate", "at_most", 0.10),
            ("csat_change", "at_least", 0),
        },
    ),
    "onboarding": (
        "membership started",
        ("whatsapp", "sms", "email"),
        "activation_rate",
        {
            ("escalation_rate", "at_most", 0.12),
            ("csat_change", "at_least", 0),
            ("activation_lift", "at_least", 0),
        },
    ),
    "returns": (
        "the word RETURN, or a message about return start",
        ("whatsapp", "webchat", "email"),
        "returns_without_agent",
        {
            ("returns_without_agent", "at_least", 0.50),
            ("hours_to_resolution", "at_most", 48),
            ("resolution_time_reduction", "at_least", 0.50),
            ("fraud_exception_rate", "at_most", 0.02),
            ("csat_change", "at_least", 0),
        },
    ),
    "nps_recovery": (
        "visit ended",
        ("sms", "whatsapp", "email"),
        "detractor_conversion",
        {
            ("nps_response_rate", "at_least", 0.20),
            ("detractor_conversion", "at_least", 0.20),
            ("hours_to_contact", "at_most", 24),
        },
    ),
}


@pytest.mark.req(
    "TP1",
    "FQ12",
    "FQ14",
    "AP21",
    "AP23",
    "AP30",
    "X20",
    "X22",
    "NP16",
    "NP22",
    "X7",
    "ON13",
    "RT14",
)
@pytest.mark.parametrize("name", PLUG_AND_PLAY)
def test_each_of_the_five_has_the_trigger_channels_metric_and_gates_of_its_row(name: str) -> None:
    trigger, channels, metric, gates = TP1[name]
    flow = load_template(name).flow
    assert library.render_trigger(flow.trigger) == trigger
    assert flow.channels == channels
    assert flow.charter.metric == metric
    assert gates <= gates_of(flow.charter)


@pytest.mark.req("X21", "AP20")
def test_fewer_calls_to_move_are_asked_for_from_thirty_percent_and_told_up_to_fifty() -> None:
    template = library.load_template("appointment_reminders")
    assert ("reschedule_call_reduction", "at_least", 0.3) in gates_of(template.flow.charter)
    assert "30% to 50% fewer calls to move" in template.success


@pytest.mark.req("BI2", "RN2")
def test_billing_and_renewals_are_held_to_what_they_are_for() -> None:
    billing = library.load_template("billing_reminder").flow.charter
    assert (billing.metric, billing.efficiency) == ("paid_on_time_rate", ("billing_follow_ups",))
    renewal = library.load_template("renewal").flow.charter
    assert renewal.metric == "renewal_rate"


@pytest.mark.req("GV2", "GV5", "K14", "K25", "K37", "X31", "X26", "PL11", "E17", "E19", "T11")
@pytest.mark.parametrize("template", TEMPLATES, ids=named)
def test_every_template_is_accountable(template: FlowTemplate) -> None:
    charter, flow = template.flow.charter, template.flow
    assert template.about
    assert template.success
    assert charter.owner == "CX lead"
    assert charter.technical_owner == "Systems engineer"
    assert charter.rollback == "Operations lead"
    assert charter.metric
    assert charter.efficiency
    assert charter.experience
    assert len(charter.efficiency + charter.experience) <= 2  # one or two that catch side effects
    assert charter.gates
    assert charter.triage is not None
    assert charter.triage.emotion == 0
    assert {"hard_stop", "asked_for_person"} <= {one.value for one in charter.escalates_on}
    assert len(set(charter.escalates_on)) >= 3  # E17: a floor, not a cap
    assert flow.channels
    assert all(gate.stance in Stance for gate in charter.gates)


@pytest.mark.parametrize("template", TEMPLATES, ids=named)
def test_every_condition_is_sound_and_every_name_is_known(template: FlowTemplate) -> None:
    flow = template.flow
    known = {name for name, _kind in flow.names}
    for name, step in flow.steps.items():
        for path, (source, returns) in step.expressions.items():
            assert not conditions.find_mistake(source, flow.names, returns=returns), (name, path)
        texts = [text for wording in step.wordings.values() for text in wording.sources.values()]
        for text in (*texts, *step.texts.values()):
            for mention in mentions_in(text):
                assert mention.path[0] in {"run", "business", "location", "contact"}, name
                assert mention.path[0] != "run" or mention.path[1] in known, (name, mention)
    for source in (flow.trigger.when, flow.trigger.segment, flow.goal.when if flow.goal else ""):
        assert not source or not conditions.find_mistake(source, flow.names), source


@pytest.mark.req("TP2", "TP3", "TP5", "U19")
def test_every_text_reads_on_every_channel_in_every_language() -> None:
    for flow, step, wording in wordings():
        facts = {**WORLD, "run": samples_of(flow)}
        for locale in ("en", *wording.translations):
            manner = Manner(locale=locale)
            for channel in wording.channels or flow.channels:
                text = render(wording.body_on(channel, locale), facts, manner)
                assert text, (flow.name, step)
                assert "{" not in text, (flow.name, step)
            if wording.link:
                assert render(wording.link_label_in(locale), facts, manner)
                assert render(wording.link.url, facts, manner).startswith("https://") or (
                    flow.name == "winback"  # its first step holds the address to put in
                )


@pytest.mark.req("TP5", "BI1")
def test_what_goes_by_email_first_has_a_subject() -> None:
    for flow, step, wording in wordings():
        if (wording.channels or flow.channels)[0] == "email":
            assert wording.subject, (flow.name, step)


@pytest.mark.req("U19", "TP3")
def test_the_five_and_their_parts_speak_spanish() -> None:
    for flow, step, wording in wordings():
        if flow.name not in SPANISH:
            continue
        spanish = wording.translation_to("es-MX")
        assert spanish is not None, (flow.name, step)
        assert bool(spanish.subject) is bool(wording.subject), (flow.name, step)
        assert bool(spanish.link_label) is bool(wording.link), (flow.name, step)
        for path, text in wording.sources.items():
            if path == "text":
                assert [one.path for one in mentions_in(text) if one.path[0] == "run"] == [
                    one.path for one in mentions_in(spanish.text) if one.path[0] == "run"
                ], (flow.name, step)
    for name in SPANISH:
        for step_ in load_template(name).flow.steps.values():
            if isinstance(step_, Ask):
                assert all(option.labels.get("es") for option in step_.options), name


# https://www.twilio.com/docs/glossary/what-is-gsm-7-character-encoding; á, í, ó, ú are not in it.
GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)


def segments_of(text: str) -> int:
    whole, part = (160, 153) if set(text) <= GSM else (70, 67)
    return 1 if len(text) <= whole else -(-len(text) // part)


@pytest.mark.req("TP4", "C7")
def test_an_sms_is_two_segments_at_most_with_its_link_and_footer() -> None:
    many = []
    for flow, step, wording in wordings():
        if "sms" not in (wording.channels or flow.channels):
            continue
        facts = {**WORLD, "run": samples_of(flow)}
        for locale in ("en", *wording.translations):
            manner = Manner(locale=locale)
            text = render(wording.body_on("sms", locale), facts, manner)
            link = f"\n{wording.link_label_in(locale)}: {URL}" if wording.link else ""
            footer = f"\n{FOOTER}" if wording.is_signed_off else ""
            segments = segments_of(text + link + footer)
            assert segments <= 2, (flow.name, step, locale)
            many += [(flow.name, step, locale)] * (segments - 1)
    # Most are one; English ones always, so that a reminder costs what people expect.
    assert all(locale == "es" for _flow, _step, locale in many), many


@pytest.mark.req("TP4", "FQ3")
def test_a_text_has_one_call_to_action() -> None:
    for flow, step, wording in wordings():
        for text in wording.sources.values():
            assert "http" not in text.replace("{{", ""), (flow.name, step)


@pytest.mark.req("TP6", "X25", "P16")
def test_offers_are_made_in_promotional_flows_alone_or_after_a_plain_no() -> None:
    offering = {
        template.name
        for template in TEMPLATES
        for step in template.flow.steps.values()
        if isinstance(step, Offer)
    }
    purposes = {name: load_template(name).flow.charter.purpose.value for name in offering}
    assert {name for name, purpose in purposes.items() if purpose != "promotional"} == {
        "nps_recovery"  # its coupon is what the customer asked for (X18)
    }


@pytest.mark.req("C18", "TP10")
def test_no_choice_takes_the_words_that_end_messages_or_call_a_person() -> None:
    for template in TEMPLATES:
        for step in template.flow.steps.values():
            for option in step.options if isinstance(step, Ask) else ():
                keywords = {find(word) for word in option.choice.words} - {None, Keyword.HELP}
                assert not keywords, (template.name, option)


def test_a_template_says_what_it_needs() -> None:
    needs = load_template("appointment_reminders").needs
    assert {"booking_created", "booking_moved", "booking_cancelled", "booking_no_show"} <= set(
        needs.events
    )
    assert set(needs.actions) == {"confirm_booking", "cancel_booking", "restore_booking"}
    assert needs.flows == ("no_show_offer",)
    assert needs.queues == ("bookings",)
    assert {"booking_tomorrow", "no_show_offer"} <= set(needs.templates)
    assert "check_return" in load_template("returns").needs.actions  # by a flow it goes through
    assert load_template("csat_after_resolution").needs.events == ()  # Baton's own


def test_every_flow_that_is_gone_through_is_in_the_library() -> None:
    names = {template.name for template in TEMPLATES}
    assert all(set(template.needs.flows) <= names for template in TEMPLATES)


@pytest.mark.parametrize("template", TEMPLATES, ids=named)
def test_the_docs_have_a_row_for_every_template(template: FlowTemplate) -> None:
    flow, needs = template.flow, template.needs
    cells = (
        flow.title,
        f"`{flow.name}`",
        library.render_trigger(flow.trigger),
        ", ".join(flow.channels),
        flow.charter.metric,
        ", ".join((*needs.events, *needs.actions)) or "nothing",
    )
    assert f"| {' | '.join(cells)} |" in DOCS.read_text("utf-8").replace("\\|", "|")
