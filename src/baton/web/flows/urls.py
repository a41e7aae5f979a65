"""The addresses of this room: flows as their owners see, change and try them."""

from django.urls import URLPattern, path

from baton.web.flows import (
    flow_editing,
    flow_pausing,
    flow_runs,
    flow_switching,
    flow_trying,
    flows,
    publishing,
    replaying,
)

urlpatterns: list[URLPattern] = [
    path("flows", flows.list_page, name="flows"),
    path("replay", replaying.replay_page, name="replay"),
    path("flows/new", flow_editing.begin_page, name="begin_flow"),
    path("flows/<slug:name>", flows.flow_page, name="flow"),
    path("flows/<slug:name>/head", flow_editing.head_page, name="flow_head"),
    path("flows/<slug:name>/yaml", flow_editing.yaml_page, name="flow_yaml"),
    path("flows/<slug:name>/steps", flow_editing.add_step, name="add_step"),
    path("flows/<slug:name>/steps/<slug:step>", flow_editing.step_page, name="flow_step"),
    path("flows/<slug:name>/steps/<slug:step>/preview", flow_editing.preview, name="step_preview"),
    path(
        "flows/<slug:name>/steps/<slug:step>/rename", flow_editing.rename_step, name="rename_step"
    ),
    path(
        "flows/<slug:name>/steps/<slug:step>/remove", flow_editing.remove_step, name="remove_step"
    ),
    path("flows/<slug:name>/messages", flow_switching.messages_page, name="flow_messages"),
    path("flows/<slug:name>/discard", flow_editing.discard, name="discard_draft"),
    path("flows/<slug:name>/place", publishing.stand_in, name="place_flow"),
    path("flows/<slug:name>/publish", publishing.publish_page, name="publish_flow"),
    path("flows/<slug:name>/try", flow_trying.try_page, name="try_flow"),
    path("flows/<slug:name>/pause", flow_pausing.pause_page, name="pause_flow"),
    path("flows/<slug:name>/resume", flow_pausing.resume, name="resume_flow"),
    path("flows/<slug:name>/export", flows.export, name="export_flow"),
    path("flows/<slug:name>/versions", flows.versions_page, name="flow_versions"),
    path("flows/<slug:name>/versions/<int:version>", flows.version_page, name="flow_version"),
    path("flows/<slug:name>/versions/<int:version>/revert", flows.revert, name="revert_flow"),
    path("flows/<slug:name>/runs", flow_runs.runs_page, name="flow_runs"),
    path("flows/<slug:name>/runs/change", flow_runs.change, name="change_runs"),
]
