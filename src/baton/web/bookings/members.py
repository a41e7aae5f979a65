"""Members: the list, one membership with its form, and whoever is here now."""

from decimal import Decimal
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from baton.core.errors import Conflict, InvalidInput
from baton.core.memberships import Standing
from baton.core.recommending import DayPart
from baton.core.roles import Action
from baton.services import house as houses
from baton.services import inbox
from baton.services.bookings.members import MAX_PLAN, Plan
from baton.services.desk import billing_desk, member_desk
from baton.services.desk.member_desk import Wanted
from baton.store.models import Membership, User
from baton.web.access import for_staff
from baton.web.shell import page, page_number

_HUNDRED = 100
WANTED = {
    Wanted.ACTIVE: "Members",
    Wanted.ENDING: "Ending soon",
    Wanted.PAUSED: "Paused",
    Wanted.ENDED: "Left",
    Wanted.ALL: "All",
}
STANDINGS = {Standing.ACTIVE: "is a member", Standing.PAUSED: "paused", Standing.ENDED: "has left"}
_FIELDS = {"name": "plan", "price_minor": "price"}


class MemberForm(forms.Form):
    """A membership as somebody writes it; money in units of the currency."""

    plan = forms.CharField(max_length=MAX_PLAN, label="Plan", help_text="as Gold")
    price = forms.DecimalField(
        min_value=0, decimal_places=2, max_digits=9, required=False, label="Price in a month"
    )
    standing = forms.ChoiceField(choices=[(one.value, STANDINGS[one]) for one in Standing],
                                 label="Stands", required=False)  # fmt: skip
    resume_on = forms.DateField(
        required=False,
        label="Goes on again on",
        help_text="of one that is paused; empty: until somebody says so",
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    ends_on = forms.DateField(
        required=False,
        label="Last day",
        help_text="empty: it goes on",
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    renews = forms.BooleanField(required=False, label="Renews by itself after its last day")
    prefers = forms.ChoiceField(
        required=False,
        choices=[("", "nobody said"), *((one.value, f"in the {one}") for one in DayPart)],
        label="Comes mostly",
        help_text="new members are told of classes at that time of day",
    )

    @property
    def wanted(self) -> Plan:
        """What was written."""
        given = self.cleaned_data
        return Plan(
            name=given["plan"],
            standing=Standing(given["standing"] or Standing.ACTIVE),
            price_minor=int((given["price"] or 0) * _HUNDRED),
            renews=given["renews"] or given["ends_on"] is None,
            ends_on=given["ends_on"],
            resume_on=given["resume_on"],
            prefers=given["prefers"],
        )


@require_GET
@for_staff
def list_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show members, the newest first, or those that a search finds."""
    state, words = request.GET.get("state", ""), request.GET.get("q", "")[:120]
    default = Wanted.ALL if words else Wanted.ACTIVE
    wanted = next((one for one in Wanted if one == state), default)
    number = page_number(request)
    house = houses.current()
    context = {
        "found": member_desk.list_members(house, user, wanted=wanted, words=words, page=number),
        "wanted": wanted.value,
        "choices": [(one.value, WANTED[one]) for one in Wanted],
        "currency": member_desk.currency_of(house, user),
        "q": words,
        "number": number,
        "query": urlencode({"state": wanted.value, "q": words}),
        "section": "members",
    }
    return page(request, user, "bookings/members.html", context)


@require_http_methods(["GET", "POST"])
@for_staff
def member_page(request: HttpRequest, user: User, membership_id: str) -> HttpResponse:
    """Show a membership; posted, change it."""
    house = houses.current()
    line = member_desk.get_line(house, user, membership_id)
    if request.method == "GET":
        form = MemberForm(initial=_initial(line.row))
        return _shown(request, user, form, {"line": line, "who": line.who})
    form = MemberForm(request.POST)
    if form.is_valid():
        try:
            member_desk.change(house, user, membership_id, form.wanted)
        except (Conflict, InvalidInput) as refusal:
            _note(form, refusal)
        else:
            return redirect("member", membership_id)
    return _shown(request, user, form, {"line": line, "who": line.who})


@require_http_methods(["GET", "POST"])
@for_staff
def new_page(request: HttpRequest, user: User, contact_id: str) -> HttpResponse:
    """Show the form that makes a contact a member; posted, do it."""
    inbox.require(user, Action.ANSWER)
    house = houses.current()
    who = billing_desk.find_who(house, user, contact_id)
    form = MemberForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("member", member_desk.begin(house, user, contact_id, form.wanted))
        except (Conflict, InvalidInput) as refusal:
            _note(form, refusal)
    return _shown(request, user, form, {"who": who, "contact_id": contact_id})


@require_POST
@for_staff
def check_in(request: HttpRequest, user: User, membership_id: str) -> HttpResponse:
    """Note that a member is here now, then show where that was clicked."""
    member_desk.check_in(houses.current(), user, membership_id)
    if getattr(request, "htmx", False):
        return HttpResponse(headers={"HX-Refresh": "true"})
    return redirect("member", membership_id)


def _initial(row: Membership) -> dict[str, object]:
    return {
        "plan": row.plan,
        "price": Decimal(row.price_minor) / _HUNDRED,
        "standing": row.state,
        "resume_on": row.resume_on,
        "prefers": row.prefers,
        "ends_on": row.ends_on,
        "renews": row.renews and row.ends_on is not None,
    }


def _note(form: MemberForm, refusal: Conflict | InvalidInput) -> None:
    """Say beside its field why something was refused."""
    if isinstance(refusal, Conflict):
        form.add_error(None, refusal.message)
        return
    for field, why in refusal.fields.items():
        name = _FIELDS.get(field, field)
        form.add_error(name if name in form.fields else None, why)


def _shown(
    request: HttpRequest, user: User, form: MemberForm, shown: dict[str, object]
) -> HttpResponse:
    house = houses.current()
    context = {
        **shown,
        "form": form,
        "currency": member_desk.currency_of(house, user),
        "section": "members",
    }
    response = page(request, user, "bookings/member.html", context)
    response.status_code = 422 if form.errors else 200
    return response
