from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0021_run_places"),
    ]

    operations = [
        migrations.AddField(
            model_name="contact",
            name="timezone_from",
            field=models.CharField(blank=True, default="", max_length=10),
            preserve_default=False,
        ),
        # So far people alone have set one.
        migrations.RunSQL(
            "UPDATE store_contact SET timezone_from = 'person' WHERE timezone <> ''",
            migrations.RunSQL.noop,
        ),
    ]
