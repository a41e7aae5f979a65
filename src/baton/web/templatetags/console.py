"""How the console's templates write moments, spans, money, names and icons."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from baton.core import ids, routing
from baton.core.costs import MILLION
from baton.reports import kpi_words, weekly
from baton.reports.changes import Change
from baton.reports.intervals import Interval
from baton.reports.kpis import KpiReading
from baton.reports.verdicts import Verdict
from baton.services.desk.churn_board import ShownSign
from baton.web import words

register = template.Library()

_ID = re.compile(rf"\b[0-9a-zA-Z]{{{ids.LENGTH}}}\b")
_MINUTE = 60
_HOUR = 60 * _MINUTE
_APPROVAL_LEVELS = {"proposed": "warn", "approved": "warn", "done": "good", "declined": "bad"}
_VERDICT_LEVELS = {Verdict.HARMING: "bad", Verdict.MISSING: "warn", Verdict.WORKING: "good"}
_HIGH, _RAISED, _MILD = 80, 60, 30


@register.filter
def age(moment: datetime, now: datetime) -> str:
    """Return how long ago something was, as short as a list needs: "now", "5 min", "3 h", "2 d"."""
    return kpi_words.span(now - moment)


@register.filter
def left(due_at: datetime, now: datetime) -> str:
    """Return what is left of a promise, or by how much it is overdue."""
    if due_at > now:
        return f"{_countdown(due_at - now)} left"
    return f"{_countdown(now - due_at)} overdue"


@register.filter
def clock_level(due_at: datetime, now: datetime) -> str:
    """Return how close a promise is to breaking: over, soon (10 minutes) or fine."""
    if due_at <= now:
        return "over"
    return "soon" if due_at - now < timedelta(minutes=10) else "fine"


@register.filter
def urgency_level(score: int) -> str:
    """Return the band of an urgency: it sets the colour of its dot, never the order of a list."""
    if score >= _HIGH:
        return "high"
    if score >= _RAISED:
        return "raised"
    return "mild" if score >= _MILD else "low"


@register.filter
def money(amount_minor: int, currency: str) -> str:
    """Return an amount of minor units with its currency: "50.00 USD"."""
    return f"{amount_minor // 100}.{amount_minor % 100:02d} {currency}"


@register.filter
def percent(share: float | None) -> str:
    """Return a share of one in whole percent."""
    return "" if share is None else f"{round(share * 100)} %"


@register.filter
def short(identifier: str) -> str:
    """Return the end of an id, which people can tell apart and search by."""
    return identifier[-6:]


@register.filter
def short_ids(words: object) -> str:
    """Return a text with each id cut to its end."""
    return _ID.sub(lambda found: f"…{short(found[0])}", str(words))


@register.filter
def reader_trouble(reason: str) -> str:
    """Return what an outside reader does, after its name: "has been late"."""
    return words.READER_TROUBLES.get(reason, "does not answer")


@register.filter
def plain(name: str) -> str:
    """Return a name of the domain as words."""
    return words.plain(name)


@register.filter
def cause(name: str) -> str:
    """Return what makes a conversation urgent, in words."""
    return words.CAUSES.get(name, words.plain(name))


@register.filter
def reason(name: str) -> str:
    """Return why a conversation was handed over, in words."""
    return words.REASONS.get(name, words.plain(name))


@register.filter
def code(name: str) -> str:
    """Return a resolution code in words."""
    return words.CODES.get(name, words.plain(name))


@register.filter
def blank(place: str) -> str:
    """Return what a template fills in, in words: "class name" for run.class_name."""
    return place.partition("|")[0].strip().rpartition(".")[2].replace("_", " ")


@register.filter
def channel(name: str) -> str:
    """Return a channel in words."""
    return words.CHANNELS.get(name, words.plain(name))


@register.filter
def language(code: str) -> str:
    """Return a language in words."""
    return words.language(code)


@register.filter
def alike(name: str) -> str:
    """Return why two contacts may be one, in words."""
    return words.ALIKE.get(name, words.plain(name))


@register.filter
def purpose(name: str) -> str:
    """Return why somebody is written to, in words."""
    return words.FLOW_PURPOSES.get(name, "Everything")


@register.filter
def withheld(reason: str) -> str:
    """Return in words why a message did not go, or does not go yet."""
    return words.WITHHELD.get(reason, words.plain(reason))


@register.filter
def delivery(name: str) -> str:
    """Return the fate of a message in words."""
    return words.DELIVERIES.get(name, words.plain(name))


@register.filter
def undelivered(name: str) -> str:
    """Return why a provider did not deliver, in a sentence; "" where none is needed."""
    return words.UNDELIVERED.get(name, "")


@register.filter
def provider(name: str) -> str:
    """Return who carries an inbox's messages."""
    return words.PROVIDERS.get(name, words.plain(name))


@register.filter
def price(millionths: int, currency: str) -> str:
    """Return what a message cost: "0.0236 USD"."""
    return f"{millionths / MILLION:.4f} {currency}"


@register.filter
def author(name: str) -> str:
    """Return who wrote a message, in words."""
    return words.AUTHORS.get(name, name)


@register.filter
def band(name: str) -> str:
    """Return what becomes of a message in a band of confidence, in words."""
    return words.BANDS.get(name, words.plain(name))


@register.filter
def threshold_source(name: str) -> str:
    """Return where a threshold comes from, in words."""
    return words.SOURCES.get(name, words.plain(name))


@register.filter
def interval(found: Interval) -> str:
    """Return between which percents a share lies: "3 to 17 %"."""
    return f"{round(found.low * 100)} to {round(found.high * 100)} %"


@register.filter
def triage_for(outcome: str) -> str:
    """Return whom triage gives a request to, in words."""
    return words.TRIAGE.get(outcome, words.plain(outcome))


@register.filter
def counted(measure: str) -> str:
    """Return what a number counts, in words."""
    return words.COUNTED.get(measure, words.plain(measure))


@register.filter
def kpi_value(found: KpiReading) -> str:
    """Return a KPI's value as people say it: "61 %", "83", "2 h 05", or a dash without rows."""
    return kpi_words.value_of(found)


@register.filter
def kpi_range(found: KpiReading) -> str:
    """Return between what a KPI lies, 19 times out of 20; "" where too few rows tell."""
    return kpi_words.range_of(found)


@register.filter
def change_words(change: Change) -> str:
    """Return a change as people say it: "+3 points (1 to 5)", "18 % fewer (9 to 27)"."""
    return kpi_words.change_of(change)


@register.filter
def is_worse(change: Change) -> bool:
    """Return whether a change goes the wrong way."""
    return weekly.is_worse(change)


@register.filter
def seconds(count: int) -> str:
    """Return a span of seconds as people say it: "2 h 05"."""
    return kpi_words.span(timedelta(seconds=count))


@register.filter
def per_hundred(share: float) -> str:
    """Return a share as a length of a hundred, for a drawing."""
    return f"{share * 100:.1f}"


@register.filter
def verdict_level(verdict: Verdict) -> str:
    """Return how a verdict is coloured; its word stands beside."""
    return _VERDICT_LEVELS.get(verdict, "")


@register.filter
def trigger(name: str) -> str:
    """Return what made a conversation escalate, in words."""
    return words.TRIGGERS.get(name, words.CAUSES.get(name, words.plain(name))).capitalize()


@register.filter
def of(mapping: dict[str, object], key: str) -> object:
    """Return a mapping's entry of a key that stands in a variable."""
    return mapping.get(key)


@register.filter
def review_reason(name: str) -> str:
    """Return why a turn is looked at again, in words."""
    return words.REVIEW_REASONS.get(name, words.plain(name))


@register.filter
def version_state(name: str) -> str:
    """Return the state of a reader version, in words."""
    return words.VERSION_STATES.get(name, words.plain(name))


@register.filter
def example_source(name: str) -> str:
    """Return where an example comes from, in words."""
    return words.EXAMPLE_SOURCES.get(name, words.plain(name))


@register.filter
def changed_by(count: int) -> str:
    """Return a change with its sign, as in "+2" and "0"."""
    return f"+{count}" if count > 0 else f"−{-count}" if count else "0"  # noqa: RUF001 - a minus


@register.filter
def macro_ending(kind: str, value: str) -> str:
    """Return how a macro ends, in words."""
    match kind:
        case "resolve":
            return f"resolves: {words.CODES.get(value, value).lower()}"
        case "snooze":
            return f"snoozes: {words.SNOOZES.get(value, value).lower()}"
        case _:
            return f"puts it into {words.plain(value)}"


@register.filter
def retention_word(name: str) -> str:
    """Return what somebody who wants to leave wants, or what came of it, in words."""
    return words.RETENTION[name]


@register.filter
def approval_state(name: str) -> str:
    """Return how far an approval has come, in words."""
    return words.APPROVAL_STATES[name]


@register.filter
def role_asked(role: str) -> str:
    """Return whom an approval waits for: "an agent", "a manager"."""
    return f"an {role}" if role[:1] in "aeiou" else f"a {role}"


@register.filter
def approval_level(name: str) -> str:
    """Return how an approval's state looks: good, warn, bad or plain."""
    return _APPROVAL_LEVELS.get(name, "")


@register.filter
def approval_step(name: str) -> str:
    """Return what happened to an approval, in words."""
    return words.APPROVAL_STEPS.get(name, words.plain(name).capitalize())


@register.filter
def clock_kind(name: str) -> str:
    """Return what a clock promises, in words."""
    return words.CLOCKS.get(name, words.plain(name))


@register.filter
def churn_sign(one: ShownSign) -> str:
    """Return in words what is seen of somebody who may leave."""
    return words.SIGNS[one.sign].format(one=one)


@register.filter
def booking_state(name: str) -> str:
    """Return in words how a booking stands."""
    return words.BOOKING_STATES.get(name, (words.plain(name), ""))[0]


@register.filter
def booking_reason(name: str) -> str:
    """Return in words why a booking ended."""
    return words.BOOKING_REASONS.get(name, words.plain(name))


@register.filter
def membership_state(name: str) -> str:
    """Return in words how a membership stands."""
    return words.MEMBERSHIPS.get(name, words.plain(name))


@register.filter
def sign_names(signs: Iterable[str]) -> str:
    """Return the names of signs of leaving, in one line."""
    return ", ".join(words.SIGN_NAMES.get(one, words.plain(one)) for one in signs)


@register.filter
def breach(reason: str) -> str:
    """Return in words what was not kept."""
    return words.BREACHES[reason]


@register.filter
def notice(kind: str, details: str) -> str:
    """Return what a notice tells, as a sentence."""
    return words.notice(kind, details)


@register.filter
def wait(length: timedelta) -> str:
    """Return a wait as contacts are told of it: "about 10 minutes"."""
    return routing.render_span(length)


@register.filter
def span(length: timedelta) -> str:
    """Return how long something lasted: "5 min", "3 h 05", "2 d"."""
    return kpi_words.span(length)


@register.filter
def file_kind(name: str) -> str:
    """Return what kind of file something is, as a sentence begins with it."""
    return words.FILE_KINDS[name]


@register.filter
def file_fault(name: str) -> str:
    """Return why a file was not kept, in words."""
    return words.FILE_FAULTS.get(name, words.plain(name))


@register.simple_tag
def icon(name: str) -> SafeString:
    """Return one of the console's own icons, hidden from screen readers."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("baton/icons.svg"),
        name,
    )


def _countdown(span: timedelta) -> str:
    # The browser counts on in the very same form: static/baton/clock.js.
    seconds = int(span.total_seconds())
    if seconds >= _HOUR:
        return kpi_words.span(span)
    return f"{seconds // _MINUTE}:{seconds % _MINUTE:02d}"
