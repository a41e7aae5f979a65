"""Backups: one sealed file that holds a database and what lies beside it, and none of the keys."""
