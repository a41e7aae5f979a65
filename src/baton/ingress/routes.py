"""What a request was for, told without its address: an address may be a key."""

import inspect

from starlette.types import Scope


def route_of(scope: Scope) -> str:
    """Return the template of the route that took a request; "none" where nothing did."""
    endpoint = scope.get("endpoint")
    if endpoint is None:
        return "none"
    if not inspect.isroutine(endpoint):
        return "console"  # Django's own pages, and the customers' one-tap pages
    names = {str(value): f"{{{name}}}" for name, value in scope.get("path_params", {}).items()}
    return "/".join(names.get(part, part) for part in str(scope["path"]).split("/"))
