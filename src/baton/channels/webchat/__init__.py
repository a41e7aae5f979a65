"""Web chat: messages lie in Baton's own feed, which the widget reads."""
