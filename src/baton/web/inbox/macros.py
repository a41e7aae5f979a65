"""Settings > Replies: saved replies and macros; and macros as agents run them."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from baton.core.errors import InvalidInput, NotFound
from baton.core.macros import Ending, Macro
from baton.core.roles import Action
from baton.services import house as houses
from baton.services import inbox
from baton.services.desk import agents, macro_desk, replies
from baton.store.models import User
from baton.web import words
from baton.web.access import for_staff
from baton.web.done import tell_done
from baton.web.forms import checked
from baton.web.shell import page


class MacroForm(forms.Form):
    """A macro, as it is written; how it ends is "resolve:answered", or "" to keep it."""

    name = forms.CharField(max_length=40)
    title = forms.CharField(max_length=60)
    tag = forms.CharField(required=False, max_length=40)
    note = forms.CharField(required=False, max_length=4_000, strip=False)
    reply = forms.CharField(required=False, max_length=4_000, strip=False)
    ending = forms.CharField(required=False, max_length=60)

    @property
    def macro(self) -> Macro:
        """What was written; an ending that there is not is refused by the service."""
        given = self.cleaned_data
        kind, _, value = given["ending"].partition(":")
        known = {one.value for one in Ending}
        return Macro(
            name=given["name"],
            title=given["title"],
            tag=given["tag"],
            note=given["note"],
            reply=given["reply"],
            ending=Ending(kind) if kind in known else Ending.RESOLVE,
            ending_value=value,
        )


class CannedForm(forms.Form):
    """A saved reply."""

    short_code = forms.CharField(max_length=40)
    text = forms.CharField(max_length=4_000, strip=False)


@require_GET
@for_staff
def list_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show every macro and saved reply."""
    inbox.require(user, Action.CONFIGURE)
    context = {
        "macros": macro_desk.list_macros(user),
        "canned": replies.list_canned(user),
        "section": "replies",
    }
    return page(request, user, "inbox/replies.html", context)


@for_staff
def macro_page(request: HttpRequest, user: User, macro_id: str) -> HttpResponse:
    """Write a macro: "new" is none yet. Saving shows it again, as contacts will read it."""
    inbox.require(user, Action.CONFIGURE)
    house = houses.current()
    known = dict(macro_desk.list_macros(user))
    if macro_id != "new" and macro_id not in known:
        raise NotFound("macro", macro_id)
    form, macro, problems = MacroForm(request.POST or None), known.get(macro_id), {}
    if request.method == "POST":
        problems = {name: " ".join(map(str, lines)) for name, lines in form.errors.items()}
        if form.is_valid():
            macro = form.macro
            try:
                saved = macro_desk.save(house, user, macro, "" if macro_id == "new" else macro_id)
                return redirect("macro", saved)
            except InvalidInput as error:
                problems = dict(error.fields)
    context = {
        "macro_id": macro_id,
        "macro": macro,
        "filled": _filled(form, macro),
        "problems": problems,
        "endings": _endings(user),
        "previews": _previews(user, macro) if macro and not problems else (),
        "section": "replies",
    }
    status = 422 if problems else 200
    shown = page(request, user, "inbox/macro.html", context)
    shown.status_code = status
    return shown


@require_POST
@for_staff
def remove_macro(_request: HttpRequest, user: User, macro_id: str) -> HttpResponse:
    """Take a macro away from agents."""
    macro_desk.remove(houses.current(), user, macro_id)
    return redirect("replies")


@require_POST
@for_staff
def save_canned(request: HttpRequest, user: User) -> HttpResponse:
    """Write a saved reply, or remove it."""
    if "remove" in request.POST:
        replies.remove_canned(houses.current(), user, request.POST["remove"])
    else:
        given = checked(CannedForm, request.POST).cleaned_data
        replies.save_canned(houses.current(), user, given["short_code"], given["text"])
    if getattr(request, "htmx", False):
        return HttpResponse(headers={"HX-Redirect": reverse("replies")})
    return redirect("replies")


@require_POST
@for_staff
def run(request: HttpRequest, user: User, conversation_id: str) -> HttpResponse:
    """Run a macro in an own conversation."""
    macro_desk.run(houses.current(), user, conversation_id, request.POST.get("macro", ""))
    return _done(request, conversation_id, "Done.")


@require_POST
@for_staff
def undo(request: HttpRequest, user: User, conversation_id: str) -> HttpResponse:
    """Take back what the last macro tagged, queued or snoozed."""
    run_id = macro_desk.find_undoable(user, conversation_id)
    macro_desk.undo(houses.current(), user, run_id)
    return _done(request, conversation_id, "Taken back; what was sent or noted stays.")


@require_POST
@for_staff
def wake(request: HttpRequest, user: User, conversation_id: str) -> HttpResponse:
    """Take up an own conversation that was set aside."""
    agents.wake(houses.current(), user, conversation_id)
    return _done(request, conversation_id, "It is open again.")


def _previews(user: User, macro: Macro) -> tuple[str, ...]:
    """Return how contacts would read a macro's reply; nothing where it cannot be filled in."""
    try:
        return replies.previews_of(houses.current(), user, macro.reply) if macro.reply else ()
    except InvalidInput:
        return ()


def _filled(form: MacroForm, macro: Macro | None) -> dict[str, str]:
    """Return what the fields hold: what was posted, else what is kept."""
    if form.is_bound:
        return {name: str(form.data.get(name, "")) for name in form.fields}
    if macro is None:
        return {}
    ending = f"{macro.ending.value}:{macro.ending_value}" if macro.ending else ""
    kept = {name: getattr(macro, name) for name in ("name", "title", "tag", "note", "reply")}
    return kept | {"ending": ending}


def _endings(user: User) -> list[tuple[str, str]]:
    pack = inbox.pack_of(houses.current(), user.workspace_id)
    return [
        ("", "Keep it open"),
        *((f"queue:{one.name}", f"Put it into {one.title}") for one in pack.queues),
        *((f"snooze:{one}", f"Snooze: {words.SNOOZES[one]}") for one in inbox.SNOOZES),
        *((f"resolve:{c}", f"Resolve: {words.CODES[c]}") for c in agents.RESOLUTION_CODES),
    ]


def _done(request: HttpRequest, conversation_id: str, said: str) -> HttpResponse:
    if not getattr(request, "htmx", False):
        return redirect("conversation", conversation_id)
    return tell_done("macro", said)
