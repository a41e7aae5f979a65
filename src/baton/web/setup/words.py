"""What the steps of the set-up are called, and what one does at each."""

from dataclasses import dataclass

from baton.services.pilot.checklist import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A step in words: what it is, what one does, and why it may be left out."""

    title: str
    about: str
    deed: str
    passed: str = ""


SET_UP = {
    Step.PLACE: Told(
        title="Place and hours",
        about=(
            "Your address, clock, opening hours and days off. Answers and waiting times go by them."
        ),
        deed="Say where you are",
        passed="We have no place that people visit",
    ),
    Step.CHANNEL: Told(
        title="Channel",
        about=(
            "Where people write to you. A web chat is there; play others in the phone lab, "
            "or connect your number or mailbox."
        ),
        deed="Choose a channel",
        passed="The web chat is enough for now",
    ),
    Step.TEAM: Told(
        title="Team",
        about="Invite whoever answers, by a link. You have the first account.",
        deed="Invite somebody",
        passed="I work alone for now",
    ),
    Step.CONSENT: Told(
        title="Consent",
        about=(
            "What people read where they agree to be written to. It is kept as evidence, "
            "word for word."
        ),
        deed="Read the words",
        passed="The words are right as they are",
    ),
    Step.ANSWERS: Told(
        title="Answers",
        about=(
            "Your pack came with answers. Prices and rules in them are examples: "
            "read them and put in your own."
        ),
        deed="Read the answers",
        passed="They are right as they are",
    ),
    Step.FLOW: Told(
        title="First flow",
        about=(
            "Let one flow decide in shadow: it says nothing to anybody, and you see what it "
            "would have said."
        ),
        deed="Choose a flow",
    ),
    Step.TRY: Told(
        title="Try it",
        about=(
            "Write to yourself from the phone lab, then look at the draft beside your own answer."
        ),
        deed="Open the phone lab",
        passed="I have tried it",
    ),
}
