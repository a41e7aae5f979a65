"""Tells a story's decisions with their reasons: what was said, read, decided, done and sent."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from baton.config.stories.booking_parts import Books
from baton.config.stories.parts import Step
from baton.config.stories.world import World
from baton.core.escalation import Act
from baton.store.models import AuditEntry, Conversation, Escalation, Message, SlaClock, Turn

_TOLD_BY_TURN = frozenset({"silent", "handed_over", "replied", "flowed", "opted_out", "opted_in"})


@dataclass(slots=True, kw_only=True)
class Explainer:
    """Remembers what it has told, so that each step tells only what is new."""

    world: World
    _last: dict[str, str] = field(default_factory=dict)
    _seq: int = 0

    def begin(self) -> None:
        """Skip what was there before the story began: its workspace and staff."""
        for _ in self._audit():
            pass

    def lines(self, step: Step) -> tuple[str, ...]:
        """Return what a step brought about, one line a thing."""
        found = [
            *self._messages(),
            *self._turns(),
            *self._escalations(),
            *self._clocks(),
            *self._audit(),
        ]
        told = [line for _, line in sorted(found, key=lambda one: one[0])]
        return (self._headline(step), *(f"    {line}" for line in told))

    def _headline(self, step: Step) -> str:
        at = self.world.now.strftime("%a %H:%M:%S")
        if step.says:
            return f"{at} {step.says.who} says {' / '.join(step.says.text)!r}"
        if step.arrives:
            again = f"{step.arrives.redelivery_of} again"
            what = "an identity" if step.arrives.identity else step.arrives.event or again
            return f"{at} {what} arrives for {step.arrives.who}"
        if step.does:
            on = f" on {step.does.on}" if step.does.on else ""
            return f"{at} {step.does.who} does {step.does.act}{on}"
        if one := step.books or step.orders:
            what = one.slot or "" if isinstance(one, Books) else f"order {one.order}"
            return f"{at} {one.who}: {one.act} {what}".rstrip()
        return f"{at} {_told_of_things(step)}"

    def _turns(self) -> Iterator[tuple[str, str]]:
        for turn in Turn.objects.filter(
            workspace_id=self.world.workspace_id, id__gt=self._since("turn")
        ).order_by("id"):
            self._last["turn"] = turn.id
            if turn.confidence is not None:
                read = f"{turn.intent} {turn.confidence:.2f}, sentiment {turn.sentiment:+.2f}"
                yield turn.id + "0", f"read: {read}"
            at = f" (at {turn.flow}.{turn.step})" if turn.step else ""
            yield turn.id + "1", f"decided: {turn.decision}, because {turn.reason}{at}"
            yield turn.id + "2", f"action: {turn.action}"

    def _messages(self) -> Iterator[tuple[str, str]]:
        for message in Message.objects.filter(
            workspace_id=self.world.workspace_id, id__gt=self._since("message")
        ).order_by("id"):
            self._last["message"] = message.id
            body = self.world.house.keyset.unseal(message.body_sealed, f"message:{message.id}")
            reason = f" ({message.delivery_reason})" if message.delivery_reason else ""
            kind = "note" if message.is_note else message.delivery
            yield message.id, f"message: {message.author}, {kind}{reason}: {body!r}"

    def _escalations(self) -> Iterator[tuple[str, str]]:
        for fired in Escalation.objects.filter(
            workspace_id=self.world.workspace_id, id__gt=self._since("escalation")
        ).order_by("id"):
            self._last["escalation"] = fired.id
            evidence = f" on {fired.evidence!r}" if fired.evidence else ""
            kind = "flag" if fired.act == Act.FLAG else "trigger"
            yield fired.id, f"{kind}: {fired.trigger}{evidence}"

    def _clocks(self) -> Iterator[tuple[str, str]]:
        for clock in SlaClock.objects.filter(
            workspace_id=self.world.workspace_id, id__gt=self._since("clock")
        ).order_by("id"):
            self._last["clock"] = clock.id
            queue = Conversation.objects.get(id=clock.conversation_id).queue
            yield clock.id, f"clock: {clock.kind} of {queue}, due {clock.due_at:%a %H:%M:%S}"

    def _audit(self) -> Iterator[tuple[str, str]]:
        for entry in AuditEntry.objects.filter(
            workspace_id=self.world.workspace_id, seq__gt=self._seq
        ).order_by("seq"):
            self._seq = entry.seq
            if entry.action not in _TOLD_BY_TURN:
                # Deeds have no id of their own: "~" sorts them behind everything that has.
                yield f"~{entry.seq:09}", f"audit: {entry.actor} {entry.action} {entry.details}"

    def _since(self, kind: str) -> str:
        return self._last.get(kind, "")


def _told_of_things(step: Step) -> str:
    """Return what happened to no conversation: a rollout, numbers, visits, time."""
    if step.pilots:
        return (
            f"{step.pilots.who}: {step.pilots.act} {step.pilots.flow} {step.pilots.stage}".strip()
        )
    if step.counted:
        of = step.counted.flow or step.counted.experiment
        return f"{step.counted.matters} matters of {of} are counted"
    if step.tries:
        return f"{step.tries.who} tries {step.tries.values} of {step.tries.limit}"
    if step.came:
        return f"{step.came.who} came on {len(step.came.days_ago)} days"
    return f"after {step.passes}"
