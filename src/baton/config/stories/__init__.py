"""Executable stories: a document that says what happens and what must be true then."""
