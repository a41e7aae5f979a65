"""Settings > Channels > a web chat: put on a site, named, and told which sites may show it."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from baton.core.errors import InvalidInput
from baton.core.roles import Action
from baton.services import house as houses
from baton.services import inbox
from baton.services.desk import channel_desk, web_chat_desk
from baton.services.desk.web_chat_desk import Wanted, WebChat
from baton.store.models import User
from baton.web.access import for_staff
from baton.web.settings.channels import secret_page
from baton.web.shell import page

_MAX_SITES_TEXT = 15_000


class WebChatForm(forms.Form):
    """How a web chat is called and greets, and who may show it; the service judges it."""

    name = forms.CharField(max_length=web_chat_desk.MAX_NAME, label="Name")
    sites = forms.CharField(
        max_length=_MAX_SITES_TEXT,
        required=False,
        label="Sites that may show it, one a line",
        widget=forms.Textarea(attrs={"rows": 3, "class": "code", "spellcheck": "false"}),
    )
    greeting = forms.CharField(
        max_length=web_chat_desk.MAX_GREETING,
        required=False,
        label="Greeting",
        widget=forms.Textarea(attrs={"rows": 2}),
    )


@require_http_methods(["GET", "POST"])
@for_staff
def new_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show the form of another web chat; posted, open it and show its secret this once."""
    inbox.require(user, Action.CONFIGURE)
    if request.method == "GET":
        return _form_page(request, user, WebChatForm())
    form, house = WebChatForm(request.POST), houses.current()
    try:
        if wanted := _wanted(form):
            kept = web_chat_desk.add_chat(house, user, wanted)
            secret = channel_desk.rotate_secret(house, user, kept.id)  # shown this once
            return secret_page(request, user, channel_desk.get_line(house, user, kept.id), secret)
    except InvalidInput as refusal:
        _refused(form, refusal)
    return _form_page(request, user, form, status=422)


@require_http_methods(["GET", "POST"])
@for_staff
def chat_page(request: HttpRequest, user: User, inbox_id: str) -> HttpResponse:
    """Show a web chat and the line that puts it on a site; posted, change it."""
    house = houses.current()
    chat = web_chat_desk.get_chat(house, user, inbox_id)
    if request.method == "GET":
        initial = {"name": chat.name, "sites": "\n".join(chat.sites), "greeting": chat.greeting}
        return _form_page(request, user, WebChatForm(initial=initial), chat)
    form = WebChatForm(request.POST)
    try:
        if wanted := _wanted(form):
            web_chat_desk.change_chat(house, user, inbox_id, wanted)
            return redirect(f"{reverse('web_chat', args=[inbox_id])}?saved=1")
    except InvalidInput as refusal:
        _refused(form, refusal)
    return _form_page(request, user, form, chat, status=422)


def _wanted(form: WebChatForm) -> Wanted | None:
    return Wanted(**form.cleaned_data) if form.is_valid() else None


def _refused(form: WebChatForm, refusal: InvalidInput) -> None:
    for field, why in refusal.fields.items():
        form.add_error(field, why)


def _form_page(
    request: HttpRequest,
    user: User,
    form: WebChatForm,
    chat: WebChat | None = None,
    status: int = 200,
) -> HttpResponse:
    greeting = web_chat_desk.usual_greeting(houses.current(), user)
    hints = {
        "name": "For your people; visitors read the name of the business.",
        "sites": "As https://www.example.com. Pages of other sites are refused; without any, "
        "every site may show it.",
        "greeting": f"The first line of an empty chat. Without one: {greeting}",
    }
    context = {
        "form": form,
        "fields": [(field, hints[field.name]) for field in form],
        "chat": chat,
        "just_saved": request.GET.get("saved", ""),
        "section": "channels",
    }
    response = page(request, user, "settings/web_chat.html", context)
    response.status_code = status
    return response
