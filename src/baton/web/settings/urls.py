"""The addresses of this room: how the workspace is set up."""

from django.urls import URLPattern, path

from baton.web.settings import (
    channels,
    confidence,
    deliveries,
    message_templates,
    parked,
    routing,
    rules,
    sending,
    team,
)

urlpatterns: list[URLPattern] = [
    path("settings/confidence", confidence.board_page, name="confidence"),
    path("settings/confidence/change", confidence.change_page, name="confidence_change"),
    path("settings/escalation", rules.board_page, name="rules"),
    path("settings/escalation/fired", rules.fired_page, name="rule_fired"),
    path("settings/escalation/new", rules.rule_page, name="new_rule"),
    path("settings/escalation/rules/<slug:name>", rules.rule_page, name="rule"),
    path("escalations/<slug:escalation_id>/verdict", rules.judge, name="judge_rule"),
    path("escalations/of/<slug:conversation_id>", rules.of_conversation, name="fired"),
    path("escalations/of/<slug:conversation_id>/missed", rules.missed, name="missed_rule"),
    path("settings/deliveries", deliveries.counts_page, name="deliveries"),
    path("settings/deliveries/counted", deliveries.counted_page, name="counted_deliveries"),
    path("settings/sending", sending.sending_page, name="sending"),
    path("settings/sending/<slug:name>", sending.deed, name="sending_deed"),
    path("settings/parked", parked.parked_page, name="parked"),
    path("settings/parked/again", parked.try_again, name="try_all_again"),
    path("settings/parked/<slug:name>/again", parked.try_again, name="try_again"),
    path("settings/parked/<slug:name>/settle", parked.settle, name="settle_parked"),
    path("settings/routing", routing.routing_page, name="routing"),
    path("settings/templates", message_templates.list_page, name="templates"),
    path("settings/templates/sync", message_templates.sync, name="sync_templates"),
    path("settings/templates/new", message_templates.new_page, name="new_template"),
    path("settings/templates/<slug:version_id>", message_templates.template_page, name="template"),
    path(
        "settings/templates/<slug:version_id>/submit",
        message_templates.submit,
        name="submit_template",
    ),
    path(
        "settings/templates/<slug:version_id>/decide",
        message_templates.decide,
        name="decide_template",
    ),
    path("settings/channels", channels.list_page, name="channels"),
    path("settings/channels/new/<slug:provider>", channels.new_page, name="new_channel"),
    path("settings/channels/<slug:inbox_id>", channels.channel_page, name="channel"),
    path("settings/channels/<slug:inbox_id>/pace", channels.pace, name="channel_pace"),
    path("settings/channels/<slug:inbox_id>/secret", channels.rotate, name="rotate_channel_secret"),
    path(
        "settings/channels/<slug:inbox_id>/disconnect",
        channels.disconnect,
        name="disconnect_channel",
    ),
    path("team", team.team_page, name="team"),
    path("team/here", team.here, name="here"),
    path("team/<slug:member_id>", team.change_member, name="change_member"),
]
