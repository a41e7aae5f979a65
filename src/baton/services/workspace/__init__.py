"""A workspace as it stands: its pack, its own words and readers, its versions and inboxes."""
