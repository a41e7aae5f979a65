"""The addresses of this room: the board, and one flow's rollout."""

from django.urls import URLPattern, path

from baton.web.pilot import pilot

urlpatterns: list[URLPattern] = [
    path("pilot", pilot.board_page, name="pilot"),
    path("pilot/<slug:name>", pilot.flow_page, name="pilot_flow"),
    path("pilot/<slug:name>/begin", pilot.begin, name="begin_rollout"),
    path("pilot/<slug:name>/move", pilot.move, name="move_rollout"),
    path("pilot/<slug:name>/answer", pilot.answer, name="answer_check"),
    path("pilot/<slug:name>/end", pilot.end, name="end_rollout"),
    path("pilot/<slug:name>/roll-back", pilot.roll_back, name="roll_back"),
    path("pilot/<slug:name>/take-up", pilot.take_up, name="take_up"),
    path("pilot/<slug:name>/drafts", pilot.drafts_page, name="shadow_drafts"),
    path("pilot/<slug:name>/drafts/judge", pilot.judge, name="judge_draft"),
]
