"""The server's application: ingress first, then Django; recorder and crew live with it.

`application` is what an ASGI server imports. Run it with `Server`, which ends the
live streams before it waits for open connections.
"""

import os
import socket
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from datetime import datetime
from typing import override

import uvicorn
from a2wsgi import WSGIMiddleware
from django.core.wsgi import get_wsgi_application
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "baton.config.django")
