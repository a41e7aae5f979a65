"""The agent's day: lists, a conversation, what is done in it, and the team's boards."""
