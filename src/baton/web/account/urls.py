"""The addresses of this room: one's own way in. The names are those that allauth leads to."""

from allauth.account import views as account
from allauth.mfa.base import views as second_step
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as passkeys
from django.urls import URLPattern, path
from django.views.decorators.cache import never_cache
from django.views.generic import RedirectView

from baton.web.account import own, vouched, welcome
from baton.web.sign_in import SignInView

urlpatterns: list[URLPattern] = [
    path("account", own.account_page, name="mfa_index"),
    path("account/sessions/end", own.end_others, name="end_sessions"),
    path("account/sessions/<int:session_id>/end", own.end_session, name="end_session"),
    path("account/app", never_cache(app.activate_totp), name="mfa_activate_totp"),
    path("account/app/off", never_cache(app.deactivate_totp), name="mfa_deactivate_totp"),
    path("account/codes", never_cache(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "account/codes/new",
        never_cache(codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "account/passkeys",
        RedirectView.as_view(pattern_name="mfa_index"),
        name="mfa_list_webauthn",
    ),
    path("account/passkeys/add", never_cache(passkeys.add_webauthn), name="mfa_add_webauthn"),
    path(
        "account/passkeys/<int:pk>/remove",
        never_cache(passkeys.remove_webauthn),
        name="mfa_remove_webauthn",
    ),
    path("sign-in/passkey", never_cache(passkeys.login_webauthn), name="mfa_login_webauthn"),
    path(
        "sign-in/again/passkey",
        never_cache(passkeys.reauthenticate_webauthn),
        name="mfa_reauthenticate_webauthn",
    ),
    path("welcome/<slug:member_id>/<str:token>", welcome.welcome_page, name="welcome"),
    path("sign-in/by/<slug:workspace_id>", vouched.begin, name="begin_vouched"),
    path("sign-in/vouched", vouched.finish, name="finish_vouched"),
    path("sign-in", SignInView.as_view(), name="account_login"),
    path("sign-in/code", never_cache(second_step.authenticate), name="mfa_authenticate"),
    path("sign-in/again", never_cache(account.reauthenticate), name="account_reauthenticate"),
    path("sign-in/again/code", never_cache(second_step.reauthenticate), name="mfa_reauthenticate"),
    path("sign-out", account.logout, name="account_logout"),
]
