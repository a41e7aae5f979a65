"""Documents that people write, in YAML: read with positions, changed in place."""
