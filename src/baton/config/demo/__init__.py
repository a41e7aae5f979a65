"""The demo: a workspace with people, three days behind it and traffic to watch."""
