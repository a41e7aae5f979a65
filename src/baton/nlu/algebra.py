"""The parts of scipy that training needs, kept to one thread like the rest (`baton.nlu`).

They are dear to load, and a process that finds its models trained never needs them.
Their types are not published.
"""

from functools import cache
from typing import Any

from threadpoolctl import threadpool_limits


@cache
def linear() -> Any:
    """Return scipy's linear algebra, whose library is another one than numpy's."""
    from scipy import linalg  # noqa: PLC0415 - dear to load

    threadpool_limits(limits=1, user_api="blas")
    return linalg


@cache
def sparse() -> Any:
    """Return scipy's sparse matrices."""
    from scipy import sparse as matrices  # noqa: PLC0415 - dear to load

    return matrices
