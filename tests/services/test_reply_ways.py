"""A person's reply: by which way it goes, in whose words, and what stands against it."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from baton.config.stories.parts import Says
from baton.config.stories.world import World
from baton.core.consent import Purpose
from baton.core.errors import Conflict, InvalidInput
from baton.services.delivery import templates
from baton.services.desk import agents, reply_ways, resending
from baton.services.desk.reply_ways import Aim, Offer, Way
from baton.store.models import Consent, Message, TemplateVersion
from tests.services.test_templates import approve, world, written

__all__ = ["world"]  # the fixture: mia is known on WhatsApp and by SMS
SAID = "Reminder: Yoga at 9 is tomorrow. Do you come?"


@dataclass(kw_only=True)
class Talk:
    """Sam's conversation with mia, who wrote on WhatsApp."""

    world: World
    id: str

    def reply(self, text: str = "Hello Mia", aim: Aim = reply_ways.HERE) -> Message:
        world = self.world
        agents.reply(world.house, world.users["sam"], self.id, text, aim=aim)
        world.run_idle()
        return Message.objects.filter(author="agent").latest("id")

    @property
    def ways(self) -> dict[str, Way]:
        found = reply_ways.list_for(self.world.house, self.world.users["sam"], self.id)
        return {way.route.channel: way for way in found}

    @property
    def offers(self) -> tuple[Offer, ...]:
        user = self.world.users["sam"]
        return reply_ways.list_offers(self.world.house, user, self.id, "whatsapp")


@pytest.fixture
def talk(world: World) -> Talk:
    world.say(Says.model_validate({"who": "mia", "text": "I want a person"}))
    contact = world.find_contact("mia")
    assert contact
    assert contact.conversation_id
    agents.accept(world.house, world.users["sam"], contact.conversation_id)
    return Talk(world=world, id=contact.conversation_id)


@pytest.mark.req("C6")
def test_in_the_window_any_words_go_and_it_is_known_until_when(talk: Talk) -> None:
    now = talk.world.now
    assert not talk.ways["whatsapp"].is_shut(now)
    assert talk.ways["whatsapp"].open_until == now + timedelta(hours=24)
    assert talk.reply().delivery == "sent"


@pytest.mark.req("C6", "TP3")
def test_out_of_it_a_chosen_template_goes_with_its_blanks_filled_in(talk: Talk) -> None:
    row = approve(talk.world)
    talk.world.pass_time(timedelta(hours=25))
    assert talk.ways["whatsapp"].is_shut(talk.world.now)
    with pytest.raises(Conflict, match="Choose a template"):
        talk.reply()
    [offer] = talk.offers
    assert offer.blanks == (("run.class_name", ""),)
    for values in ((), ("",)):
        with pytest.raises(InvalidInput):
            talk.reply(aim=Aim(version_id=row.id, values=values))
    message = talk.reply(aim=Aim(version_id=row.id, values=("Yoga at 9",)))
    unsealed = talk.world.house.keyset.unseal(message.body_sealed, f"message:{message.id}")
    assert (unsealed, message.delivery, message.template) == (SAID, "sent", "class_tomorrow")
    weight = reply_ways.weigh(
        talk.world.house, talk.world.users["sam"], talk.ways["whatsapp"], SAID,
        reply_ways.fill_in(talk.offers, Aim(version_id=row.id, values=("Yoga",))),
    )  # fmt: skip
    assert weight.cost == talk.world.policy.whatsapp_template_price


@pytest.mark.req("C6", "C27")
def test_a_template_that_is_sent_again_is_still_one(talk: Talk) -> None:
    row = approve(talk.world)
    talk.world.pass_time(timedelta(hours=25))
    first = talk.reply(aim=Aim(version_id=row.id, values=("Yoga",)))
    Message.objects.filter(id=first.id).update(delivery="failed")
    house, sam = talk.world.house, talk.world.users["sam"]
    resending.send_again(house, sam, talk.id, first.id)
    talk.world.run_idle()
    again = Message.objects.get(instead_of_id=first.id)
    assert (again.delivery, again.template) == ("sent", "class_tomorrow")
    Message.objects.filter(id=again.id).update(delivery="failed", stand_in_sealed=b"")
    with pytest.raises(Conflict, match="approved"):
        resending.send_again(house, sam, talk.id, again.id)


def test_a_template_that_is_none_or_sells_is_not_offered(talk: Talk) -> None:
    offer = replace(written(), name="half_price", purpose=Purpose.PROMOTIONAL)
    house, workspace_id = talk.world.house, talk.world.workspace_id
    row = templates.save(house, workspace_id, offer, by="user:robin")
    templates.submit(house, workspace_id, row.id, by="user:robin")
    talk.world.pass_time(timedelta(hours=25))
    assert talk.offers == ()
    with pytest.raises(Conflict, match="not approved"):
        talk.reply(aim=Aim(version_id=row.id, values=("Yoga",)))
    TemplateVersion.objects.all().delete()


@pytest.mark.req("C16", "P1")
def test_another_channel_needs_their_word_and_stop_wins_there_too(talk: Talk) -> None:
    assert "not agreed" in talk.ways["sms"].refusal
    with pytest.raises(Conflict, match="not agreed"):
        talk.reply(aim=Aim(channel="sms"))
    with pytest.raises(Conflict, match="no address"):
        talk.reply(aim=Aim(channel="email"))
    facts = {"purpose": "service", "source": "at the desk", "channel": "sms"}
    talk.world.report("mia", "consent_given", facts)
    message = talk.reply("It is booked.", aim=Aim(channel="sms"))
    assert (message.channel, message.delivery) == ("sms", "sent")
    sam = talk.world.users["sam"]
    weight = reply_ways.weigh(talk.world.house, sam, talk.ways["sms"], "é" * 161, None)
    assert weight.size
    assert (weight.size.parts, weight.cost) == (2, 2 * talk.world.policy.sms_part_price)
    talk.world.report("mia", "consent_withdrawn", {**facts, "purpose": "all"})
    assert Consent.objects.exists()
    with pytest.raises(Conflict, match="opted out of sms"):
        talk.reply(aim=Aim(channel="sms"))
