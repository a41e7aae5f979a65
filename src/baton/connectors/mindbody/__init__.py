"""Mindbody: what it posts of appointments, classes, clients and memberships."""
