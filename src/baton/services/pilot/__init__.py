"""Pilots: flows rolled out stage by stage, judged by gates, stopped when they harm, taken back."""
