"""The console on PostgreSQL: its lists, openings and verdicts are the same there."""
