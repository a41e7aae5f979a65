"""Short links in messages, and which flow wrote a message."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0024_clocks"),
    ]

    operations = [
        migrations.AddField(
            model_name="message",
            name="flow",
            field=models.CharField(blank=True, default="", max_length=60),
        ),
        migrations.CreateModel(
            name="ShortLink",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("contact_id", models.CharField(max_length=32)),
                ("message_id", models.CharField(max_length=32)),
                ("lane", models.CharField(max_length=64)),
                ("token", models.CharField(max_length=20, unique=True)),
                ("target_sealed", models.BinaryField()),
                ("clicks", models.IntegerField(default=0)),
                ("first_opened_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["message_id"], name="store_short_message_68b1fe_idx")
                ],
            },
        ),
    ]
