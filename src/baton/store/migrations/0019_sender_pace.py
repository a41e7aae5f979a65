"""Limits on how fast an inbox may send."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0018_preferred_channel"),
    ]

    operations = [
        migrations.CreateModel(
            name="SenderPace",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("per_second", models.IntegerField(default=0)),
                ("per_minute", models.IntegerField(default=0)),
                ("per_day", models.IntegerField(default=0)),
                ("warm_up_from", models.IntegerField(default=0)),
                ("warm_up_on", models.DateField(null=True)),
                ("free_at", models.DateTimeField(null=True)),
                ("day", models.DateField(null=True)),
                ("count", models.IntegerField(default=0)),
            ],
        ),
    ]
