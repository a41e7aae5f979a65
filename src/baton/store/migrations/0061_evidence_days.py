"""Days as columns beside the rows: those of rows that are there already are to be made."""

from datetime import UTC

from django.db import migrations, models
from django.db.models.functions import TruncDate

from baton.core import ids


def mark_known(apps, schema_editor):
    day = apps.get_model("store", "EvidenceDay")
    for grain, name in (("episode", "Episode"), ("stretch", "Stretch")):
        rows = apps.get_model("store", name).objects.order_by()
        known = rows.annotate(day=TruncDate("began_at", tzinfo=UTC)).values_list(
            "workspace_id", "day"
        )
        day.objects.bulk_create(
            day(
                id=f"{grain[0]}{place:0{ids.LENGTH - 1}d}",
                workspace_id=workspace_id,
                grain=grain,
                day=on,
            )
            for place, (workspace_id, on) in enumerate(known.distinct())
        )


class Migration(migrations.Migration):
    dependencies = [("store", "0060_members_and_offers")]

    operations = [
        migrations.CreateModel(
            name="EvidenceDay",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("grain", models.CharField(max_length=10)),
                ("day", models.DateField()),
                ("digest", models.CharField(blank=True, default="", max_length=32)),
                ("columns", models.BinaryField(default=b"")),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("digest", "")),
                        fields=["workspace_id", "day"],
                        name="evidence_day_stale",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["workspace_id", "grain", "day"], name="evidence_day_once"
                    )
                ],
            },
        ),
        migrations.RunPython(mark_known, migrations.RunPython.noop),
    ]
