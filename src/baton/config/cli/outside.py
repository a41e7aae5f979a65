"""`baton nlu outside`: which NLU elsewhere a workspace asks what was meant."""

import json
import sys
from typing import Any, TextIO

import click

from baton.config.cli.output import json_option, show
from baton.config.cli.workspace import opened, workspace_option
from baton.core.errors import InvalidInput
from baton.nlu.outside import DIALOGFLOW, HTTP, DialogflowSettings, HttpSettings, OutsideSettings

_ACTOR = "system"  # whoever may start a command on the server
_MAX_FILE = 1_000_000


@click.group()
def outside() -> None:
    """An NLU elsewhere that tells what was meant; the local reader stays on guard."""


@outside.command(name="set")
@workspace_option
@click.option("--kind", type=click.Choice([HTTP, DIALOGFLOW]), required=True)
@click.option("--map", "pairs", multiple=True, help="THEIRS=OURS, once for each intent.")
@click.option("--mapping", type=click.File(), help="A JSON file with ours by theirs.")
@click.option("--language", default="en", show_default=True, help="What the messages are in.")
@click.option("--seconds", default=0.8, show_default=True, help="How long a batch may wait.")
@click.option("--url", default="", help="http: the service's address.")
@click.option("--auth", type=click.Choice(["bearer", "hmac"]), default="hmac", show_default=True)
@click.option("--secret", type=click.File(), help="http: a file with the secret, - for input.")
@click.option("--agent", default="", help="dialogflow: projects/P/locations/L/agents/A.")
@click.option("--environment", default="", help="dialogflow: a published environment.")
@click.option("--key", type=click.File(), help="dialogflow: the service account's JSON file.")
@click.option("--endpoint", default="", help="dialogflow: another address of its API.")
@json_option
def configure(*, workspace: str, as_json: bool, **given: Any) -> None:
    """Ask an outside reader from the next message on."""
    settings = _settings(given)
    with opened(workspace, alone=True) as (house, workspace_id):
        from baton.services.workspace import outside_readers  # noqa: PLC0415 - Django must be set up first

        row = outside_readers.configure(house, workspace_id, settings, actor=_ACTOR)
        intents = len(settings.mapping)
        show({"kind": row.kind, "host": row.host, "intents": intents}, as_json=as_json)


@outside.command()
@workspace_option
@json_option
def test(workspace: str, *, as_json: bool) -> None:
    """Ask it one sentence that nobody said, and show how it answered."""
    with opened(workspace, alone=False) as (house, workspace_id):
        from baton.services.workspace import outside_readers  # noqa: PLC0415 - Django must be set up first

        trial = outside_readers.try_out(house, workspace_id)
    row = {
        "outcome": trial.outcome,
        "detail": trial.detail,
        "told": [{"name": name, "confidence": sure} for name, sure in trial.told],
        "meant": trial.meant or "not mapped",
        "milliseconds": round(1000 * trial.seconds),
    }
    show(row, as_json=as_json)
    sys.exit(0 if trial.outcome == "answered" else 1)


@outside.command()
@workspace_option
@json_option
def off(workspace: str, *, as_json: bool) -> None:
    """Read messages here alone again, and forget the settings with their secret."""
    with opened(workspace, alone=True) as (house, workspace_id):
        from baton.services.workspace import outside_readers  # noqa: PLC0415 - Django must be set up first

        outside_readers.turn_off(house, workspace_id, actor=_ACTOR)
    show({"outside_reader": "none"}, as_json=as_json)


def _settings(given: dict[str, Any]) -> OutsideSettings:
    mapping = _mapping(given["pairs"], given["mapping"])
    if given["kind"] == HTTP:
        return HttpSettings(
            url=given["url"],
            auth=given["auth"],
            secret=_read(given["secret"], "--secret").strip(),
            language=given["language"],
            mapping=mapping,
            ask_seconds=given["seconds"],
        )
    key = _object(_read(given["key"], "--key"), "--key")
    return DialogflowSettings(
        agent=given["agent"],
        environment=given["environment"],
        endpoint=given["endpoint"],
        language=given["language"],
        client_email=str(key.get("client_email", "")),
        private_key=str(key.get("private_key", "")),
        token_url=str(key.get("token_uri", "")),
        mapping=mapping,
        ask_seconds=given["seconds"],
    )


def _mapping(pairs: tuple[str, ...], file: TextIO | None) -> dict[str, str]:
    mapping = _object(_read(file, "--mapping"), "--mapping") if file else {}
    for pair in pairs:
        theirs, sign, ours = pair.rpartition("=")
        if not sign:
            raise InvalidInput({"--map": f"write THEIRS=OURS, not {pair!r}"})
        mapping[theirs.strip()] = ours.strip()
    return {str(theirs): str(ours) for theirs, ours in mapping.items()}


def _read(file: TextIO | None, option: str) -> str:
    if file is None:
        raise InvalidInput({option: "name a file"})
    return file.read(_MAX_FILE)


def _object(text: str, option: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise InvalidInput({option: "the file holds no JSON object"})
    return value
