"""The page behind a link by which somebody sets their password; whoever has the link may."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from baton.core.errors import InvalidInput
from baton.services import house as houses
from baton.services.desk import people_desk
from baton.web.errors import status_of


@require_http_methods(["GET", "POST"])
@never_cache
def welcome_page(request: HttpRequest, member_id: str, token: str) -> HttpResponse:
    """Let whoever was invited set a password, once."""
    member = people_desk.find_invited(member_id, token)
    if member is None:
        return render(request, "account/welcome.html", {"member": None}, status=404)
    context: dict[str, object] = {"member": member}
    if request.method == "GET":
        return render(request, "account/welcome.html", context)
    try:
        people_desk.set_password(houses.current(), member, request.POST.get("password", ""))
    except InvalidInput as refusal:
        context["problem"] = " ".join(refusal.fields.values())
        return render(request, "account/welcome.html", context, status=status_of(refusal))
    return redirect("account_login")
