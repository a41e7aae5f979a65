"""A text may have channels of its own: a long one goes by email, whatever the flow prefers."""

import dataclasses

import pytest
from msgspec.structs import replace

from baton.core.template import ApprovedTemplate
from baton.flows.wording import Translation, Wording
from tests.flows.scenes import a_scene

APPROVED = ApprovedTemplate(
    version_id="v1",
    name="due",
    provider_name="due",
    language="en",
    body="It is due on {{ run.at | day }} at last.",
)
LONG = Wording(text="Three steps.", by_channel={"email": "Three steps, at length."})


@pytest.mark.req("C14", "C9")
def test_a_text_with_channels_of_its_own_is_worded_for_the_first_of_them() -> None:
    by_email = Wording(text=LONG.text, by_channel=LONG.by_channel, channels=("email", "sms"))
    said = {
        channel: by_email.body_on(by_email.channel_for(channel), "en")
        for channel in ("whatsapp", "sms", "email")
    }
    assert said == {
        "whatsapp": "Three steps, at length.",
        "sms": "Three steps.",
        "email": "Three steps, at length.",
    }


def test_a_text_without_them_goes_where_the_contact_is() -> None:
    assert LONG.body_on(LONG.channel_for("sms"), "en") == "Three steps."


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("en", ("See you.\nReply STOP to opt out.", "Thanks!")),
        ("es-MX", ("Nos vemos.\nResponde STOP.", "Gracias")),
        ("fr", ("See you.\nReply STOP to opt out.", "Thanks!")),
    ],
)
def test_thanks_and_the_opt_out_line_speak_the_contacts_language(
    locale: str, expected: tuple[str, str]
) -> None:
    scene = a_scene(given={"locale": locale})
    footers = {**scene.pack.copy, "opt_out_footer_es": "Responde STOP."}
    scene = replace(scene, pack=dataclasses.replace(scene.pack, copy=footers))
    signed = Wording(
        text="See you.", is_signed_off=True, translations={"es": Translation(text="Nos vemos.")}
    )
    assert (scene.say(signed).text, scene.fill_in("Thanks!", {"es": "Gracias"})) == expected


def test_what_is_not_said_in_their_language_is_wholly_in_the_texts_own() -> None:
    scene = a_scene(given={"locale": "es"})
    scene = replace(scene, manner=replace(scene.manner, written_in="en"), templates=(APPROVED,))
    told = Wording(text="Due {{ run.at | day }}.", template="due")
    both = dataclasses.replace(
        told, translations={"es": Translation(text="Vence el {{ run.at | day }}.")}
    )
    scene = replace(scene, variables={"at": "2026-06-12"})
    english, spanish = scene.say(told), scene.say(both)
    assert (english.text, spanish.text) == (
        "Due Friday, June 12.",
        "Vence el viernes, 12 de junio.",
    )
    assert english.stand_ins["whatsapp"].text == "It is due on Friday, June 12 at last."
    assert scene.fill_in("{{ run.at | day }}", {}) == "Friday, June 12"
    assert scene.fill("{{ run.at | day }}") == "Friday, June 12"
