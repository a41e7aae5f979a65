"""Who vouches for the staff of a workspace, and who of them an issuer's word lets in."""

from dataclasses import dataclass
from datetime import datetime

from baton.core.errors import InvalidInput, NotFound
from baton.services.desk import oidc, own_sign_in
from baton.services.desk.oidc import Asked, Client, NotVouched, Vouched
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.workspace import authority
from baton.store.models import SignInProvider, SignInSubject, User

PATH = "/sign-in/vouched"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A provider as somebody describes it; an empty secret keeps the one that is kept."""

    name: str
    issuer: str
    client_id: str
    secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A provider as its page and the sign-in page show it; the secret is never shown."""

    workspace_id: str
    name: str
    issuer: str
    client_id: str
    set_at: datetime


def list_all() -> tuple[Line, ...]:
    """Return every provider of this installation, for the sign-in page."""
    return tuple(_line(one) for one in SignInProvider.objects.order_by("name", "workspace_id"))


def find(user: User) -> Line | None:
    """Return the provider of a workspace; raises Forbidden."""
    authority.require_manage_access(user)
    row = SignInProvider.objects.filter(workspace_id=user.workspace_id).first()
    return _line(row) if row else None


def set_up(house: House, user: User, wanted: Wanted) -> None:
    """Set who vouches for the staff, once the issuer was asked who it is.

    Raises Forbidden, and InvalidInput for what cannot be, or an issuer that does not answer so.
    """
    authority.require_manage_access(user)
    kept = SignInProvider.objects.filter(workspace_id=user.workspace_id).first()
    _refuse_impossible(wanted, has_secret=kept is not None)
    try:
        oidc.discover(wanted.issuer)
    except NotVouched as error:
        raise InvalidInput({"issuer": f"The issuer was asked, and {error}."}) from None
    place = _place(user.workspace_id)
    sealed = house.keyset.seal(wanted.secret, place) if wanted.secret else b""
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        SignInProvider.objects.update_or_create(
            workspace_id=user.workspace_id,
            defaults={
                "name": wanted.name,
                "issuer": wanted.issuer,
                "client_id": wanted.client_id,
                "secret_sealed": sealed or (kept.secret_sealed if kept else b""),
                "set_at": ledger.now,
            },
        )
        _note(ledger, user, "sign_in_provider_set", issuer=wanted.issuer)


def remove(house: House, user: User) -> None:
    """Let nobody in by the provider any more; raises Forbidden, NotFound."""
    authority.require_manage_access(user)
    with house.engine.transaction():
        gone, _ = SignInProvider.objects.filter(workspace_id=user.workspace_id).delete()
        if not gone:
            raise NotFound("sign-in provider", user.workspace_id)
        SignInSubject.objects.filter(workspace_id=user.workspace_id).delete()
        _note(Ledger(house, house.clock.now()), user, "sign_in_provider_removed")


def begin(house: House, workspace_id: str) -> tuple[str, Asked]:
    """Return where to send somebody, and what to keep; raises NotFound, NotVouched."""
    return oidc.begin(_client(house, workspace_id), now=house.clock.now())


def finish(house: House, workspace_id: str, asked: Asked, *, state: str, code: str) -> User:
    """Return who may come in by an issuer's word; raises NotFound, NotVouched."""
    client = _client(house, workspace_id)
    now = house.clock.now()
    vouched = oidc.finish(client, asked, state=state, code=code, now=now)
    user = _user_of(house, workspace_id, client.issuer, vouched)
    own_sign_in.note(house, user, "signed_in", by="provider")
    return user


def _user_of(house: House, workspace_id: str, issuer: str, vouched: Vouched) -> User:
    """Return whose account it is: by the issuer's own name for them, at first by their e-mail."""
    known = SignInSubject.objects.filter(workspace_id=workspace_id, issuer=issuer)
    people = User.objects.filter(workspace_id=workspace_id, is_active=True)
    linked = known.filter(subject=vouched.subject).first()
    if linked is not None:
        user = people.filter(id=linked.user_id).first()
    else:
        user = people.filter(email__iexact=vouched.email).first()
    if user is None:
        raise NotVouched("nobody here has an account for this address")
    if linked is None:
        if known.filter(user_id=user.id).exists():
            raise NotVouched("the issuer knows this colleague by another name")
        with house.engine.transaction():
            SignInSubject.objects.create(
                id=house.next_id(house.clock.now()),
                workspace_id=workspace_id,
                user_id=user.id,
                issuer=issuer,
                subject=vouched.subject,
            )
    return user


def _client(house: House, workspace_id: str) -> Client:
    row = SignInProvider.objects.filter(workspace_id=workspace_id).first()
    if row is None:
        raise NotFound("sign-in provider", workspace_id)
    return Client(
        issuer=row.issuer,
        client_id=row.client_id,
        secret=house.keyset.unseal(row.secret_sealed, _place(workspace_id)),
        returns_to=f"{house.base_url}{PATH}",
    )


def _refuse_impossible(wanted: Wanted, *, has_secret: bool) -> None:
    lacks = {
        "name": "Say what your colleagues call it." if not wanted.name else "",
        "client_id": "Write the client id that it gave Baton." if not wanted.client_id else "",
        "secret": "" if wanted.secret or has_secret else "Write the secret that it gave Baton.",
    }
    if problems := {name: why for name, why in lacks.items() if why}:
        raise InvalidInput(problems)


def _place(workspace_id: str) -> str:
    return f"sign_in_provider:{workspace_id}"


def _line(row: SignInProvider) -> Line:
    return Line(
        workspace_id=row.workspace_id,
        name=row.name,
        issuer=row.issuer,
        client_id=row.client_id,
        set_at=row.set_at,
    )


def _note(ledger: Ledger, user: User, action: str, **details: str) -> None:
    workspace_id = user.workspace_id
    ledger.audit(workspace_id, f"user:{user.id}", action, f"workspace:{workspace_id}", **details)
    ledger.flush()
