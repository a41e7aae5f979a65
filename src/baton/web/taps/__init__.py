"""Contacts' own pages behind one-tap links: no login, no script, and a look changes nothing."""
