"""Django's settings, derived from `config.settings`; nothing else reads the environment."""

import logging
import secrets
from urllib.parse import urlsplit

from baton.config.database import parse_database_url, parse_reports_url
from baton.config.settings import Settings
from baton.store import copies, secret_file

SETTINGS = Settings.from_environment()

# Signs sessions and visits; made on first use.
SECRET_KEY = secret_file.ensure(
    SETTINGS.home / "secret-key", lambda: secrets.token_urlsafe(48)
).strip()
DEBUG = SETTINGS.debug
BATON_DEMO = SETTINGS.demo
_HOST = urlsplit(SETTINGS.base_url).hostname
ALLOWED_HOSTS = sorted({"127.0.0.1", "localhost", *([_HOST] if _HOST else [])})
CSRF_TRUSTED_ORIGINS = [SETTINGS.base_url]
DATABASES = {"default": parse_database_url(SETTINGS.database_url) | {"CONN_MAX_AGE": None}}
if SETTINGS.reports_url:
    DATABASES[copies.ALIAS] = parse_reports_url(SETTINGS.reports_url) | {"CONN_MAX_AGE": None}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "baton.store",
    "baton.web",  # before allauth, whose pages it replaces
    "baton.web.lab",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "baton.web.security.content_security_policy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "baton.web.errors.error_pages",
]
ROOT_URLCONF = "baton.config.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
AUTH_USER_MODEL = "store.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# The cache counts failed sign-ins; in the database, so that every process counts the same.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "baton_cache",
    },
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_ADAPTER = "baton.web.accounts.ClosedSignup"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/300s/key"}
# A second step at sign-in: a code of an app or of paper. The secrets are sealed by the adapter.
MFA_ADAPTER = "baton.web.accounts.SealedSecondStep"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {
    "add_webauthn": "baton.web.account.passkey_forms.AddForm",
    "authenticate_webauthn": "baton.web.account.passkey_forms.AuthenticateForm",
    "login_webauthn": "baton.web.account.passkey_forms.LoginForm",
    "reauthenticate_webauthn": "baton.web.account.passkey_forms.ReauthenticateForm",
}
MFA_WEBAUTHN_USER_VERIFICATION = "required"  # a found key alone lets nobody in
MFA_ALLOW_UNVERIFIED_EMAIL = True  # colleagues make accounts, and no address is proven by mail
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "Baton"
MFA_TOTP_TOLERANCE = 1  # a telephone's clock may be half a minute off
LOGIN_URL = "account_login"
CSRF_FAILURE_VIEW = "baton.web.errors.csrf_failure"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SETTINGS.base_url.startswith("https://")
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"


def tells_no_link(record: logging.LogRecord) -> bool:
    """Return whether a line holds no address that is a key: whoever has it may act by it."""
    said = record.args if isinstance(record.args, tuple) else ()
    return not any(str(one).startswith(("/t/", "/preferences/", "/welcome/")) for one in said)


LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "no_links": {"()": "django.utils.log.CallbackFilter", "callback": tells_no_link},
    },
    "formatters": {
        "line": {"()": "baton.config.logs.Lines", "tells_all": SETTINGS.debug},
        "json": {"()": "baton.config.logs.JsonLines"},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "json" if SETTINGS.json_logs else "line",
        }
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "baton": {"level": "INFO"},
        "django.request": {"filters": ["no_links"]},
    },
}
