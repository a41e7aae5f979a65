"""What an ASGI server imports: `uvicorn baton.config.asgi:application`; `baton serve` does so."""

from functools import partial

from baton.config import boot

SETTINGS = boot.boot()

# Models can be imported once Django is set up, not before.
from baton.config import daily_backup, serving, wiring  # noqa: E402
from baton.config.demo import traffic  # noqa: E402

_companions: list[serving.Companion] = [partial(daily_backup.start, SETTINGS)]
if SETTINGS.demo:
    _companions.append(traffic.start)

application = serving.create_application(
    lambda: wiring.install(SETTINGS),
    companions=_companions,
    front=serving.front_of(SETTINGS),
    on_ready=wiring.settle,
)
