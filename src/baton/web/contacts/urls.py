"""The addresses of this room: the people served."""

from django.urls import URLPattern, path

from baton.web.contacts import contact, contacts, preferences, protection

urlpatterns: list[URLPattern] = [
    path("contacts", contacts.list_page, name="contacts"),
    path("contacts/import", contacts.import_page, name="import_consents"),
    path("contacts/consents.csv", contacts.export_all, name="export_consents"),
    path("contacts/<slug:contact_id>/proof", contacts.proof, name="consent_proof"),
    path("contacts/words", protection.words_page, name="find_words"),
    path("contacts/token", protection.token_page, name="open_token"),
    path("contacts/<slug:contact_id>/data", protection.protection_page, name="contact_protection"),
    path("contacts/<slug:contact_id>/data.zip", protection.take_out, name="take_out_contact"),
    path("contacts/<slug:contact_id>/data/<slug:name>", protection.protect, name="protect_contact"),
    path("contacts/<slug:contact_id>", contact.contact_page, name="contact"),
    path("contacts/<slug:contact_id>/parts/<slug:merge_id>", contact.part, name="part_contact"),
    path("contacts/<slug:contact_id>/<slug:name>", contact.deed, name="contact_deed"),
    path("preferences/<str:token>", preferences.preferences_page, name="preferences"),
]
