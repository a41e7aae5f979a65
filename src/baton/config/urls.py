"""Every address that Django serves: the API's, and the console's."""

from django.urls import URLPattern, URLResolver

from baton.api import urls as api
from baton.web import urls as web

handler403 = web.handler403
handler404 = web.handler404
handler429 = web.handler429
handler500 = web.handler500

urlpatterns: list[URLPattern | URLResolver] = [*api.urlpatterns, *web.urlpatterns]
