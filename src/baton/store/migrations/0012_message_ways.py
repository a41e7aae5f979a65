"""A message knows its own way: until now each went where its conversation was."""

from django.db import migrations, models


_WHERE_IT_WAS = """
UPDATE store_message SET
    channel = (SELECT c.channel FROM store_conversation c WHERE c.id = conversation_id),
    inbox_id = (SELECT c.inbox_id FROM store_conversation c WHERE c.id = conversation_id)
WHERE conversation_id IN (SELECT id FROM store_conversation)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0011_attachments"),
    ]

    operations = [
        migrations.AddField(
            model_name="message",
            name="channel",
            field=models.CharField(blank=True, default="", max_length=20),
        ),
        migrations.AddField(
            model_name="message",
            name="inbox_id",
            field=models.CharField(blank=True, default="", max_length=32),
        ),
        migrations.AddField(
            model_name="message",
            name="instead_of_id",
            field=models.CharField(blank=True, max_length=32, null=True),
        ),
        migrations.AddField(
            model_name="message",
            name="onward",
            field=models.CharField(blank=True, default="", max_length=80),
        ),
        migrations.AddField(
            model_name="message",
            name="onward_sealed",
            field=models.BinaryField(default=b""),
        ),
        migrations.RunSQL(_WHERE_IT_WAS, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.UniqueConstraint(
                condition=models.Q(("instead_of_id__isnull", False)),
                fields=("instead_of_id",),
                name="message_instead",
            ),
        ),
    ]
