"""The addresses of this room: returns, and the rules that decide them."""

from django.urls import URLPattern, path

from baton.web.returns import policy, returns

urlpatterns: list[URLPattern] = [
    path("returns", returns.list_page, name="returns"),
    path("returns/rules", policy.rules_page, name="return_rules"),
    path("returns/<slug:return_id>", returns.return_page, name="return"),
    path("returns/<slug:return_id>/label.pdf", returns.label_file, name="return_label"),
    path("returns/<slug:return_id>/photos/<slug:photo_id>", returns.photo, name="return_photo"),
    path("returns/<slug:return_id>/<slug:name>", returns.deed, name="return_deed"),
]
