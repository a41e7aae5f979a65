"""The addresses of this room: orders."""

from django.urls import URLPattern, path

from baton.web.orders import orders

urlpatterns: list[URLPattern] = [
    path("orders", orders.list_page, name="orders"),
    path("orders/new/<slug:contact_id>", orders.new_page, name="new_order"),
    path("orders/<slug:order_id>", orders.order_page, name="order"),
    path("orders/<slug:order_id>/<slug:name>", orders.deed, name="order_deed"),
]
