"""In which languages a workspace has something to say."""

from baton.services.house import House
from baton.services.workspace.standards import standards_cache


def list_written(house: House, workspace_id: str) -> tuple[str, ...]:
    """Return the languages that anything of the live flows is said in, the texts' own first."""
    standards = standards_cache(house).standards_of(workspace_id)
    live = [standards.library.flows[one] for one in standards.library.live.items()]
    translated = {
        spoken
        for flow in live
        for step in flow.steps.values()
        for wording in step.wordings.values()
        for spoken in wording.translations
    }
    return tuple(dict.fromkeys((standards.pack.locale, *sorted(translated))))
