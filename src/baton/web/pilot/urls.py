"""The addresses of this room: assessments, the board, and one flow's rollout."""

from django.urls import URLPattern, path

from baton.web.pilot import assessments, looking_back, pilot

urlpatterns: list[URLPattern] = [
    path("pilot", pilot.board_page, name="pilot"),
    path("reviews", looking_back.calendar_page, name="reviews"),
    path("assessments", assessments.list_page, name="assessments"),
    path("assessments/upload", assessments.upload, name="upload_past"),
    path("assessments/<slug:assessment_id>", assessments.assessment_page, name="assessment"),
    path("assessments/<slug:assessment_id>/paper", assessments.paper, name="assessment_paper"),
    path("assessments/<slug:assessment_id>/set-up", assessments.set_up, name="set_up"),
    path("assessments/<slug:assessment_id>/remove", assessments.remove, name="remove_assessment"),
    path("pilot/<slug:name>", pilot.flow_page, name="pilot_flow"),
    path("pilot/<slug:name>/begin", pilot.begin, name="begin_rollout"),
    path("pilot/<slug:name>/move", pilot.move, name="move_rollout"),
    path("pilot/<slug:name>/answer", pilot.answer, name="answer_check"),
    path("pilot/<slug:name>/end", pilot.end, name="end_rollout"),
    path("pilot/<slug:name>/roll-back", pilot.roll_back, name="roll_back"),
    path("pilot/<slug:name>/take-up", pilot.take_up, name="take_up"),
    path("pilot/<slug:name>/look-back", looking_back.look_back_page, name="look_back"),
    path("pilot/<slug:name>/look-back/conclude", looking_back.conclude, name="conclude_look_back"),
    path("pilot/<slug:name>/drafts", pilot.drafts_page, name="shadow_drafts"),
    path("pilot/<slug:name>/drafts/judge", pilot.judge, name="judge_draft"),
]
