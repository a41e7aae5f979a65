"""Every step type, one file each; a new one is a file and a line here."""

from collections.abc import Callable

from baton.flows.fields import Fields
from baton.flows.scene import Step
from baton.flows.steps.answer import Answer
from baton.flows.steps.ask import Ask
from baton.flows.steps.branch import Branch
from baton.flows.steps.choose import Choose
from baton.flows.steps.end import End
from baton.flows.steps.handoff import Handoff
from baton.flows.steps.send import Send
from baton.flows.steps.survey import Survey
from baton.flows.steps.wait import Wait

PARSERS: dict[str, Callable[[Fields], Step]] = {
    step.type: step.parse
    for step in (Answer, Ask, Branch, Choose, End, Handoff, Send, Survey, Wait)
}
