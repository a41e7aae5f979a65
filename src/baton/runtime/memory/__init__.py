"""The engine in this process's memory: for tests, stories and simulation."""

from baton.runtime.memory.engine import MemoryEngine

__all__ = ["MemoryEngine"]
