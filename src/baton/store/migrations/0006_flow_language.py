"""Flows get their language: documents of the first form are rewritten, runs find their events."""

from django.db import migrations, models


def _rewrite_documents(apps, schema_editor):
    versions = apps.get_model("store", "FlowVersion").objects
    for version in versions.iterator():
        version.document = _rewritten(version.document)
        version.save(update_fields=["document"])


def _rewritten(document):
    """Return a document of the first form in the new one; one in the new form as it is."""
    trigger = document.get("trigger")
    if trigger == "message":
        document = {**document, "trigger": {"on": "message"}}
    elif isinstance(trigger, str):
        document = {**document, "trigger": {"on": "event", "event": trigger}}
    steps = {name: _rewritten_step(step) for name, step in document["steps"].items()}
    return {**document, "steps": steps}


def _rewritten_step(step):
    step = dict(step)
    if step.get("type") == "choose":
        step["type"], step["kind"] = "ask", "choice"
    if step.get("type") == "survey" and "question" in step:
        step["text"] = step.pop("question")
    if step.get("type") == "branch" and "on" in step:
        name = step.pop("on")
        step["cases"] = [
            {"when": f"run.{name} == {_quoted(case['is'])}", "then": case["then"]}
            for case in step["cases"]
        ]
    return step


def _quoted(text):
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0005_outside_reader"),
    ]

    operations = [
        migrations.CreateModel(
            name="DigestLine",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("contact_id", models.CharField(max_length=32)),
                ("digest", models.CharField(max_length=60)),
                ("opening_sealed", models.BinaryField()),
                ("line_sealed", models.BinaryField()),
                ("due_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Exposure",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("contact_id", models.CharField(max_length=32)),
                ("flow", models.CharField(max_length=60)),
                ("version", models.IntegerField()),
                ("split", models.CharField(max_length=60)),
                ("variant", models.CharField(max_length=60)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Task",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("contact_id", models.CharField(max_length=32)),
                ("conversation_id", models.CharField(max_length=32)),
                ("flow", models.CharField(max_length=60)),
                ("queue", models.CharField(max_length=40)),
                ("title_sealed", models.BinaryField()),
                ("created_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(null=True)),
                ("done_by_id", models.CharField(blank=True, max_length=32, null=True)),
            ],
        ),
        migrations.RemoveIndex(
            model_name="run",
            name="store_run_convers_203e33_idx",
        ),
        migrations.AddField(
            model_name="contact",
            name="marks",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="conversation",
            name="opened_by",
            field=models.CharField(default="contact", max_length=10),
        ),
        migrations.AddField(
            model_name="run",
            name="awaits",
            field=models.CharField(blank=True, default="", max_length=10),
        ),
        migrations.AddField(
            model_name="run",
            name="events",
            field=models.CharField(blank=True, default="", max_length=400),
        ),
        migrations.AddField(
            model_name="run",
            name="is_proactive",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="run",
            name="subject",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(
                condition=models.Q(("status", "waiting")),
                fields=["contact_id"],
                name="run_waiting_of_contact",
            ),
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(
                condition=models.Q(("status", "waiting")),
                fields=["workspace_id", "flow", "version", "step"],
                name="run_waiting_in_step",
            ),
        ),
        migrations.AddIndex(
            model_name="digestline",
            index=models.Index(fields=["contact_id", "digest", "id"], name="digest_of_contact"),
        ),
        migrations.AddConstraint(
            model_name="exposure",
            constraint=models.UniqueConstraint(
                fields=("workspace_id", "flow", "split", "contact_id"), name="exposure_once"
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                condition=models.Q(("done_at", None)),
                fields=["workspace_id", "due_at"],
                name="task_open",
            ),
        ),
        migrations.RunPython(_rewrite_documents, migrations.RunPython.noop),
    ]
