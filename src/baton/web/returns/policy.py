"""The rules that decide returns: read, tried on a case, and put in force as a new version."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from baton.core import return_policy, returns
from baton.core.errors import Conflict, InvalidInput
from baton.core.return_policy import ReturnPolicy
from baton.core.returns import Decision
from baton.core.roles import Action
from baton.services import house as houses
from baton.services import inbox
from baton.services.desk import billing_desk, return_board
from baton.services.returns import rules
from baton.services.returns.rules import Written
from baton.store.models import User
from baton.web.access import for_staff
from baton.web.returns.forms import CaseForm, RulesForm
from baton.web.returns.words import OUTCOMES, RULES, WEIGHTS
from baton.web.shell import page

_MONEY_WORDS = {
    returns.Money.NONE: "No money is paid back.",
    returns.Money.BY_PERSON: "A person confirms the money with one click.",
    returns.Money.UNATTENDED: "The money goes without a person.",
}


@require_http_methods(["GET", "POST"])
@for_staff
def rules_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show the rules; posted, try them on a case or put them in force."""
    inbox.require(user, Action.READ_INBOX)
    in_force = rules.current(user.workspace_id)
    if request.method != "POST":
        return _shown(request, user, in_force, RulesForm(RulesForm.of(in_force.policy)), CaseForm())
    form, case = RulesForm(request.POST), CaseForm(request.POST)
    policy = _policy_of(form)
    if request.POST.get("do") == "publish":
        inbox.require(user, Action.CONFIGURE)
        if policy is not None and _publish(request, user, form, policy):
            return redirect("return_rules")
        return _shown(request, user, in_force, form, CaseForm(), status=422)
    if policy is None or not case.is_valid():
        return _shown(request, user, in_force, form, case, status=422)
    today = houses.current().clock.now().date()
    found = returns.decide(case.claim(policy, today), policy)
    return _shown(request, user, in_force, form, case, decision=found)


def _publish(request: HttpRequest, user: User, form: RulesForm, policy: ReturnPolicy) -> bool:
    over = request.POST.get("over", "")
    try:
        rules.publish(
            houses.current(),
            user.workspace_id,
            policy,
            over=int(over) if over.isascii() and over.isdecimal() else -1,
            by=f"user:{user.id}",
            reason=form.cleaned_data["reason"],
        )
    except InvalidInput as refusal:
        _note(form, refusal)
        return False
    except Conflict as refusal:
        form.add_error(None, refusal.message)
        return False
    return True


def _policy_of(form: RulesForm) -> ReturnPolicy | None:
    """Return the policy that was written, None where something in it is wrong."""
    if not form.is_valid():
        return None
    try:
        return return_policy.parse_policy(form.document)
    except InvalidInput as refusal:
        _note(form, refusal)
        return None


def _note(form: RulesForm, refusal: InvalidInput) -> None:
    for field, why in refusal.fields.items():
        form.add_error(field if field in form.fields else None, why)


def _shown(  # noqa: PLR0913 - a page of two forms
    request: HttpRequest,
    user: User,
    in_force: Written,
    form: RulesForm,
    case: CaseForm,
    *,
    decision: Decision | None = None,
    status: int = 200,
) -> HttpResponse:
    house = houses.current()
    context = {
        "in_force": in_force,
        "form": form,
        "case": case,
        "decision": decision,
        "outcome": OUTCOMES[decision.outcome.value] if decision else "",
        "money": _MONEY_WORDS[decision.money] if decision else "",
        "findings": [
            (RULES[one.rule], WEIGHTS[one.weight.value], one)
            for one in sorted(decision.findings, key=lambda one: one.is_met)
        ]
        if decision
        else [],
        "versions": return_board.list_rules(user),
        "currency": billing_desk.currency_of(house, user),
        "section": "return_rules",
    }
    response = page(request, user, "returns/rules.html", context)
    response.status_code = status
    return response
