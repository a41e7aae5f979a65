"""The whole system on a virtual clock, with faults at every port (`baton simulate --faults`).

The code is the real one, on a real SQLite in memory. What differs stands at the ports alone:
the database's connection, the clock, the provider and the network in front of the webhooks,
and who runs next. All of it follows from a plan, and a plan from its seed (ADR 37).
"""
