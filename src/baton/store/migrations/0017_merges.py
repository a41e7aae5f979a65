from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0016_email"),
    ]

    operations = [
        migrations.CreateModel(
            name="Merge",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("contact_id", models.CharField(max_length=32)),
                ("other_id", models.CharField(max_length=32)),
                ("actor", models.CharField(max_length=40)),
                ("reason", models.CharField(max_length=200)),
                ("at", models.DateTimeField()),
                ("moved", models.JSONField(default=dict)),
                ("opted_out", models.CharField(blank=True, max_length=200)),
                ("undone_at", models.DateTimeField(null=True)),
                ("undone_by", models.CharField(blank=True, max_length=40)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["contact_id"], name="merge_contact"),
                    models.Index(fields=["other_id"], name="merge_other"),
                ],
            },
        ),
        migrations.AddField(
            model_name="contact",
            name="merged_into_id",
            field=models.CharField(blank=True, max_length=32, null=True),
        ),
        migrations.AddField(
            model_name="contact",
            name="is_joined",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="address",
            name="lane",
            field=models.CharField(default="", max_length=64),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="address",
            name="verified_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="conversation",
            name="address_lane",
            field=models.CharField(default="", max_length=64),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="message",
            name="address_lane",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
        # So far a contact had one address, and its lane was theirs.
        migrations.RunSQL(
            "UPDATE store_message SET address_lane = (SELECT c.lane FROM store_conversation c "
            "WHERE c.id = conversation_id) "
            "WHERE conversation_id IN (SELECT id FROM store_conversation)",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(
            "UPDATE store_conversation SET address_lane = lane", migrations.RunSQL.noop
        ),
        migrations.RunSQL(
            "UPDATE store_address SET lane = "
            "(SELECT p.lane FROM store_contact p WHERE p.id = store_address.contact_id)",
            migrations.RunSQL.noop,
        ),
        # Whoever wrote from a number has it; a browser's random name proves nothing by itself.
        migrations.RunSQL(
            "UPDATE store_address SET verified_at = (SELECT MIN(m.created_at) "
            "FROM store_message m WHERE m.contact_id = store_address.contact_id "
            "AND m.author = 'contact') WHERE channel <> 'webchat'",
            migrations.RunSQL.noop,
        ),
        migrations.AddIndex(
            model_name="address",
            index=models.Index(fields=["workspace_id", "lane"], name="address_lane"),
        ),
    ]
