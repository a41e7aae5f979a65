"""Connections to mail servers, and what is wrong in plain words when there is none.

TLS is verified; a password never travels without it, except on this very machine.
"""

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from baton.channels.email.settings import Security, Server
from baton.runtime import outward

PATIENCE = 20.0
"""How many seconds a server may take for one answer."""

_PERMANENT = 500


class NoSessionError(Exception):
    """There is no connection, for certain: nothing was handed over.

    `words` say why to a person; `is_setting` that it stays so until a setting is changed.
    """

    def __init__(self, words: str, *, is_setting: bool = False) -> None:
        super().__init__(words)
        self.words = words
        self.is_setting = is_setting


@contextmanager
def smtp_session(
    server: Server, trust: ssl.SSLContext, *, patience: float = PATIENCE
) -> Iterator[smtplib.SMTP]:
    """Yield a connection that is ready for a message; raises NoSessionError."""
    try:
        session = _connected(server, trust, patience)
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise trouble(server, error) from None
    try:
        yield session
    finally:
        with suppress(smtplib.SMTPException, OSError):
            session.quit()
        session.close()


def trouble(server: Server, error: Exception) -> NoSessionError:
    """Return in plain words why a server could not be spoken with."""
    place = f"{server.host}:{server.port}"
    for kind, told, is_setting in _TROUBLES:
        if isinstance(error, kind):
            words = told.format(place=place, host=server.host)
            return NoSessionError(words, is_setting=is_setting)
    if isinstance(error, ssl.SSLCertVerificationError):
        why = error.verify_message
        return NoSessionError(f"The certificate of {place} is not to be trusted: {why}.")
    if isinstance(error, ssl.SSLError):
        return NoSessionError(
            f"{place} speaks no TLS from the first byte on. Choose STARTTLS, or another port."
        )
    if isinstance(error, smtplib.SMTPResponseException):
        said = _words_of(error.smtp_error)
        words = f"{place} does not let us in: {error.smtp_code} {said}".rstrip(". ") + "."
        return NoSessionError(words, is_setting=error.smtp_code >= _PERMANENT)
    return NoSessionError(f"{place} broke the connection off ({type(error).__name__}).")


class _Judged(smtplib.SMTP):
    """Connects to where one may connect alone."""

    # Where both classes of the standard library connect, though not in its types.
    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return outward.connect(host, port, timeout=timeout)


class _JudgedTls(smtplib.SMTP_SSL):
    """The same, encrypted from the first byte on."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        opened = outward.connect(host, port, timeout=timeout)
        return self.context.wrap_socket(opened, server_hostname=host)


def _connected(server: Server, trust: ssl.SSLContext, patience: float) -> smtplib.SMTP:
    if server.security is Security.TLS:
        session: smtplib.SMTP = _JudgedTls(
            server.host, server.port, timeout=patience, context=trust
        )
    else:
        session = _Judged(server.host, server.port, timeout=patience)
    try:
        if server.security is Security.STARTTLS:
            session.starttls(context=trust)
        session.ehlo_or_helo_if_needed()
        if server.user:
            session.login(server.user, server.password)
    except BaseException:
        session.close()
        raise
    return session


def _words_of(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return " ".join(text.split())[:200]


_TROUBLES: tuple[tuple[type[Exception], str, bool], ...] = (
    (
        outward.ForbiddenPlace,
        "{host} is in your own network. Whoever runs Baton has to name it in BATON_OWN_NETWORK.",
        True,
    ),
    (socket.gaierror, "No server is called {host}. Check the name.", False),
    (ConnectionRefusedError, "Nothing listens at {place}. Check the port.", False),
    (TimeoutError, "{place} does not answer. Check the port, or a firewall stands between.", False),
    (
        smtplib.SMTPAuthenticationError,
        "{host} does not accept this user with this password.",
        True,
    ),
    (
        smtplib.SMTPNotSupportedError,
        "{place} offers no STARTTLS, or no sign-in. Port 587 mostly does; 465 is for TLS.",
        True,
    ),
)
