from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0008_turn_path"),
    ]

    operations = [
        migrations.CreateModel(
            name="Suppression",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("contact_id", models.CharField(max_length=32)),
                ("channel", models.CharField(max_length=20)),
                ("reason", models.CharField(max_length=80)),
                ("actor", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
                ("lifted_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["contact_id", "channel"], name="store_suppr_contact_6ef1be_idx"
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="consent",
            name="evidence",
            field=models.CharField(blank=True, default="", max_length=120),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="consent",
            name="recorded_at",
            field=models.DateTimeField(null=True),
        ),
        # What was kept so far came to be known when it was said.
        migrations.RunSQL("UPDATE store_consent SET recorded_at = at", migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="consent",
            name="recorded_at",
            field=models.DateTimeField(),
        ),
        migrations.AddField(
            model_name="contact",
            name="timezone",
            field=models.CharField(blank=True, default="", max_length=60),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="digestline",
            name="purpose",
            field=models.CharField(default="service", max_length=20),
        ),
        migrations.AddField(
            model_name="message",
            name="purpose",
            field=models.CharField(default="service", max_length=20),
        ),
        migrations.AddField(
            model_name="message",
            name="is_unprompted",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="message",
            name="held_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="workspace",
            name="paused_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="workspace",
            name="paused_by_id",
            field=models.CharField(blank=True, max_length=32, null=True),
        ),
        migrations.AddField(
            model_name="workspace",
            name="pause_reason",
            field=models.CharField(blank=True, default="", max_length=200),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("is_unprompted", True)),
                fields=["contact_id", "created_at"],
                name="message_unprompted",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("delivery__in", ["refused", "held", "failed"])),
                fields=["workspace_id", "created_at"],
                name="message_withheld",
            ),
        ),
    ]
