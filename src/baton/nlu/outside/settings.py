"""How a workspace reaches its outside reader; kept sealed as a whole, since it holds secrets."""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from baton.core import web_address
from baton.core.errors import InvalidInput

HTTP = "http"
DIALOGFLOW = "dialogflow"

BEARER = "bearer"
HMAC = "hmac"

_MIN_SECRET = 16
_MIN_KEY_BYTES = 24  # as Standard Webhooks asks
_MIN_RSA_BITS = 2048
_MAX_MAPPING = 2_000
_SECRET_PREFIX = "whsec_"  # noqa: S105 - how such a secret begins, not one
_TOKEN = re.compile(r"[\x21-\x7e]+")
# https://cloud.google.com/dialogflow/cx/docs/reference/rest/v3/projects.locations.agents.sessions
_AGENT = re.compile(r"projects/[\w.:-]{1,64}/locations/([a-z0-9-]{1,32})/agents/[\w-]{1,64}")
_ENVIRONMENT = re.compile(r"[\w-]{1,64}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})?")
_GLOBAL = "global"


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpSettings:
    """An HTTP service that speaks docs/outside-nlu.md.

    Attributes:
        auth: "bearer" sends the secret as a token; "hmac" signs each request with it.
        mapping: the workspace's intents by the service's own names for them.
        ask_seconds: how long a batch of texts may wait for the service.
    """

    url: str
    auth: str
    secret: str = field(repr=False)
    language: str
    mapping: Mapping[str, str]
    ask_seconds: float = 0.8

    @property
    def kind(self) -> str:
        """Return the word for this kind."""
        return HTTP

    @property
    def host(self) -> str:
        """Return who is asked."""
        return web_address.host_of(self.url)


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogflowSettings:
    """A Dialogflow CX agent, asked as a service account.

    Attributes:
        agent: `projects/P/locations/L/agents/A`; the location gives the endpoint.
        environment: a published environment, or "" for the agent's draft.
        endpoint: another address of the API, such as a private one; "" for Google's.
    """

    agent: str
    language: str
    client_email: str
    private_key: str = field(repr=False)
    mapping: Mapping[str, str]
    token_url: str = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
    environment: str = ""
    endpoint: str = ""
    ask_seconds: float = 0.8

    @property
    def kind(self) -> str:
        """Return the word for this kind."""
        return DIALOGFLOW

    @property
    def base(self) -> str:
        """Return the address of the API in the agent's region."""
        if self.endpoint:
            return self.endpoint.rstrip("/")
        found = _AGENT.fullmatch(self.agent)
        region = found[1] if found else _GLOBAL
        prefix = "" if region == _GLOBAL else f"{region}-"
        return f"https://{prefix}dialogflow.googleapis.com"

    @property
    def host(self) -> str:
        """Return who is asked."""
        return web_address.host_of(self.base)


OutsideSettings: TypeAlias = HttpSettings | DialogflowSettings


def check(settings: OutsideSettings, *, intents: frozenset[str]) -> None:
    """Raise InvalidInput that names each setting which cannot be used.

    `intents` are the workspace's own: the mapping must lead to them.
    """
    problems = dict(_problems_of_mapping(settings.mapping, intents))
    if not _LANGUAGE.fullmatch(settings.language):
        problems["language"] = f"write a language such as en or en-GB, not {settings.language!r}"
    if not 0.05 <= settings.ask_seconds <= 3:  # noqa: PLR2004 - a turn waits that long at most
        problems["ask_seconds"] = "give it 0.05 to 3 seconds"
    if isinstance(settings, HttpSettings):
        problems |= _problems_of_http(settings)
    else:
        problems |= _problems_of_dialogflow(settings)
    if problems:
        raise InvalidInput(problems)


def signing_key_of(secret: str) -> bytes:
    """Return the bytes of a secret in the form of Standard Webhooks; raises InvalidInput."""
    encoded = secret.removeprefix(_SECRET_PREFIX)
    try:
        key = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if encoded == secret or len(key) < _MIN_KEY_BYTES:
        why = f"write whsec_ and at least {_MIN_KEY_BYTES} bytes in base 64"
        raise InvalidInput({"secret": why})
    return key


def private_key_of(pem: str) -> RSAPrivateKey:
    """Return the RSA key of a service account; raises InvalidInput."""
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, RSAPrivateKey) or key.key_size < _MIN_RSA_BITS:
        why = f"no RSA key of at least {_MIN_RSA_BITS} bits, as a service account's file holds"
        raise InvalidInput({"private_key": why})
    return key


def _problems_of_mapping(
    mapping: Mapping[str, str], intents: frozenset[str]
) -> list[tuple[str, str]]:
    if not 0 < len(mapping) <= _MAX_MAPPING:
        return [("mapping", f"map 1 to {_MAX_MAPPING} of its intents to the workspace's")]
    unknown = sorted(set(mapping.values()) - intents)
    if unknown:
        return [("mapping", f"the workspace has no intent {', '.join(map(repr, unknown[:5]))}")]
    return []


def _problems_of_http(settings: HttpSettings) -> dict[str, str]:
    problems = _refused(lambda: web_address.check(settings.url, field="url"))
    if settings.auth == HMAC:
        return problems | _refused(lambda: signing_key_of(settings.secret))
    if settings.auth != BEARER:
        return problems | {"auth": f"choose {BEARER} or {HMAC}"}
    if len(settings.secret) < _MIN_SECRET or not _TOKEN.fullmatch(settings.secret):
        problems["secret"] = f"write at least {_MIN_SECRET} characters without blanks"
    return problems


def _problems_of_dialogflow(settings: DialogflowSettings) -> dict[str, str]:
    problems = _refused(lambda: private_key_of(settings.private_key))
    problems |= _refused(lambda: web_address.check(settings.token_url, field="token_url"))
    problems |= _refused(lambda: web_address.check(settings.base, field="endpoint"))
    if not _AGENT.fullmatch(settings.agent):
        problems["agent"] = "write projects/PROJECT/locations/LOCATION/agents/AGENT"
    if settings.environment and not _ENVIRONMENT.fullmatch(settings.environment):
        problems["environment"] = "write the id of an environment, or leave it out"
    if "@" not in settings.client_email:
        problems["client_email"] = "the key file of a service account holds it"
    return problems


def _refused(check_one: Callable[[], object]) -> dict[str, str]:
    try:
        check_one()
    except InvalidInput as error:
        return dict(error.fields)
    return {}
