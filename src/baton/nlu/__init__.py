"""Understanding messages: everything here tells, and decides nothing.

Linear algebra keeps to one thread: the products are small, threads that wait for each
other cost more than they bring, and the same sums come out on every machine.
"""

import numpy as np  # noqa: F401 - its library must be loaded to be limited
from threadpoolctl import threadpool_limits

threadpool_limits(limits=1, user_api="blas")
