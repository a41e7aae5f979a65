"""Every address of the console."""

from importlib.util import find_spec

from allauth.account import views as account
from django.urls import URLPattern, URLResolver, include, path

from baton.web import audit, conversation, inbox, people, review
from baton.web.sign_in import SignInView

handler403 = "baton.web.errors.permission_denied"
handler404 = "baton.web.errors.page_not_found"
handler429 = "baton.web.errors.too_many_requests"  # allauth's, when a limit is reached
handler500 = "baton.web.errors.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", inbox.inbox_page, name="inbox"),
    path("inbox/list", inbox.list_fragment, name="inbox_list"),
    path("inbox/<slug:conversation_id>", conversation.conversation_page, name="conversation"),
    path("inbox/<slug:conversation_id>/standing", conversation.live_fragment, name="standing"),
    path("inbox/<slug:conversation_id>/transcript", conversation.transcript, name="transcript"),
    path("inbox/<slug:conversation_id>/<slug:name>", conversation.act, name="act"),
    path("review", review.review_page, name="review"),
    path("review/<slug:review_id>", review.judge, name="judge"),
    path("audit", audit.audit_page, name="audit"),
    path("audit/verify", audit.verify_chain, name="verify_chain"),
    path("availability", people.availability, name="availability"),
    path("sign-in", SignInView.as_view(), name="account_login"),
    path("sign-in/demo/<slug:who>", people.demo_sign_in, name="demo_sign_in"),
    path("sign-out", account.logout, name="account_logout"),
    path("sign-in/again", account.reauthenticate, name="account_reauthenticate"),
]

if find_spec("baton.web.lab") and find_spec("baton.web.lab.urls"):
    urlpatterns.append(path("lab/", include("baton.web.lab.urls")))
