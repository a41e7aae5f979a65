"""The addresses of this room: the agent's day."""

from django.urls import URLPattern, path

from baton.web.inbox import approvals, boards, calling, conversation, files, inbox, macros, replying

urlpatterns: list[URLPattern] = [
    path("", inbox.inbox_page, name="inbox"),
    path("inbox/<slug:conversation_id>/approvals", approvals.panel, name="conversation_approvals"),
    path("inbox/<slug:conversation_id>/retention", approvals.tell_retention, name="retention"),
    path("inbox/<slug:conversation_id>/macro", macros.run, name="run_macro"),
    path("inbox/<slug:conversation_id>/macro/undo", macros.undo, name="undo_macro"),
    path("inbox/<slug:conversation_id>/wake", macros.wake, name="wake"),
    path("inbox/<slug:conversation_id>/propose", approvals.propose, name="propose"),
    path("inbox/list", inbox.list_fragment, name="inbox_list"),
    path("inbox/<slug:conversation_id>", conversation.conversation_page, name="conversation"),
    path("inbox/<slug:conversation_id>/standing", conversation.live_fragment, name="standing"),
    path("inbox/<slug:conversation_id>/ways", replying.ways_fragment, name="reply-ways"),
    path("inbox/<slug:conversation_id>/fitting", replying.fitting_fragment, name="fitting"),
    path("inbox/<slug:conversation_id>/weigh", replying.weigh, name="reply-weight"),
    path("inbox/<slug:conversation_id>/transcript", conversation.transcript, name="transcript"),
    path("inbox/<slug:conversation_id>/files/<slug:file_id>", files.file_page, name="file"),
    path(
        "inbox/<slug:conversation_id>/files/<slug:file_id>/preview",
        files.preview,
        name="file_preview",
    ),
    path("inbox/<slug:conversation_id>/call", calling.call_page, name="call"),
    path("inbox/<slug:conversation_id>/call/outcome", calling.record, name="call_outcome"),
    path("inbox/<slug:conversation_id>/<slug:name>", conversation.act, name="act"),
    path("monitor", boards.monitor_page, name="monitor"),
    path("wall", boards.wall_page, name="wall"),
    path("my-day", boards.day_page, name="day"),
    path("playbook", boards.playbook_page, name="playbook"),
    path("approvals", approvals.approvals_page, name="approvals"),
    path("approvals/<slug:approval_id>", approvals.approval_page, name="approval"),
    path("approvals/<slug:approval_id>/<slug:name>", approvals.answer, name="answer_approval"),
    path("settings/replies", macros.list_page, name="replies"),
    path("settings/replies/canned", macros.save_canned, name="save_canned"),
    path("settings/replies/<slug:macro_id>", macros.macro_page, name="macro"),
    path("settings/replies/<slug:macro_id>/remove", macros.remove_macro, name="remove_macro"),
]
