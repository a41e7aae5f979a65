"""What strangers call at machine speed: verify, store, answer, and nothing else.

The web chat's sessions, messages and streams, signed webhooks, the state of the
server, and the widget with its trial page. No rule of the domain lives here.
"""
