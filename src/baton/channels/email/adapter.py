"""Email out: one message handed to the business's own mail server, once.

A server has a message from the moment that it may have read the line which ends it. What
goes wrong before that may be tried again; afterwards nobody can say, and nothing is.
"""

import re
import smtplib
import ssl
from dataclasses import dataclass, field

from baton.channels import Health, Letterhead, Outgoing
from baton.channels.email import composing, smtp_codes
from baton.channels.email.imap import Mailbox
from baton.channels.email.session import PATIENCE, NoSessionError, smtp_session
from baton.channels.email.settings import EmailSettings
from baton.core.delivery import Undelivered
from baton.runtime.ports import Again, Done, Outcome, Park, Refused, Unknown

_MAX_FILE = 7_000_000  # a third more in base64: below the ten megabytes that all servers take
_OK, _WILL_FORWARD, _GO_ON = 250, 251, 354
_TEMPORARY, _PERMANENT, _BEYOND = 400, 500, 600
_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpEmail:
    """A `ChannelPort` over one mailbox; `patience` is in seconds."""

    settings: EmailSettings = field(repr=False)
    trust: ssl.SSLContext
    patience: float = PATIENCE

    name = "email"
    is_outside = True

    def render(self, text: str, choices: tuple[tuple[str, str], ...]) -> str:
        """Return the text as a mail client shows it."""
        return composing.plain(text, choices)

    def carries(  # mail carries any type, and as many as there are
        self,
        media_type: str,  # noqa: ARG002
        size: int,
        *,
        text: str = "",  # noqa: ARG002
        others: int = 0,  # noqa: ARG002
    ) -> bool:
        """Return whether a file goes along: servers refuse what is larger, others get a link."""
        return size <= _MAX_FILE

    def send(self, outgoing: Outgoing) -> Outcome:
        """Hand a message to the server, once; its own name is its receipt."""
        head = outgoing.letterhead
        if head is None or not outgoing.text or len(outgoing.text) > composing.MAX_CHARACTERS:
            return Refused(reason=Undelivered.TEXT_LENGTH.value)
        if not outgoing.address.isascii():  # SMTPUTF8, which few servers offer
            return Refused(reason=Undelivered.PROVIDER_REFUSED.value, code="SMTPUTF8")
        letter = composing.compose(self.settings, outgoing, head)
        try:
            with smtp_session(
                self.settings.outgoing, self.trust, patience=self.patience
            ) as session:
                return self._handed_over(session, outgoing, head, letter)
        except NoSessionError as error:
            return Park(reason=error.words) if error.is_setting else Again(reason=error.words)

    def check(self) -> Health:
        """Sign in where mail goes out and where it comes in, which sends nothing."""
        problem = self._sending_problem() or self._receiving_problem()
        return Health(problem=problem, account=self.settings.sender)

    def _sending_problem(self) -> str:
        server = self.settings.outgoing
        try:
            with smtp_session(server, self.trust, patience=self.patience) as session:
                session.noop()
        except NoSessionError as error:
            return f"Sending: {error.words}"
        except (smtplib.SMTPException, OSError):
            return f"Sending: {server.host} broke the connection off."
        return ""

    def _receiving_problem(self) -> str:
        incoming = self.settings.incoming
        if not incoming.host:
            return ""
        mailbox = Mailbox(
            server=incoming,
            folder=self.settings.folder,
            trust=self.trust,
            patience=self.patience,
        )
        problem = mailbox.find_problem()
        return f"Receiving: {problem}" if problem else ""

    def _handed_over(
        self, session: smtplib.SMTP, outgoing: Outgoing, head: Letterhead, letter: bytes
    ) -> Outcome:
        try:
            sender = composing.return_address(self.settings, head)
            refusal = _envelope(session, sender, outgoing.address)
        except (smtplib.SMTPException, OSError, ValueError) as error:
            return Again(reason=f"the mail server broke off ({type(error).__name__})")
        return refusal or _content(session, letter, outgoing.message_id)


def _envelope(session: smtplib.SMTP, sender: str, recipient: str) -> Outcome | None:
    """Name sender and recipient; return what keeps the message from going, None to go on."""
    code, said = session.mail(sender)
    if code != _OK:
        words = _words_of(code, said)
        if code >= _PERMANENT:
            return Park(reason=f"The mail server does not let us send as {sender}: {words}")
        return Again(reason=f"the mail server asks to wait ({words})")
    code, said = session.rcpt(recipient)
    if code not in (_OK, _WILL_FORWARD):
        return _refusal_of(code, said)
    code, said = session.docmd("DATA")
    return None if code == _GO_ON else _refusal_of(code, said)


def _content(session: smtplib.SMTP, letter: bytes, receipt: str) -> Outcome:
    """Write the message; from its last line on it may have been taken."""
    dotted = _LEADING_DOT.sub(b"..", letter)
    try:
        session.send(dotted + b".\r\n")
        code, said = session.getreply()
    except (smtplib.SMTPException, OSError, ValueError) as error:
        return Unknown(reason=f"the mail server did not answer ({type(error).__name__})")
    if code == _OK:
        return Done(receipt=receipt)
    if not _TEMPORARY <= code < _BEYOND:
        return Unknown(reason=f"the mail server answered {code}")
    return _refusal_of(code, said)


def _refusal_of(code: int, said: bytes) -> Outcome:
    words = _words_of(code, said)
    if code < _PERMANENT:  # also a word that is no code: nothing was handed over yet
        return Again(reason=f"the mail server asks to wait ({words})")
    if smtp_codes.is_setting(words):
        return Park(reason=f"The mail server does not send for us: {words}")
    reason = smtp_codes.undelivered_of(words)
    return Refused(reason=reason.value, code=smtp_codes.code_of(code, words))


def _words_of(code: int, said: bytes) -> str:
    return f"{code} {' '.join(said.decode('utf-8', 'replace').split())[:200]}"
