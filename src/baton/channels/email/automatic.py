"""Whether a machine wrote a message: what is answered then begins a loop (RFC 3834)."""

import re
from email.message import Message

from baton.channels.email.headers import decoded, raw_header

_BULK = frozenset({"bulk", "list", "junk", "auto_reply", "auto-reply"})
_TELLING = (
    "X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Response-Suppress",
    "X-Mail-Autoreply", "List-Id", "List-Unsubscribe", "X-Failed-Recipients", "Feedback-ID",
)  # fmt: skip
_NOBODY = re.compile(
    r"(?:mailer-daemon|postmaster|(?:no|do-?not)[._-]?reply|bounces?|notifications?)(?:[+._-].*)?@",
    re.IGNORECASE,
)
# Some programs tell by the subject alone.
_SUBJECT = re.compile(
    r"(?:automatic reply|auto(?:matic)?[ -]?(?:reply|response)|out of (?:the )?office|"
    r"abwesenheits(?:notiz|meldung)|automatische antwort|respuesta automática|réponse automatique|"
    r"risposta automatica|automatisch antwoord|resposta automática|autosvar)\b",
    re.IGNORECASE,
)


def is_automatic(message: Message, sender: str) -> bool:
    """Return whether no person wrote it to us."""
    submitted = raw_header(message, "Auto-Submitted").lower()
    if submitted and not submitted.startswith("no"):
        return True
    if raw_header(message, "Precedence").lower() in _BULK:
        return True
    if raw_header(message, "Return-Path") == "<>":
        return True
    if any(raw_header(message, name) for name in _TELLING):
        return True
    subject = decoded(raw_header(message, "Subject"))
    return bool(_NOBODY.match(sender) or _SUBJECT.match(subject))
