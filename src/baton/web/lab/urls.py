"""The lab's addresses."""

from django.urls import path

from baton.web.lab import views

urlpatterns = [
    path("", views.lab_page, name="lab"),
    path("glass", views.glass, name="lab_glass"),
    path("permit", views.permit, name="lab_permit"),
]
