"""A climbing hall's own parts of Baton: a pack, a step type and a kind of system."""
