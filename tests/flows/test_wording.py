"""A text may have channels of its own: a long one goes by email, whatever the flow prefers."""

import pytest

from baton.flows.wording import Wording

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
