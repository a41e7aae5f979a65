"""What providers have approved, as decisions and sends ask for it: plain SQL."""

import json
from collections.abc import Sequence

from baton.core.consent import Purpose
from baton.core.template import ApprovedTemplate, TemplateState
from baton.store import sql


def list_approved(workspace_id: str) -> tuple[ApprovedTemplate, ...]:
    """Return the newest approved version of each template, by channel and language."""
    found = {}
    for row in sql.select(_APPROVED, [workspace_id, TemplateState.APPROVED.value]):
        replies = row[5] if isinstance(row[5], list) else json.loads(row[5])
        found[(row[7], row[1], row[3])] = ApprovedTemplate(
            version_id=row[0],
            name=row[1],
            provider_name=row[2],
            language=row[3],
            body=row[4],
            replies=tuple((one["key"], one["label"]) for one in replies),
            purpose=Purpose(row[6]),
            channel=row[7],
            header=row[8],
            footer=row[9],
            link_label=row[10],
            link_url=row[11],
        )
    return tuple(found.values())


def approved_among(version_ids: Sequence[str]) -> frozenset[str]:
    """Return those of the versions that may be sent now."""
    statement = _APPROVED_AMONG.format(ids=sql.places(len(version_ids)))
    found = sql.select(statement, [TemplateState.APPROVED.value, *version_ids])
    return frozenset(row[0] for row in found)


_APPROVED = """
SELECT id, name, provider_name, language, body, replies, purpose, channel, header, footer,
       link_label, link_url
FROM store_templateversion
WHERE workspace_id = %s AND state = %s ORDER BY channel, name, language, number
"""
_APPROVED_AMONG = "SELECT id FROM store_templateversion WHERE state = %s AND id IN ({ids})"
