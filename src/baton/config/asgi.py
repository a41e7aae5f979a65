"""What an ASGI server imports: `uvicorn baton.config.asgi:application`; `baton serve` does so."""

from baton.config import boot

SETTINGS = boot.boot()

# Models can be imported once Django is set up, not before.
from baton.config import serving, wiring  # noqa: E402
from baton.config.demo import traffic  # noqa: E402

application = serving.create_application(
    lambda: wiring.install(SETTINGS),
    companion=traffic.start if SETTINGS.demo else None,
    on_ready=wiring.settle,
    mail_door=serving.door_of(SETTINGS),
)
