"""What another system's API calls a booking; Cal.com's stood in the address of its page alone."""

from typing import Any

from django.db import migrations, models

_PAGE = "/booking/"


def _name_from_pages(apps: Any, _editor: Any) -> None:
    booking = apps.get_model("store", "Booking")
    for row in booking.objects.filter(page_url__contains=_PAGE).iterator():
        row.handle = row.page_url.rpartition(_PAGE)[2][:120]
        row.save(update_fields=["handle"])


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0080_outside_reader_trouble"),
    ]

    operations = [
        migrations.AddField(
            model_name="booking",
            name="handle",
            field=models.CharField(blank=True, default="", max_length=120),
        ),
        migrations.RunPython(_name_from_pages, migrations.RunPython.noop),
    ]
