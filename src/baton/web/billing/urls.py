"""The addresses of this room: invoices."""

from django.urls import URLPattern, path

from baton.web.billing import invoices

urlpatterns: list[URLPattern] = [
    path("invoices", invoices.list_page, name="invoices"),
    path("invoices/new/<slug:contact_id>", invoices.new_page, name="new_invoice"),
    path("invoices/<slug:invoice_id>", invoices.invoice_page, name="invoice"),
    path("invoices/<slug:invoice_id>/<slug:name>", invoices.deed, name="invoice_deed"),
]
