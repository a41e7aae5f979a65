"""Looks into connected mailboxes every few seconds, one process at a time for each."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

from baton.channels.email import imap
from baton.channels.email.imap import Place
from baton.channels.email.session import NoSessionError
from baton.channels.wire import trusted
from baton.services.doors import mailing
from baton.services.doors.mailing import Mailbox
from baton.services.house import House
from baton.store.models import MailPlace

EVERY = timedelta(seconds=15)
_LEASE = timedelta(minutes=5)  # a batch of large messages over a slow line
_MAX_PROBLEM = 300
_AT_A_TIME = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class MailPoll:
    """Reads the mailboxes of an installation; `owner` tells this process from others."""

    house: House
    owner: str

    def run_once(self) -> int:
        """Look into each mailbox that it is time for; return how many messages were news.

        Side by side, so that a slow server keeps the other mailboxes waiting no longer than
        it takes itself; a few at a time, for each may hold a large message.
        """
        due = [
            mailbox
            for mailbox in mailing.list_mailboxes(self.house)
            if mailbox.settings.incoming.host and self._is_time_for(mailbox)
        ]
        if not due:
            return 0
        with ThreadPoolExecutor(min(len(due), _AT_A_TIME), "baton-mailbox") as pool:
            return sum(pool.map(self._look_apart, due))

    def _look_apart(self, mailbox: Mailbox) -> int:
        try:
            return self._look(mailbox)
        finally:
            self.house.engine.close()  # this thread's connection

    def _is_time_for(self, mailbox: Mailbox) -> bool:
        now = self.house.clock.now()
        known = MailPlace.objects.filter(id=mailbox.inbox_id).first()
        if known and now - known.looked_at < EVERY:
            return False
        duty = f"mailbox:{mailbox.inbox_id}"
        return self.house.engine.leases.acquire(duty, self.owner, now=now, lease=_LEASE)

    def _look(self, mailbox: Mailbox) -> int:
        news: list[bool] = []
        box = imap.Mailbox(
            server=mailbox.settings.incoming, folder=mailbox.settings.folder, trust=trusted()
        )
        since, today = self._since(mailbox), self.house.clock.now().date()
        try:
            place = box.read_new(
                since, lambda raw: news.append(self._take(mailbox, raw)), today=today
            )
        except NoSessionError as error:
            self._note_problem(mailbox, error.words)
        else:
            self._keep(mailbox, validity=place.validity, last=place.last)
        finally:
            self.house.engine.leases.release(f"mailbox:{mailbox.inbox_id}", self.owner)
        return sum(news)

    def _since(self, mailbox: Mailbox) -> Place | None:
        """Return how far this very folder was read, None when it never was."""
        known = MailPlace.objects.filter(
            id=mailbox.inbox_id, account=self._account_of(mailbox), validity__isnull=False
        ).first()
        if known is None or known.validity is None:
            return None
        return Place(validity=known.validity, last=known.last)

    def _account_of(self, mailbox: Mailbox) -> str:
        server = mailbox.settings.incoming
        told = f"{server.host}\n{server.user}\n{mailbox.settings.folder}"
        return self.house.keyset.fingerprint(f"mailbox:{mailbox.inbox_id}", told)

    def _take(self, mailbox: Mailbox, raw: bytes) -> bool:
        arrival = mailing.arrival_of(self.house, mailbox, raw)
        return arrival is not None and any(self.house.engine.inbox.append([arrival]))

    def _keep(self, mailbox: Mailbox, *, validity: int, last: int) -> None:
        self._write(mailbox, validity=validity, last=last, problem="", problem_at=None)

    def _note_problem(self, mailbox: Mailbox, words: str) -> None:
        known = MailPlace.objects.filter(id=mailbox.inbox_id).exclude(problem="").first()
        since = known.problem_at if known else self.house.clock.now()
        values: dict[str, object] = {"problem": words[:_MAX_PROBLEM], "problem_at": since}
        if self._since(mailbox) is None:
            values["validity"] = None  # of another account, if of any
        self._write(mailbox, **values)

    def _write(self, mailbox: Mailbox, **values: object) -> None:
        with self.house.engine.transaction():
            MailPlace.objects.update_or_create(
                id=mailbox.inbox_id,
                defaults={
                    "workspace_id": mailbox.workspace_id,
                    "account": self._account_of(mailbox),
                    "looked_at": self.house.clock.now(),
                    **values,
                },
            )
