"""How every test runs: properties without a deadline, and the same examples each time in CI."""

import os
import signal

import pytest
from hypothesis import HealthCheck, settings

# A deadline measures the machine. In CI the same examples each time: what new ones find belongs
# to whoever runs the suite and can mend it, not to an unrelated change.
settings.register_profile(
    "baton",
    deadline=None,
    derandomize=os.environ.get("CI") == "true",
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("baton")


def pytest_configure() -> None:
    # Told to end, as by a time limit, a run stops as with Ctrl+C: its servers and folders go too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
