"""Each folder beside this file is a pack."""
