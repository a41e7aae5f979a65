"""The durable engine on Django's database: the one place where SQLite and PostgreSQL differ."""

from baton.store.runtime_store.engine import DjangoEngine
from baton.store.runtime_store.sqlite import DatabaseInUse, exclusive

__all__ = ["DatabaseInUse", "DjangoEngine", "exclusive"]
