"""The addresses of this room: a workspace's first hour."""

from django.urls import URLPattern, path

from baton.web.setup import begin, set_up

urlpatterns: list[URLPattern] = [
    path("begin/<str:token>", begin.begin_page, name="begin"),
    path("set-up", set_up.checklist_page, name="set_up_list"),
    path("set-up/channel", set_up.channel_page, name="set_up_channel"),
    path("set-up/flow", set_up.flow_page, name="set_up_flow"),
    path("set-up/step", set_up.pass_step, name="set_up_pass"),
    path("set-up/close", set_up.close, name="set_up_close"),
]
