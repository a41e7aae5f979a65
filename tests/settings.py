"""Django's settings under test: a home of their own and a database in memory."""

import atexit
import os
import shutil
import tempfile

_HOME = tempfile.mkdtemp(prefix="baton-tests-")
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)
os.environ["BATON_HOME"] = _HOME
os.environ["BATON_DATABASE_URL"] = "sqlite://"
os.environ["BATON_BASE_URL"] = "http://127.0.0.1:8000"
for _name in ("BATON_DEMO", "BATON_DEBUG", "BATON_PORT", "BATON_HOST"):
    os.environ.pop(_name, None)

from baton.config.django import *  # noqa: E402, F403 - the settings under test, whole

# A password's hash costs a tenth of a second by design: that is Argon2's promise, not ours.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
