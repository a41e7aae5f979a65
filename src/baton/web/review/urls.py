"""The addresses of this room: readings judged by people."""

from django.urls import URLPattern, path

from baton.web.review import failures, learning, review

urlpatterns: list[URLPattern] = [
    path("review", review.review_page, name="review"),
    path("review/failures", failures.failures_page, name="failures"),
    path("review/failures/export", failures.export, name="export_failures"),
    path("review/failures/new", failures.new_failure, name="new_failure"),
    path("review/failures/<slug:failure_id>/fix", failures.fix, name="fix_failure"),
    path("review/failures/<slug:failure_id>/give", failures.give, name="give_failure"),
    path("review/failures/<slug:failure_id>/reopen", failures.reopen, name="reopen_failure"),
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
]
