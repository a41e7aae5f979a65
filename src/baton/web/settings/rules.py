"""Settings > Escalation: every rule with how right it was, and a form that tries, then saves."""

import hashlib
import json
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from baton.core import escalation_rules
from baton.core.errors import Conflict, InvalidInput
from baton.core.escalation_rules import BuiltIn, EscalationRule
from baton.core.roles import Action
from baton.services import house as houses
from baton.services import inbox
from baton.services.desk import escalation_verdicts, rule_board, rule_desk, rule_trial
from baton.services.desk.rule_desk import Wish
from baton.services.desk.rule_trial import Tried
from baton.services.reading import thresholds
from baton.services.workspace.escalation_rules import limits_of, rule_of
from baton.services.workspace.standards import standards_cache
from baton.store.models import User
from baton.web.access import for_staff
from baton.web.done import tell_done
from baton.web.forms import FiredForm, MissedForm, PutBackForm, WindowForm, checked
from baton.web.settings.rule_forms import (
    HINTS,
    LimitsForm,
    RuleForm,
    VersionForm,
    initial_limits_of,
    initial_of,
)
from baton.web.shell import page

_WIDE = ("title", "words", "when", "reason")


@require_GET
@for_staff
def board_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show what escalates here, and how right each rule was."""
    days = checked(WindowForm, request.GET).cleaned_data["days"] or rule_board.DEFAULT_DAYS
    shown = rule_board.board(houses.current(), user, days=days)
    return page(
        request,
        user,
        "settings/rules.html",
        {
            "board": shown,
            "days": days,
            "windows": rule_board.WINDOWS,
            "just_saved": request.GET.get("saved", ""),
            "section": "rules",
        },
    )


@require_GET
@for_staff
def fired_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show the rows behind a number of the board."""
    asked = checked(FiredForm, request.GET).cleaned_data
    days = asked["days"] or rule_board.DEFAULT_DAYS
    shown = rule_board.list_fired(
        houses.current(),
        user,
        rule=asked["rule"],
        part=asked["part"],
        days=days,
        page=asked["page"] or 1,
    )
    context = {**asked, "shown": shown, "days": days, "section": "rules"}
    return page(request, user, "settings/rule_fired.html", context)


@require_http_methods(["GET", "POST"])
@for_staff
def rule_page(request: HttpRequest, user: User, name: str = "") -> HttpResponse:
    """Show the form of a rule ("" for a new one); posted, try it, and then save it."""
    inbox.require(user, Action.CONFIGURE)
    built_in = escalation_rules.find_built_in(name)
    if request.method == "GET":
        asked = checked(PutBackForm, request.GET).cleaned_data
        form = _form(user, built_in, initial=_initial(user, name, asked["version"] or 0))
        return _form_page(request, user, name, form)
    form = _form(user, built_in, data=request.POST)
    if not form.is_valid():
        return _form_page(request, user, name, form, status=422)
    return _judge(request, user, name, form)


@require_POST
@for_staff
def judge(request: HttpRequest, user: User, escalation_id: str) -> HttpResponse:
    """Take a verdict on a rule that fired."""
    kept = escalation_verdicts.judge(
        houses.current(), user, escalation_id, request.POST.get("verdict", "")
    )
    return _done(request, f"Kept: {kept}." if kept else "Taken back.")


@require_POST
@for_staff
def missed(request: HttpRequest, user: User, conversation_id: str) -> HttpResponse:
    """Note that a rule should have fired in a conversation."""
    rule = checked(MissedForm, request.POST).cleaned_data["rule"]
    is_noted = escalation_verdicts.note_missed(houses.current(), user, conversation_id, rule)
    return _done(request, "Noted as missed." if is_noted else "Taken back.")


@require_GET
@for_staff
def of_conversation(request: HttpRequest, user: User, conversation_id: str) -> HttpResponse:
    """Show what fired in a conversation."""
    found = escalation_verdicts.list_of(houses.current(), user, conversation_id)
    context = {"found": found, "conversation_id": conversation_id}
    return page(request, user, "baton/_fired.html", context)


def _judge(request: HttpRequest, user: User, name: str, form: VersionForm) -> HttpResponse:
    """Save what was tried before; try what has not been; say what is refused."""
    house = houses.current()
    wish = _wish_of(name, form)
    mark = _mark_of(wish)
    try:
        if request.POST.get("act_on") == "save" and form.cleaned_data["shown"] == mark:
            saved = rule_desk.change(house, user, wish)
            return redirect(f"{reverse('rules')}?saved={saved.name}#saved")
        rule_desk.check(house, user, wish)
    except InvalidInput as refusal:
        for field, why in refusal.fields.items():
            form.add_error(field if field in form.fields else None, why)
        return _form_page(request, user, name, form, status=422)
    except Conflict as conflict:
        form.add_error(None, conflict.message)
        return _form_page(request, user, name, form, status=409)
    return _form_page(request, user, name, form, tried=_tried(user, wish), shown=mark)


def _tried(user: User, wish: Wish) -> Tried:
    house = houses.current()
    if wish.rule is not None:
        return rule_trial.try_rule(house, user, wish.rule)
    return rule_trial.try_limits(house, user, wish.name, wish.limits or {})


def _wish_of(name: str, form: VersionForm) -> Wish:
    given = form.cleaned_data
    return Wish(
        name=name,
        rule=form.rule(name) if isinstance(form, RuleForm) else None,
        limits=form.limits if isinstance(form, LimitsForm) else None,
        is_on=given.get("is_on", True),
        reason=given["reason"],
        review_on=given["review_on"],
        seen=given["seen"],
    )


def _mark_of(wish: Wish) -> str:
    """Return by what a page tells which rule it has shown the effect of."""
    told = escalation_rules.render_document(wish.rule) if wish.rule else wish.limits
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _form(user: User, built_in: BuiltIn | None, **given: Any) -> VersionForm:
    standards = standards_cache(houses.current()).standards_of(user.workspace_id)
    if built_in:
        return LimitsForm(rule=built_in, **given)
    return RuleForm(pack=standards.pack, **given)


def _initial(user: User, name: str, put_back: int) -> dict[str, Any]:
    """Return what the form begins with: what holds, or an older version to put back."""
    house = houses.current()
    standards = standards_cache(house).standards_of(user.workspace_id)
    now = house.clock.now().astimezone(standards.hours.zone)
    newest = rule_desk.find_newest(user, name) if name else None
    initial: dict[str, Any] = {
        "review_on": thresholds.default_review(now),
        "seen": newest.version if newest else 0,
        "is_on": newest is None or newest.is_on,
    }
    chosen = rule_desk.get_version(user, name, put_back) if put_back else newest
    if put_back:
        initial |= {"reason": f"Put back version {put_back}", "is_on": True}
    built_in = escalation_rules.find_built_in(name)
    if built_in:
        limits = initial_limits_of(built_in, standards.policy)
        return initial | (dict(limits_of(chosen)) if chosen and put_back else limits)
    blank = EscalationRule(name="", title="")
    return initial | initial_of(rule_of(chosen) if chosen else blank)


def _form_page(
    request: HttpRequest,
    user: User,
    name: str,
    form: VersionForm,
    *,
    status: int = 200,
    **judged: Any,
) -> HttpResponse:
    house = houses.current()
    line = rule_board.line_of(house, user, name) if name else None
    _describe(form)
    response = page(
        request,
        user,
        "settings/rule.html",
        {
            "line": line,
            "form": form,
            "fields": _fields(form),
            "history": rule_board.list_versions(house, user, name) if name else (),
            "last": rule_trial.LAST,
            "currency": standards_cache(house).standards_of(user.workspace_id).policy.currency,
            "section": "rules",
            **judged,
        },
    )
    response.status_code = status
    return response


def _describe(form: VersionForm) -> None:
    """Tie each field to its hint or problem, for who hears the page."""
    for name, field in form.fields.items():
        field.widget.attrs["aria-describedby"] = f"about-{name}"
        if name in form.errors:
            field.widget.attrs["aria-invalid"] = "true"


def _fields(form: VersionForm) -> list[tuple[forms.BoundField, str, bool]]:
    """Return the fields to fill in, each with its hint and whether it takes a line of its own."""
    last = ("reason", "review_on")
    names = [name for name in form.fields if name not in (*last, "seen", "shown", "is_on")]
    return [
        (form[name], HINTS.get(name) or str(form.fields[name].help_text), name in _WIDE)
        for name in (*names, *last)
    ]


def _done(request: HttpRequest, said: str) -> HttpResponse:
    if not getattr(request, "htmx", False):
        return redirect(request.headers.get("referer") or "inbox")
    return tell_done("judge", said)
