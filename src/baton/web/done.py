"""What the page is told of a deed that is done, so that it says so and asks how things stand."""

import json

from django.http import HttpResponse


def tell_done(act: str, said: str, undo: str = "") -> HttpResponse:
    """Return the empty answer whose events the page hears: `done`, then `changed`.

    Done first: what was written is cleared before the page asks how things stand now. Both are
    told to the page's body: the button that was pressed may be drawn anew while the answer is on
    its way, and what is told to it is then heard by nobody. `undo` is the address that takes the
    deed back, if one does.
    """
    done = {"act": act, "said": said, "target": "body"}
    if undo:
        done["undo"] = undo
    told = {"done": done, "changed": {"target": "body"}}
    return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(told)})
