"""The API for machines: typed, with a key, described by OpenAPI."""
