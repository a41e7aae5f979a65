"""The messages of a flow are switched one by one, in its draft, before anything costs."""

import pytest

from baton.core.roles import Role
from baton.services.flows import flow_drafts, flow_messages, flow_publishing, flow_sources
from baton.services.workspace import library
from baton.store.models import FlowDraft, FlowVersion
from tests.web.conftest import Gym, Screen

PAGE = "/flows/order_updates/messages"


def _begin(gym: Gym) -> Screen:
    robin = gym.screen_of(gym.hire("Robin", Role.MANAGER))
    flow_drafts.begin(gym.house, robin.user, library.load_template("order_updates").source)
    return robin


def _are_on(screen: Screen) -> dict[str, bool]:
    writing = flow_drafts.open_flow(screen.user, "order_updates")
    return {one.step: one.is_on for one in flow_messages.list_messages(writing)}


def _switch(screen: Screen, step: str, **seen: str) -> int:
    writing = flow_drafts.open_flow(screen.user, "order_updates")
    one = next(m for m in flow_messages.list_messages(writing) if m.step == step)
    posted = {
        "step": step,
        "seen": seen.get("seen", one.seen),
        **({} if one.is_on else {"is_on": "on"}),
    }
    return screen.post(PAGE, posted).status


@pytest.mark.req("OR10", "OR11")
def test_each_message_has_a_switch_and_nothing_changes_before_it_is_published(gym: Gym) -> None:
    robin = _begin(gym)
    before = _are_on(robin)
    # What most shops begin with: shipping and the way to the door.
    assert [step for step, is_on in before.items() if not is_on] == ["received", "packed"]
    shown = robin.get(PAGE).text
    for event in ("order_placed", "order_packed", "order_shipped", "order_out_for_delivery"):
        assert event in shown
    assert "outlook=order_updates" in shown  # what it costs and has to spare, before it is on
    assert shown.count("0.0040 USD by WhatsApp") == 2  # shipped, left: each by itself
    assert "0.0001 USD by E-mail" in shown
    assert "cannot be said before people have had a matter" in shown
    assert all(f'id="switch-{step}"' in shown for step in before)
    assert _switch(robin, "shipped") == 302
    assert _are_on(robin) == {**before, "shipped": False}
    assert not FlowVersion.objects.filter(name="order_updates").exists()
    draft = FlowDraft.objects.get(name="order_updates")
    seen = flow_sources.digest_of(draft.source)
    flow_publishing.publish(
        gym.house, robin.user, "order_updates", reason="Shipping alone", seen=seen, newest=0
    )
    assert _switch(robin, "shipped") == 302  # begins a draft anew
    assert _are_on(robin) == before


def test_what_a_colleague_changed_meanwhile_is_not_switched(gym: Gym) -> None:
    robin = _begin(gym)
    before = _are_on(robin)
    assert _switch(robin, "shipped", seen="0" * 32) == 409
    assert robin.post(PAGE, {"step": "stuck", "seen": "x"}).status == 404
    assert _are_on(robin) == before
