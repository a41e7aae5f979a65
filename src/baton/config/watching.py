"""Who watches a process, where somebody does: figures for Prometheus, spans for a collector."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.middleware import Middleware

from baton.config.variables import SettingsError

if TYPE_CHECKING:
    from baton.ingress.metrics import Metrics
    from baton.ingress.traces import Traces

Turn = Callable[[], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What is counted and told; nothing of it is loaded, and nothing costs, where both are None."""

    metrics: "Metrics | None" = None
    traces: "Traces | None" = None

    def timed(self, loop: str, turn: Turn) -> Turn:
        """Return a loop's turn, measured by whoever watches."""
        for one in (self.metrics, self.traces):
            turn = one.timed(loop, turn) if one else turn
        return turn

    def middleware(self) -> list[Middleware]:
        """Return what stands before every route."""
        watchers = [one for one in (self.metrics, self.traces) if one]
        return [part for one in watchers for part in one.middleware()]

    def close(self) -> None:
        """Hand over what was not told yet."""
        if self.traces:
            self.traces.close()


def watch_by(metrics: str, traces: str) -> Watch:
    """Return the watch of the settings BATON_METRICS and BATON_TRACES; raises SettingsError."""
    return Watch(
        metrics=_metrics(metrics) if metrics else None, traces=_traces(traces) if traces else None
    )


def _metrics(token: str) -> "Metrics":
    from baton.ingress.metrics import Metrics  # noqa: PLC0415 - whoever wants none loads none

    return Metrics(token)


def _traces(collector: str) -> "Traces":
    try:
        from baton.ingress.traces import sent_to  # noqa: PLC0415 - an extra
    except ImportError as error:
        message = 'BATON_TRACES needs more packages: pip install "baton[traces]"'
        raise SettingsError(message) from error
    return sent_to(collector)
