"""The form that connects a mailbox: whom it sends as, over which server, and what is read."""

from typing import Any

from django import forms
from msgspec.structs import replace

from baton.channels.email import addresses
from baton.channels.email.settings import EmailSettings, Security, Server
from baton.services.workspace.connections import ChannelSettings
from baton.web.settings.channel_form import ChannelForm

SECRETS = frozenset({"smtp_password", "imap_password", "dkim_key"})
TITLES = {
    "smtp_host": "Sending",
    "imap_host": "Receiving",
    "dkim_selector": "Signing and answers",
}
"""Headings, above the field that each begins with."""

OWN_HINTS = {
    "name": "For your staff, as in “Mail, Riverside”.",
    "sender": "The mailbox that people write to, as hello@example.com.",
}
"""Hints of fields that other forms have as well."""

HINTS = {
    "from_name": "What people see beside the address, as FitLocal Riverside.",
    "smtp_host": "Your provider calls it outgoing or SMTP server.",
    "smtp_port": "Empty: 465 for TLS, 587 for STARTTLS.",
    "smtp_user": "Mostly the address itself. Empty: nobody signs in.",
    "smtp_password": "Many providers want one for programs, made in the account's settings.",
    "imap_host": "Whose folder is read every few seconds. Empty: mail comes by the listener alone.",
    "imap_port": "Empty: 993 for TLS, 143 for STARTTLS.",
    "imap_user": "Empty: as for sending.",
    "imap_password": "Empty: as for sending.",
    "folder": "What comes into it from now on is answered. Mostly INBOX.",
    "dkim_selector": "Only if your server does not sign: the first part of the DNS record's name.",
    "dkim_key": "The private RSA key as PEM.",
    "trusted_server": "The first word of the header Authentication-Results in mail that came to "
    "you, as mx.example.com. A sender that it disproves is not believed. Empty: all are.",
    "reply_domain": "A domain whose mail comes to Baton's own listener. Empty: none.",
}
_SECURITIES = [
    (Security.STARTTLS.value, "STARTTLS"),
    (Security.TLS.value, "TLS from the first byte on"),
    (Security.NONE.value, "None, on this very machine"),
]
_PORTS = {
    ("smtp", Security.TLS): 465,
    ("smtp", Security.STARTTLS): 587,
    ("smtp", Security.NONE): 25,
    ("imap", Security.TLS): 993,
    ("imap", Security.STARTTLS): 143,
    ("imap", Security.NONE): 143,
}


def _secret(label: str) -> forms.CharField:
    hidden = forms.PasswordInput(attrs={"autocomplete": "off"})
    return forms.CharField(max_length=500, required=False, label=label, widget=hidden)


class EmailForm(ChannelForm):
    """A mailbox of the business."""

    field_order = ("name", "sender", "from_name")
    sender = forms.CharField(max_length=254, label="Address")
    from_name = forms.CharField(max_length=100, required=False, label="Shown name")
    smtp_host = forms.CharField(max_length=253, label="SMTP server")
    smtp_security = forms.ChoiceField(choices=_SECURITIES, label="Security")
    smtp_port = forms.IntegerField(required=False, min_value=1, max_value=65_535, label="Port")
    smtp_user = forms.CharField(max_length=254, required=False, label="User")
    smtp_password = _secret("Password")
    imap_host = forms.CharField(max_length=253, required=False, label="IMAP server")
    imap_security = forms.ChoiceField(choices=_SECURITIES, initial="tls", label="Security")
    imap_port = forms.IntegerField(required=False, min_value=1, max_value=65_535, label="Port")
    imap_user = forms.CharField(max_length=254, required=False, label="User")
    imap_password = _secret("Password")
    folder = forms.CharField(max_length=100, initial="INBOX", label="Folder")
    dkim_selector = forms.CharField(max_length=63, required=False, label="DKIM selector")
    dkim_key = forms.CharField(
        max_length=10_000,
        required=False,
        label="DKIM key",
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "class": "code"}),
    )
    reply_domain = forms.CharField(max_length=253, required=False, label="Reply domain")
    trusted_server = forms.CharField(max_length=200, required=False, label="Server that checks")


def settings_of(form: EmailForm, known: ChannelSettings | None) -> EmailSettings:
    """Return the settings that a valid form holds; secrets left empty stay as they are `known`."""
    given = form.cleaned_data
    before = known if isinstance(known, EmailSettings) else None
    sender = given["sender"].strip()
    outgoing = _server(given, "smtp", before.outgoing if before else None)
    incoming = _server(given, "imap", before.incoming if before else None)
    if incoming.host and not incoming.user:
        incoming = _as_for_sending(given, incoming, outgoing, before)
    selector = given["dkim_selector"].strip()
    key = given["dkim_key"].strip() or (before.dkim_key if before else "")
    return EmailSettings(
        sender=addresses.parse_address(sender) or sender,
        from_name=given["from_name"].strip(),
        outgoing=outgoing,
        incoming=incoming,
        folder=given["folder"].strip(),
        dkim_selector=selector,
        dkim_key=key if selector else "",
        reply_domain=given["reply_domain"].strip().lower(),
        trusted_server=given["trusted_server"].strip().lower(),
    )


def _as_for_sending(
    given: dict[str, Any], incoming: Server, outgoing: Server, before: EmailSettings | None
) -> Server:
    """Return where mail is fetched in the sender's name.

    A password that was kept goes only to the server that it went to before: whoever names
    another one has to know it.
    """
    was = before.incoming if before else Server()
    is_same = (was.host, was.user) == (incoming.host, outgoing.user)
    password = given["smtp_password"] or (was.password if is_same else "")
    return replace(incoming, user=outgoing.user, password=password)


def shown_of(settings: EmailSettings) -> dict[str, object]:
    """Return what the form begins with: never a secret."""
    shown: dict[str, object] = {
        name: getattr(settings, name) for name in ("from_name", "folder", "dkim_selector")
    }
    for name, server in (("smtp", settings.outgoing), ("imap", settings.incoming)):
        shown |= {
            f"{name}_host": server.host,
            f"{name}_port": server.port or None,
            f"{name}_security": server.security.value,
            f"{name}_user": server.user,
        }
    return {
        **shown,
        "reply_domain": settings.reply_domain,
        "trusted_server": settings.trusted_server,
    }


def _server(given: dict[str, Any], name: str, before: Server | None) -> Server:
    host, user = given[f"{name}_host"].strip().lower(), given[f"{name}_user"].strip()
    if not host:
        return Server()
    security = Security(given[f"{name}_security"])
    # A password is of one user at one host: another is never sent what was set for the first.
    is_same = before is not None and (before.host, before.user) == (host, user)
    kept = before.password if before and is_same else ""
    return Server(
        host=host,
        port=given[f"{name}_port"] or _PORTS[(name, security)],
        security=security,
        user=user,
        password=given[f"{name}_password"] or kept,
    )
