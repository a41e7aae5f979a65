"""Every address of the console."""

from importlib.util import find_spec

from allauth.account import views as account
from django.urls import URLPattern, URLResolver, include, path

from baton.web import (
    audit,
    authoring,
    channels,
    confidence,
    contact,
    contacts,
    conversation,
    files,
    flow_editing,
    flow_pausing,
    flow_runs,
    flow_trying,
    flows,
    inbox,
    knowledge,
    learning,
    message_templates,
    parked,
    people,
    preferences,
    reports,
    review,
    sending,
)
from baton.web.sign_in import SignInView

handler403 = "baton.web.errors.permission_denied"
handler404 = "baton.web.errors.page_not_found"
handler429 = "baton.web.errors.too_many_requests"  # allauth's, when a limit is reached
handler500 = "baton.web.errors.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", inbox.inbox_page, name="inbox"),
    path("inbox/list", inbox.list_fragment, name="inbox_list"),
    path("inbox/<slug:conversation_id>", conversation.conversation_page, name="conversation"),
    path("inbox/<slug:conversation_id>/standing", conversation.live_fragment, name="standing"),
    path("inbox/<slug:conversation_id>/transcript", conversation.transcript, name="transcript"),
    path("inbox/<slug:conversation_id>/files/<slug:file_id>", files.file_page, name="file"),
    path(
        "inbox/<slug:conversation_id>/files/<slug:file_id>/preview",
        files.preview,
        name="file_preview",
    ),
    path("inbox/<slug:conversation_id>/<slug:name>", conversation.act, name="act"),
    path("review", review.review_page, name="review"),
    path("review/undo", review.undo, name="undo_verdict"),
    path("review/<slug:review_id>", review.judge, name="judge"),
    path("review/<slug:review_id>/stop", review.mark_stop, name="mark_stop"),
    path("review/<slug:review_id>/intent", review.new_intent, name="review_intent"),
    path("learning", learning.learning_page, name="learning"),
    path("learning/train", learning.train, name="train"),
    path("learning/back", learning.back, name="one_step_back"),
    path("learning/window/close", learning.close_window, name="close_window"),
    path("learning/phases/<slug:phase_id>/end", learning.end_phase, name="end_phase"),
    path("learning/versions/<int:number>", learning.report_page, name="reader_report"),
    path(
        "learning/versions/<int:number>/<slug:deed>", learning.change_version, name="change_version"
    ),
    path("learning/examples", learning.examples_page, name="examples"),
    path("learning/examples/<slug:example_id>/retire", learning.retire_example, name="retire"),
    path("learning/intents/new", learning.new_intent, name="new_intent"),
    path("knowledge", knowledge.list_page, name="knowledge"),
    path("knowledge/gaps", authoring.gaps_page, name="gaps"),
    path("knowledge/new", authoring.new_article, name="new_article"),
    path("knowledge/preview", authoring.preview, name="article_preview"),
    path("knowledge/suggest/<slug:turn_id>", knowledge.suggest, name="suggest_fix"),
    path(
        "knowledge/suggestions/<slug:suggestion_id>",
        knowledge.close_suggestion,
        name="close_suggestion",
    ),
    path("knowledge/articles/<slug:name>", knowledge.article_page, name="article"),
    path("knowledge/articles/<slug:name>/edit", authoring.edit_article, name="edit_article"),
    path("knowledge/articles/<slug:name>/versions", knowledge.versions_page, name="versions"),
    path("knowledge/articles/<slug:name>/restore", knowledge.restore, name="restore_article"),
    path("knowledge/articles/<slug:name>/archive", knowledge.archive, name="archive_article"),
    path("knowledge/articles/<slug:name>/counted", knowledge.counted_page, name="counted"),
    path("flows", flows.list_page, name="flows"),
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
    path("flows/<slug:name>/discard", flow_editing.discard, name="discard_draft"),
    path("flows/<slug:name>/publish", flow_editing.publish_page, name="publish_flow"),
    path("flows/<slug:name>/try", flow_trying.try_page, name="try_flow"),
    path("flows/<slug:name>/pause", flow_pausing.pause_page, name="pause_flow"),
    path("flows/<slug:name>/resume", flow_pausing.resume, name="resume_flow"),
    path("flows/<slug:name>/export", flows.export, name="export_flow"),
    path("flows/<slug:name>/versions", flows.versions_page, name="flow_versions"),
    path("flows/<slug:name>/versions/<int:version>", flows.version_page, name="flow_version"),
    path("flows/<slug:name>/versions/<int:version>/revert", flows.revert, name="revert_flow"),
    path("flows/<slug:name>/runs", flow_runs.runs_page, name="flow_runs"),
    path("flows/<slug:name>/runs/change", flow_runs.change, name="change_runs"),
    path("audit", audit.audit_page, name="audit"),
    path("audit/verify", audit.verify_chain, name="verify_chain"),
    path("reports/triage", reports.triage_page, name="triage_report"),
    path("reports/triage/counted", reports.counted_page, name="triage_counted"),
    path("settings/confidence", confidence.board_page, name="confidence"),
    path("settings/confidence/change", confidence.change_page, name="confidence_change"),
    path("settings/sending", sending.sending_page, name="sending"),
    path("settings/sending/<slug:name>", sending.deed, name="sending_deed"),
    path("contacts", contacts.list_page, name="contacts"),
    path("contacts/import", contacts.import_page, name="import_consents"),
    path("contacts/consents.csv", contacts.export_all, name="export_consents"),
    path("contacts/<slug:contact_id>/proof", contacts.proof, name="consent_proof"),
    path("contacts/<slug:contact_id>", contact.contact_page, name="contact"),
    path("contacts/<slug:contact_id>/parts/<slug:merge_id>", contact.part, name="part_contact"),
    path("contacts/<slug:contact_id>/<slug:name>", contact.deed, name="contact_deed"),
    path("settings/parked", parked.parked_page, name="parked"),
    path("settings/parked/again", parked.try_again, name="try_all_again"),
    path("settings/parked/<slug:name>/again", parked.try_again, name="try_again"),
    path("settings/parked/<slug:name>/settle", parked.settle, name="settle_parked"),
    path("settings/templates", message_templates.list_page, name="templates"),
    path("settings/templates/sync", message_templates.sync, name="sync_templates"),
    path("settings/templates/new", message_templates.new_page, name="new_template"),
    path("settings/templates/<slug:version_id>", message_templates.template_page, name="template"),
    path(
        "settings/templates/<slug:version_id>/submit",
        message_templates.submit,
        name="submit_template",
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
    path("preferences/<str:token>", preferences.preferences_page, name="preferences"),
    path("availability", people.availability, name="availability"),
    path("sign-in", SignInView.as_view(), name="account_login"),
    path("sign-in/demo/<slug:who>", people.demo_sign_in, name="demo_sign_in"),
    path("sign-out", account.logout, name="account_logout"),
    path("sign-in/again", account.reauthenticate, name="account_reauthenticate"),
]

if find_spec("baton.web.lab") and find_spec("baton.web.lab.urls"):
    urlpatterns.append(path("lab/", include("baton.web.lab.urls")))
