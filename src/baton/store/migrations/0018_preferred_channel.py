from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0017_merges"),
    ]

    operations = [
        migrations.AddField(
            model_name="contact",
            name="preferred_channel",
            field=models.CharField(blank=True, default="", max_length=20),
            preserve_default=False,
        ),
    ]
