"""The addresses of this room: the knowledge base."""

from django.urls import URLPattern, path

from baton.web.knowledge import authoring, knowledge

urlpatterns: list[URLPattern] = [
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
]
