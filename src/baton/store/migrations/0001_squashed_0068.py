"""The schema as the sixty-eight migrations before it left it: what a fresh database gets at once.

A database that has all of them counts it as applied; one that has some goes through the rest.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("store", "0001_initial"),
        ("store", "0002_knowledge"),
        ("store", "0003_teaching"),
        ("store", "0004_threshold_changes"),
        ("store", "0005_outside_reader"),
        ("store", "0006_flow_language"),
        ("store", "0007_flow_drafts"),
        ("store", "0008_turn_path"),
        ("store", "0009_permissions"),
        ("store", "0010_sms"),
        ("store", "0011_attachments"),
        ("store", "0012_message_ways"),
        ("store", "0013_flow_pauses"),
        ("store", "0014_delivery_receipts"),
        ("store", "0015_reported_events"),
        ("store", "0016_email"),
        ("store", "0017_merges"),
        ("store", "0018_preferred_channel"),
        ("store", "0019_sender_pace"),
        ("store", "0020_templates"),
        ("store", "0021_run_places"),
        ("store", "0022_timezone_from"),
        ("store", "0023_mail_places"),
        ("store", "0024_clocks"),
        ("store", "0025_short_links"),
        ("store", "0026_routing"),
        ("store", "0027_contact_language"),
        ("store", "0028_escalation_rules"),
        ("store", "0029_approvals"),
        ("store", "0030_retention"),
        ("store", "0031_useful_until"),
        ("store", "0032_macros"),
        ("store", "0033_assignments"),
        ("store", "0034_disproved_mail"),
        ("store", "0035_double_opt_in"),
        ("store", "0036_inbox_and_alerts"),
        ("store", "0037_bookings"),
        ("store", "0038_undo"),
        ("store", "0039_invoices"),
        ("store", "0040_template_parts"),
        ("store", "0041_systems"),
        ("store", "0042_outreach"),
        ("store", "0043_churn"),
        ("store", "0044_people_and_amounts"),
        ("store", "0045_invitations"),
        ("store", "0046_booking_rating"),
        ("store", "0047_check_in_booking"),
        ("store", "0048_imports"),
        ("store", "0049_staff_digest"),
        ("store", "0050_signs_of_both"),
        ("store", "0051_connectors"),
        ("store", "0052_orders"),
        ("store", "0053_evidence"),
        ("store", "0054_handoff_lacks"),
        ("store", "0055_returns"),
        ("store", "0056_baselines"),
        ("store", "0057_looked_at"),
        ("store", "0058_system_silence"),
        ("store", "0059_feedback"),
        ("store", "0060_members_and_offers"),
        ("store", "0061_evidence_days"),
        ("store", "0062_experiments"),
        ("store", "0063_rollouts"),
        ("store", "0064_churn_model"),
        ("store", "0065_provider_limits"),
        ("store", "0066_alert_hook"),
        ("store", "0067_saved_views"),
        ("store", "0068_order_addresses_and_disputes"),
    ]

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="AlertHook",
            fields=[
                (
                    "workspace_id",
                    models.CharField(max_length=32, primary_key=True, serialize=False),
                ),
                ("url", models.CharField(max_length=500)),
                ("secret_sealed", models.BinaryField()),
                ("set_at", models.DateTimeField()),
                ("set_by_id", models.CharField(max_length=32)),
                ("told_at", models.DateTimeField(null=True)),
                ("problem", models.CharField(blank=True, default="", max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name="EvidencePlace",
            fields=[
                (
                    "workspace_id",
                    models.CharField(max_length=32, primary_key=True, serialize=False),
                ),
                ("seq", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Inbox",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("channel", models.CharField(max_length=20)),
                ("name", models.CharField(max_length=120)),
                ("token", models.CharField(max_length=40, unique=True)),
                ("secret_sealed", models.BinaryField()),
                ("allowed_origins", models.JSONField(default=list)),
                ("greeting", models.CharField(blank=True, max_length=300)),
                ("provider", models.CharField(blank=True, default="", max_length=20)),
                ("sender", models.CharField(blank=True, default="", max_length=254)),
                ("settings_sealed", models.BinaryField(default=b"")),
                ("former_sealed", models.BinaryField(default=b"")),
                ("former_until", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="MailPlace",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("account", models.CharField(max_length=32)),
                ("validity", models.BigIntegerField(null=True)),
                ("last", models.BigIntegerField(default=0)),
                ("looked_at", models.DateTimeField()),
                ("problem", models.CharField(blank=True, max_length=300)),
                ("problem_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="RuntimeLease",
            fields=[
                ("name", models.CharField(max_length=120, primary_key=True, serialize=False)),
                ("owner", models.TextField()),
                ("leased_until", models.DateTimeField()),
            ],
            options={
                "db_table": "runtime_lease",
            },
        ),
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
                ("begun_per_day", models.IntegerField(default=0)),
                ("begun", models.IntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Workspace",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=120)),
                ("pack", models.CharField(max_length=60)),
                ("policy", models.JSONField(default=dict)),
                ("revision", models.IntegerField(default=1)),
                ("created_at", models.DateTimeField()),
                ("audit_seq", models.BigIntegerField(default=0)),
                ("audit_head", models.CharField(default="", max_length=64)),
                ("paused_at", models.DateTimeField(null=True)),
                ("paused_by_id", models.CharField(blank=True, max_length=32, null=True)),
                ("pause_reason", models.CharField(blank=True, max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                ("password", models.CharField(max_length=128, verbose_name="password")),
                (
                    "last_login",
                    models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                ),
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("email", models.EmailField(max_length=254, unique=True)),
                ("name", models.CharField(max_length=120)),
                ("role", models.CharField(default="agent", max_length=20)),
                ("skills", models.JSONField(default=list)),
                ("capacity", models.SmallIntegerField(null=True)),
                ("authority_minor", models.BigIntegerField(null=True)),
                ("languages", models.JSONField(default=list)),
                ("hours", models.JSONField(default=dict)),
                ("is_available", models.BooleanField(default=True)),
                ("away_reason", models.CharField(blank=True, default="", max_length=80)),
                ("last_seen_at", models.DateTimeField(null=True)),
                ("is_active", models.BooleanField(default=True)),
                ("alerts", models.JSONField(default=dict)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["workspace_id"], name="store_user_workspa_3172c4_idx")
                ],
            },
        ),
        migrations.CreateModel(
            name="Activity",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("system_id", models.CharField(blank=True, default="", max_length=32)),
                ("reference", models.CharField(max_length=120)),
                ("stamp", models.CharField(blank=True, default="", max_length=40)),
                ("name", models.CharField(max_length=80)),
                ("kind", models.CharField(max_length=20)),
                ("minutes", models.IntegerField()),
                ("capacity", models.IntegerField(default=1)),
                ("price_minor", models.IntegerField(default=0)),
                ("deposit_minor", models.IntegerField(null=True)),
                ("cancel_minutes", models.IntegerField(default=720)),
                ("hold_minutes", models.IntegerField(default=30)),
                ("needs_staff_confirmation", models.BooleanField(default=False)),
                ("removed_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "system_id", "reference"), name="activity_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Address",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("contact_id", models.CharField(max_length=32)),
                ("channel", models.CharField(max_length=20)),
                ("token", models.CharField(max_length=64)),
                ("inbox_id", models.CharField(max_length=32)),
                ("lane", models.CharField(max_length=64)),
                ("verified_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["contact_id"], name="store_addre_contact_cf2746_idx"),
                    models.Index(fields=["workspace_id", "lane"], name="address_lane"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "channel", "token"), name="address_by_token"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Approval",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("conversation_id", models.CharField(max_length=32)),
                ("kind", models.CharField(max_length=20)),
                ("amount_minor", models.IntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("reason", models.CharField(max_length=40)),
                ("subject_sealed", models.BinaryField()),
                ("note_sealed", models.BinaryField()),
                ("proposed_by", models.CharField(max_length=80)),
                ("proposed_at", models.DateTimeField()),
                ("run_id", models.CharField(blank=True, max_length=32, null=True)),
                ("call_number", models.IntegerField(default=0)),
                ("state", models.CharField(max_length=12)),
                ("asked", models.CharField(max_length=20)),
                ("due_at", models.DateTimeField(null=True)),
                ("decided_by_id", models.CharField(blank=True, max_length=32, null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("answer_sealed", models.BinaryField(default=b"")),
                ("carried_out_by_id", models.CharField(blank=True, max_length=32, null=True)),
                ("reference_sealed", models.BinaryField(default=b"")),
                ("problem", models.CharField(blank=True, default="", max_length=200)),
                ("ended_at", models.DateTimeField(null=True)),
                ("return_id", models.CharField(blank=True, default="", max_length=32)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["workspace_id", "state", "proposed_at"], name="approval_by_state"
                    ),
                    models.Index(fields=["conversation_id", "id"], name="approval_talk"),
                    models.Index(
                        condition=models.Q(("return_id", ""), _negated=True),
                        fields=["return_id"],
                        name="approval_of_return",
                    ),
                    models.Index(
                        fields=["workspace_id", "proposed_by", "id"], name="approval_of_person"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Article",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("name", models.CharField(max_length=60)),
                ("version_id", models.CharField(max_length=32)),
                ("is_archived", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("workspace_id", "name"), name="article_by_name")
                ],
            },
        ),
        migrations.CreateModel(
            name="ArticleSuggestion",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("article", models.CharField(max_length=60)),
                ("conversation_id", models.CharField(max_length=32)),
                ("turn_id", models.CharField(max_length=32)),
                ("text", models.CharField(max_length=600)),
                ("made_by_id", models.CharField(max_length=32)),
                ("made_at", models.DateTimeField()),
                ("verdict", models.CharField(blank=True, max_length=10)),
                ("closed_by_id", models.CharField(blank=True, max_length=32, null=True)),
                ("closed_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["workspace_id", "article", "verdict"],
                        name="store_artic_workspa_7bf6ac_idx",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ArticleUse",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("article", models.CharField(max_length=60)),
                ("version", models.IntegerField()),
                ("conversation_id", models.CharField(max_length=32)),
                ("turn_id", models.CharField(blank=True, max_length=32)),
                ("outcome", models.CharField(max_length=12)),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["workspace_id", "article", "at"],
                        name="store_artic_workspa_c4d3a7_idx",
                    ),
                    models.Index(fields=["conversation_id"], name="store_artic_convers_538f3b_idx"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ArticleVersion",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("article_id", models.CharField(max_length=32)),
                ("version", models.IntegerField()),
                ("intent", models.CharField(max_length=60)),
                ("question", models.CharField(max_length=200)),
                ("variants", models.JSONField(default=list)),
                ("answer", models.TextField()),
                ("channel_answers", models.JSONField(default=dict)),
                ("cta_label", models.CharField(blank=True, max_length=40)),
                ("cta_url", models.CharField(blank=True, max_length=500)),
                ("valid_from", models.DateField(null=True)),
                ("valid_until", models.DateField(null=True)),
                ("location_id", models.CharField(blank=True, max_length=32)),
                ("saved_at", models.DateTimeField()),
                ("saved_by", models.CharField(max_length=60)),
                ("note", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["workspace_id", "intent"], name="store_artic_workspa_52a71f_idx"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("article_id", "version"), name="article_version_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Assignment",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("conversation_id", models.CharField(max_length=32)),
                ("handoff_id", models.CharField(max_length=32)),
                ("user_id", models.CharField(max_length=32)),
                ("began_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by", models.CharField(blank=True, max_length=20)),
            ],
            options={
                "indexes": [models.Index(fields=["handoff_id", "began_at"], name="assignment_of")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("conversation_id",),
                        name="assignment_running",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("lane", models.CharField(max_length=64)),
                ("contact_id", models.CharField(blank=True, max_length=32, null=True)),
                ("conversation_id", models.CharField(blank=True, max_length=32, null=True)),
                ("message_id", models.CharField(blank=True, max_length=32, null=True)),
                ("kind", models.CharField(max_length=10)),
                ("media_type", models.CharField(blank=True, max_length=100)),
                ("size", models.IntegerField(default=0)),
                ("name_sealed", models.BinaryField(default=b"")),
                ("digest", models.CharField(blank=True, max_length=32)),
                ("state", models.CharField(max_length=10)),
                ("reason", models.CharField(blank=True, max_length=80)),
                ("reference_sealed", models.BinaryField(default=b"")),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["message_id"], name="store_attac_message_fa78d0_idx"),
                    models.Index(fields=["contact_id"], name="store_attac_contact_3a2ae4_idx"),
                    models.Index(
                        condition=models.Q(("message_id", None)),
                        fields=["workspace_id", "lane"],
                        name="attachment_loose",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AttachmentPart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("attachment_id", models.CharField(max_length=32)),
                ("number", models.SmallIntegerField()),
                ("bytes_sealed", models.BinaryField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("attachment_id", "number"), name="part_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("seq", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=60)),
                ("action", models.CharField(max_length=60)),
                ("subject", models.CharField(max_length=80)),
                ("details", models.TextField()),
                ("previous_hash", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["workspace_id", "subject", "seq"],
                        name="store_audit_workspa_b5b82e_idx",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("workspace_id", "seq"), name="audit_chain")
                ],
            },
        ),
        migrations.CreateModel(
            name="Baseline",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("kpi", models.CharField(max_length=40)),
                ("flow", models.CharField(blank=True, default="", max_length=60)),
                ("value", models.FloatField()),
                ("count", models.IntegerField(default=0)),
                ("among", models.IntegerField(default=0)),
                ("total", models.FloatField(null=True)),
                ("squares", models.FloatField(null=True)),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("set_at", models.DateTimeField()),
                ("set_by_id", models.CharField(max_length=32)),
                ("reason", models.CharField(max_length=300)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["workspace_id", "flow", "kpi", "id"], name="baseline_newest"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Booking",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("system_id", models.CharField(blank=True, default="", max_length=32)),
                ("reference", models.CharField(max_length=120)),
                ("stamp", models.CharField(blank=True, default="", max_length=40)),
                ("state_stamp", models.CharField(blank=True, default="", max_length=40)),
                ("contact_id", models.CharField(max_length=32)),
                ("activity_id", models.CharField(max_length=32)),
                ("slot_id", models.CharField(blank=True, max_length=32, null=True)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("places", models.IntegerField(default=1)),
                ("state", models.CharField(max_length=20)),
                ("entry", models.CharField(default="ahead", max_length=20)),
                ("price_minor", models.IntegerField(default=0)),
                ("deposit_minor", models.IntegerField(default=0)),
                ("deposit_paid_at", models.DateTimeField(null=True)),
                ("held_until", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, default="", max_length=40)),
                ("party_sealed", models.BinaryField(default=b"")),
                ("page_url", models.CharField(blank=True, default="", max_length=500)),
                ("rating", models.SmallIntegerField(null=True)),
                ("rated_at", models.DateTimeField(null=True)),
                ("said_sealed", models.BinaryField(default=b"")),
                ("made_by", models.CharField(max_length=80)),
                ("made_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["slot_id", "state"], name="booking_places"),
                    models.Index(fields=["contact_id", "starts_at"], name="booking_of_contact"),
                    models.Index(fields=["workspace_id", "starts_at"], name="booking_calendar"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "system_id", "reference"), name="booking_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BookingChange",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("booking_id", models.CharField(max_length=32)),
                ("contact_id", models.CharField(max_length=32)),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=80)),
                ("state_before", models.CharField(blank=True, max_length=20)),
                ("state", models.CharField(max_length=20)),
                ("slot_before_id", models.CharField(blank=True, max_length=32, null=True)),
                ("slot_id", models.CharField(blank=True, max_length=32, null=True)),
                ("starts_at", models.DateTimeField()),
                ("reason", models.CharField(blank=True, default="", max_length=40)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["booking_id", "at"], name="booking_history"),
                    models.Index(fields=["contact_id", "at"], name="booking_change_of_contact"),
                ],
            },
        ),
        migrations.CreateModel(
            name="BookingName",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("system_id", models.CharField(blank=True, default="", max_length=32)),
                ("reference", models.CharField(max_length=120)),
                ("first", models.CharField(max_length=120)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "system_id", "reference"), name="booking_name_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Breach",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("conversation_id", models.CharField(max_length=32)),
                ("clock_id", models.CharField(blank=True, max_length=32, null=True)),
                ("reason", models.CharField(max_length=20)),
                ("queue", models.CharField(blank=True, max_length=40)),
                ("assignee_id", models.CharField(blank=True, max_length=32, null=True)),
                ("due_at", models.DateTimeField()),
                ("at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["workspace_id", "ended_at", "at"], name="breach_list")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("conversation_id", "reason"),
                        name="breach_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CannedResponse",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("short_code", models.CharField(max_length=40)),
                ("text", models.TextField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "short_code"), name="canned_by_code"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CheckIn",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("system_id", models.CharField(blank=True, default="", max_length=32)),
                ("reference", models.CharField(max_length=120)),
                ("stamp", models.CharField(blank=True, default="", max_length=40)),
                ("contact_id", models.CharField(max_length=32)),
                ("booking_id", models.CharField(blank=True, max_length=32, null=True)),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["contact_id", "at"], name="check_in_of_contact"),
                    models.Index(
                        fields=["workspace_id", "contact_id", "at"], name="check_in_habits"
                    ),
                    models.Index(fields=["workspace_id", "at"], name="check_in_of_day"),
                    models.Index(fields=["booking_id"], name="check_in_of_booking"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "system_id", "reference"), name="check_in_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ChurnModel",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("weights", models.TextField(blank=True, default="")),
                ("contacts", models.IntegerField(default=0)),
                ("left", models.FloatField(default=0.0)),
                ("auc_model", models.FloatField(default=0.0)),
                ("auc_rules", models.FloatField(default=0.0)),
                ("fitted_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("workspace_id",), name="churn_model_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ChurnScore",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("points", models.IntegerField()),
                ("signs", models.TextField()),
                ("is_at_risk", models.BooleanField()),
                ("is_high_value", models.BooleanField()),
                ("value_minor", models.BigIntegerField(default=0)),
                ("since", models.DateTimeField()),
                ("scored_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["workspace_id", "is_at_risk", "-points", "id"], name="churn_list"
                    ),
                    models.Index(fields=["workspace_id", "id"], name="churn_page"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ConnectedSystem",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("kind", models.CharField(max_length=20)),
                ("name", models.CharField(max_length=120)),
                ("token", models.CharField(max_length=40, unique=True)),
                ("secret_sealed", models.BinaryField()),
                ("former_sealed", models.BinaryField(default=b"")),
                ("former_until", models.DateTimeField(null=True)),
                ("settings_sealed", models.BinaryField()),
                ("maps", models.JSONField(default=list)),
                ("example_sealed", models.BinaryField(default=b"")),
                ("is_connected", models.BooleanField(default=True)),
                ("heard_at", models.DateTimeField(null=True)),
                ("seen", models.JSONField(default=dict)),
                ("etag", models.CharField(blank=True, default="", max_length=200)),
                ("problem", models.CharField(blank=True, default="", max_length=200)),
                ("quiet_hours", models.SmallIntegerField(default=0)),
                ("silence_told_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["workspace_id"], name="store_conne_workspa_11c4e9_idx")
                ],
            },
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("contact_id", models.CharField(max_length=32)),
                ("channel", models.CharField(max_length=20)),
                ("purpose", models.CharField(max_length=20)),
                ("is_granted", models.BooleanField()),
                ("is_pending", models.BooleanField(default=False)),
                ("request_id", models.CharField(blank=True, max_length=32, null=True)),
                ("source", models.CharField(max_length=60)),
                ("wording", models.CharField(blank=True, max_length=400)),
                ("evidence", models.CharField(blank=True, max_length=120)),
                ("at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["contact_id", "channel", "at"],
                        name="store_conse_contact_ac800d_idx",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("lane", models.CharField(max_length=64)),
                ("external_id", models.CharField(blank=True, max_length=64)),
                ("name_sealed", models.BinaryField(default=b"")),
                ("is_identified", models.BooleanField(default=False)),
                ("membership", models.CharField(blank=True, max_length=40)),
                ("timezone", models.CharField(blank=True, max_length=60)),
                ("timezone_from", models.CharField(blank=True, max_length=10)),
                ("language", models.CharField(blank=True, max_length=10)),
                ("language_from", models.CharField(blank=True, max_length=10)),
                ("conversation_id", models.CharField(blank=True, max_length=32, null=True)),
                ("opted_out", models.CharField(blank=True, max_length=200)),
                ("marks", models.JSONField(default=dict)),
                ("preferred_channel", models.CharField(blank=True, max_length=20)),
                ("merged_into_id", models.CharField(blank=True, max_length=32, null=True)),
                ("is_joined", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["workspace_id", "external_id"],
                        name="store_conta_workspa_623d83_idx",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("workspace_id", "lane"), name="contact_by_lane")
                ],
            },
        ),
        migrations.CreateModel(
            name="ContactSign",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("contact_id", models.CharField(max_length=32)),
                ("sign", models.CharField(max_length=20)),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["workspace_id", "contact_id"], name="contact_signs")
                ],
            },
        ),
        migrations.CreateModel(
            name="Conversation",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("contact_id", models.CharField(max_length=32)),
                ("inbox_id", models.CharField(max_length=32)),
                ("lane", models.CharField(max_length=64)),
                ("address_lane", models.CharField(max_length=64)),
                ("channel", models.CharField(max_length=20)),
                ("status", models.CharField(max_length=10)),
                ("handled_by", models.CharField(max_length=10)),
                ("assignee_id", models.CharField(blank=True, max_length=32, null=True)),
                ("queue", models.CharField(blank=True, max_length=40)),
                ("run_id", models.CharField(blank=True, max_length=32, null=True)),
                ("opened_by", models.CharField(default="contact", max_length=10)),
                ("request_type", models.CharField(blank=True, max_length=60)),
                ("triage", models.CharField(blank=True, max_length=10)),
                ("complexity", models.SmallIntegerField(null=True)),
                ("emotion", models.SmallIntegerField(null=True)),
                ("frequency", models.IntegerField(null=True)),
                ("value", models.SmallIntegerField(null=True)),
                ("urgency", models.SmallIntegerField(default=0)),
                ("urgency_cause", models.CharField(blank=True, max_length=40)),
                ("is_flagged", models.BooleanField(default=False)),
                ("flags", models.CharField(blank=True, default="", max_length=250)),
                ("needs_review", models.BooleanField(default=False)),
                ("failed_attempts", models.SmallIntegerField(default=0)),
                ("bot_turns", models.SmallIntegerField(default=0)),
                ("is_answered", models.BooleanField(default=False)),
                ("negative_turns", models.SmallIntegerField(default=0)),
                ("last_reply_hash", models.CharField(blank=True, max_length=16)),
                ("last_articles", models.CharField(blank=True, max_length=250)),
                ("first_message_at", models.DateTimeField()),
                ("last_message_at", models.DateTimeField()),
                ("waiting_since", models.DateTimeField(null=True)),
                ("handed_over_at", models.DateTimeField(null=True)),
                ("human_ended_at", models.DateTimeField(null=True)),
                ("snoozed_until", models.DateTimeField(null=True)),
                ("resolved_at", models.DateTimeField(null=True)),
                ("resolved_by", models.CharField(blank=True, max_length=10)),
                ("resolution_code", models.CharField(blank=True, max_length=40)),
                ("is_confirmed", models.BooleanField(default=False)),
                ("recontacts", models.SmallIntegerField(default=0)),
                ("reopened_at", models.DateTimeField(null=True)),
                ("recontacted_after", models.IntegerField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["contact_id", "first_message_at"],
                        name="store_conve_contact_a402fa_idx",
                    ),
                    models.Index(
                        fields=[
                            "workspace_id",
                            "status",
                            "handled_by",
                            "urgency",
                            "queue",
                            "opened_by",
                            "is_flagged",
                            "assignee_id",
                            "id",
                        ],
                        name="inbox_standing",
                    ),
                    models.Index(
                        condition=models.Q(("assignee_id__isnull", False)),
                        fields=["assignee_id", "status", "last_message_at"],
                        name="inbox_mine",
                    ),
                    models.Index(
                        condition=models.Q(("is_flagged", True)),
                        fields=["workspace_id", "status", "last_message_at"],
                        name="inbox_flagged",
                    ),
                    models.Index(
                        fields=["workspace_id", "status", "last_message_at"], name="inbox_newest"
                    ),
                    models.Index(
                        condition=models.Q(("needs_review", True)),
                        fields=["workspace_id", "last_message_at"],
                        name="inbox_review",
                    ),
                    models.Index(
                        fields=["workspace_id", "first_message_at"],
                        name="store_conve_workspa_cf95f2_idx",
                    ),
                    models.Index(
                        condition=models.Q(("flags", ""), _negated=True),
                        fields=["workspace_id", "last_message_at"],
                        name="conversation_live_flags",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("inbox_id", models.CharField(max_length=32)),
                ("receipt", models.CharField(blank=True, max_length=128)),
                ("code", models.CharField(blank=True, max_length=20)),
                ("parts", models.SmallIntegerField(default=0)),
                ("cost", models.BigIntegerField(default=0)),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["inbox_id", "changed_at"], name="store_deliv_inbox_i_c08691_idx"
                    ),
                    models.Index(
                        fields=["workspace_id", "receipt"], name="store_deliv_workspa_4ba7f6_idx"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DigestLine",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("contact_id", models.CharField(max_length=32)),
                ("digest", models.CharField(max_length=60)),
                ("opening_sealed", models.BinaryField()),
                ("line_sealed", models.BinaryField()),
                ("purpose", models.CharField(default="service", max_length=20)),
                ("due_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["contact_id", "digest", "id"], name="digest_of_contact")
                ],
            },
        ),
        migrations.CreateModel(
            name="Episode",
            fields=[
                ("id", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("conversation_id", models.CharField(max_length=32)),
                ("began_at", models.DateTimeField()),
                ("channel", models.CharField(max_length=20)),
                ("inbox_id", models.CharField(max_length=32)),
                ("intent", models.CharField(blank=True, default="", max_length=60)),
                ("triage", models.CharField(blank=True, default="", max_length=10)),
                ("flow", models.CharField(blank=True, default="", max_length=60)),
                ("version", models.IntegerField(default=0)),
                ("step", models.CharField(blank=True, default="", max_length=60)),
                ("queue", models.CharField(blank=True, default="", max_length=40)),
                ("agent_id", models.CharField(blank=True, default="", max_length=32)),
                ("handoffs", models.IntegerField(default=0)),
                ("touches", models.IntegerField(default=0)),
                ("ended_at", models.DateTimeField(null=True)),
                ("returned_after", models.IntegerField(null=True)),
                ("waited", models.IntegerField(null=True)),
                ("handled", models.IntegerField(default=0)),
                ("number", models.IntegerField()),
                ("opened_by", models.CharField(max_length=10)),
                ("ended_by", models.CharField(blank=True, default="", max_length=10)),
                ("code", models.CharField(blank=True, default="", max_length=40)),
                ("is_confirmed", models.BooleanField(default=False)),
                ("bot_turns", models.IntegerField(default=0)),
                ("failed_turns", models.IntegerField(default=0)),
                ("answered_after", models.IntegerField(null=True)),
                ("resolved_after", models.IntegerField(null=True)),
                ("csat_asked", models.BooleanField(default=False)),
                ("csat", models.FloatField(null=True)),
                ("csat_after", models.IntegerField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["workspace_id", "began_at"], name="episode_in_window"),
                    models.Index(fields=["conversation_id"], name="episode_of"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Escalation",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("conversation_id", models.CharField(max_length=32)),
                ("at", models.DateTimeField()),
                ("trigger", models.CharField(max_length=40)),
                ("act", models.CharField(default="hand_over", max_length=10)),
                ("version", models.IntegerField(default=0)),
                ("evidence", models.CharField(max_length=200)),
                ("verdict", models.CharField(blank=True, max_length=10)),
                ("judged_by_id", models.CharField(blank=True, max_length=32, null=True)),
                ("judged_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["workspace_id", "at"], name="store_escal_workspa_297fa5_idx"
                    ),
                    models.Index(fields=["conversation_id", "at"], name="escalation_of"),
                ],
            },
        ),
        migrations.CreateModel(
            name="EscalationRuleVersion",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("name", models.CharField(max_length=40)),
                ("version", models.IntegerField()),
                ("title", models.CharField(blank=True, max_length=80)),
                ("document", models.JSONField(default=dict)),
                ("is_on", models.BooleanField(default=True)),
                ("reason", models.CharField(max_length=300)),
                ("review_on", models.DateField()),
                ("reminded_at", models.DateTimeField(null=True)),
                ("changed_at", models.DateTimeField()),
                ("changed_by_id", models.CharField(max_length=32)),
            ],
            options={
                "indexes": [models.Index(fields=["workspace_id", "id"], name="rule_history")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "name", "version"), name="rule_version_once"
                    )
                ],
            },
        ),
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
                        fields=("workspace_id", "grain", "day"), name="evidence_day_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Experiment",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("name", models.CharField(max_length=60)),
                ("flow", models.CharField(blank=True, default="", max_length=60)),
                ("field", models.CharField(blank=True, default="", max_length=40)),
                ("design", models.TextField()),
                ("owner_id", models.CharField(max_length=32)),
                ("hypothesis", models.CharField(max_length=300)),
                ("began_at", models.DateTimeField()),
                ("began_by_id", models.CharField(max_length=32)),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by_id", models.CharField(blank=True, max_length=32, null=True)),
                ("kept", models.CharField(blank=True, default="", max_length=60)),
                ("reason", models.CharField(blank=True, default="", max_length=300)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("workspace_id", "name"), name="experiment_name")
                ],
            },
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
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "flow", "split", "contact_id"), name="exposure_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FlowDraft",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("name", models.CharField(max_length=60)),
                ("source", models.TextField()),
                ("base_version", models.IntegerField()),
                ("updated_at", models.DateTimeField()),
                ("updated_by", models.CharField(max_length=60)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("workspace_id", "name"), name="flow_draft_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="FlowPause",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("flow", models.CharField(max_length=60)),
                ("ends_runs", models.BooleanField()),
                ("paused_at", models.DateTimeField()),
                ("paused_by", models.CharField(max_length=60)),
                ("reason", models.CharField(max_length=300)),
                ("resumed_at", models.DateTimeField(null=True)),
                ("resumed_by", models.CharField(blank=True, default="", max_length=60)),
                ("resume_reason", models.CharField(blank=True, default="", max_length=300)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("resumed_at", None)),
                        fields=("workspace_id", "flow"),
                        name="flow_paused_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FlowVersion",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("name", models.CharField(max_length=60)),
                ("version", models.IntegerField()),
                ("document", models.JSONField()),
                ("source", models.TextField(blank=True, default="")),
                ("published_at", models.DateTimeField()),
                ("published_by", models.CharField(max_length=120)),
                ("reason", models.CharField(max_length=300)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "name", "version"), name="flow_version_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Handoff",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("conversation_id", models.CharField(max_length=32)),
                ("state", models.CharField(max_length=10)),
                ("reason", models.CharField(max_length=40)),
                ("queue", models.CharField(max_length=40)),
                ("is_async", models.BooleanField(default=False)),
                ("amount_minor", models.BigIntegerField(default=0)),
                ("card_sealed", models.BinaryField()),
                ("lacks", models.CharField(blank=True, max_length=60)),
                ("offered_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(null=True)),
                ("accepted_by_id", models.CharField(blank=True, max_length=32, null=True)),
                ("replied_at", models.DateTimeField(null=True)),
                ("is_card_seen", models.BooleanField(null=True)),
                ("is_restated", models.BooleanField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("outcome", models.CharField(blank=True, max_length=40)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["conversation_id", "offered_at"],
                        name="store_hando_convers_397248_idx",
                    ),
                    models.Index(fields=["workspace_id", "offered_at"], name="handoff_in_window"),
                    models.Index(
                        condition=models.Q(("accepted_by_id__isnull", False)),
                        fields=["accepted_by_id", "ended_at"],
                        name="handoff_by_person",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HeldFact",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("flow", models.CharField(max_length=60)),
                ("lane", models.TextField()),
                ("kind", models.TextField()),
                ("body", models.BinaryField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["workspace_id", "flow", "id"], name="held_fact_of_flow")
                ],
            },
        ),
        migrations.CreateModel(
            name="Import",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("system_id", models.CharField(max_length=32)),
                ("file_name", models.CharField(max_length=200)),
                ("state", models.CharField(max_length=12)),
                ("is_dry", models.BooleanField()),
                ("is_quiet", models.BooleanField(default=False)),
                ("made_by", models.CharField(max_length=80)),
                ("made_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("lines", models.IntegerField(default=0)),
                ("pages", models.IntegerField(default=0)),
                ("done_pages", models.IntegerField(default=0)),
                ("told", models.IntegerField(default=0)),
                ("kept", models.IntegerField(default=0)),
                ("unchanged", models.IntegerField(default=0)),
                ("refused", models.IntegerField(default=0)),
                ("newcomers", models.IntegerField(default=0)),
                ("problem", models.CharField(blank=True, default="", max_length=400)),
            ],
            options={
                "indexes": [models.Index(fields=["system_id", "made_at"], name="import_of_system")],
            },
        ),
        migrations.CreateModel(
            name="ImportFault",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("import_id", models.CharField(max_length=32)),
                ("line", models.IntegerField()),
                ("column", models.CharField(blank=True, max_length=120)),
                ("reason", models.CharField(max_length=200)),
            ],
            options={
                "indexes": [models.Index(fields=["import_id", "line"], name="import_fault_line")],
            },
        ),
        migrations.CreateModel(
            name="ImportPage",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("import_id", models.CharField(max_length=32)),
                ("number", models.IntegerField()),
                ("body_sealed", models.BinaryField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("import_id", "number"), name="import_page_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Installation",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("keyset_fingerprint", models.CharField(max_length=32)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="one_installation")
                ],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("conversation_id", models.CharField(max_length=32)),
                ("handoff_id", models.CharField(max_length=32)),
                ("user_id", models.CharField(max_length=32)),
                ("at", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("state", models.CharField(default="open", max_length=10)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "open")),
                        fields=["user_id"],
                        name="invitation_of_user",
                    ),
                    models.Index(fields=["handoff_id"], name="invitation_of_handoff"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("conversation_id",),
                        name="invitation_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Invoice",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("system_id", models.CharField(blank=True, default="", max_length=32)),
                ("reference", models.CharField(max_length=120)),
                ("stamp", models.CharField(blank=True, default="", max_length=40)),
                ("contact_id", models.CharField(max_length=32)),
                ("number", models.CharField(max_length=40)),
                ("amount_minor", models.IntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("memo_sealed", models.BinaryField(default=b"")),
                ("cause", models.CharField(blank=True, default="", max_length=20)),
                ("cause_id", models.CharField(blank=True, default="", max_length=32)),
                ("state", models.CharField(max_length=10)),
                ("issued_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by", models.CharField(blank=True, default="", max_length=80)),
                ("made_by", models.CharField(max_length=80)),
                ("checkout", models.CharField(blank=True, default="", max_length=120)),
                ("checkout_sealed", models.BinaryField(default=b"")),
                ("checkout_until", models.DateTimeField(null=True)),
                ("pay_url", models.CharField(blank=True, default="", max_length=500)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["workspace_id", "state", "due_at"], name="invoice_owed"),
                    models.Index(fields=["contact_id", "issued_at"], name="invoice_of_contact"),
                    models.Index(fields=["workspace_id", "cause_id"], name="invoice_of_cause"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "system_id", "reference"), name="invoice_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Letter",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("conversation_id", models.CharField(max_length=32)),
                ("head_sealed", models.BinaryField()),
                ("is_inbound", models.BooleanField()),
                ("is_automatic", models.BooleanField(default=False)),
                ("is_from_stranger", models.BooleanField(default=False)),
                ("is_disproved", models.BooleanField(default=False)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["conversation_id", "id"], name="store_lette_convers_592063_idx"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Location",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("name", models.CharField(max_length=120)),
                ("address", models.CharField(max_length=300)),
                ("phone", models.CharField(blank=True, max_length=40)),
                ("map_url", models.URLField(blank=True)),
                ("timezone", models.CharField(default="UTC", max_length=60)),
                ("hours", models.JSONField(default=dict)),
                ("closed_on", models.JSONField(default=list)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["workspace_id"], name="store_locat_workspa_f08c22_idx")
                ],
            },
        ),
        migrations.CreateModel(
            name="Macro",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("name", models.CharField(max_length=40)),
                ("title", models.CharField(max_length=60)),
                ("tag", models.CharField(blank=True, max_length=40)),
                ("note", models.TextField(blank=True)),
                ("reply", models.TextField(blank=True)),
                ("ending", models.CharField(blank=True, max_length=10)),
                ("ending_value", models.CharField(blank=True, max_length=40)),
                ("saved_at", models.DateTimeField()),
                ("saved_by_id", models.CharField(max_length=32)),
                ("removed_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("removed_at", None)),
                        fields=("workspace_id", "name"),
                        name="macro_by_name",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MacroRun",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("macro_id", models.CharField(max_length=32)),
                ("conversation_id", models.CharField(max_length=32)),
                ("user_id", models.CharField(max_length=32)),
                ("before", models.JSONField(default=dict)),
                ("at", models.DateTimeField()),
                ("undone_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["conversation_id", "at"], name="macro_run_last")],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("system_id", models.CharField(blank=True, default="", max_length=32)),
                ("reference", models.CharField(max_length=120)),
                ("stamp", models.CharField(blank=True, default="", max_length=40)),
                ("contact_id", models.CharField(max_length=32)),
                ("plan", models.CharField(max_length=80)),
                ("state", models.CharField(max_length=20)),
                ("price_minor", models.IntegerField(default=0)),
                ("renews", models.BooleanField(default=True)),
                ("joined_at", models.DateTimeField()),
                ("ends_on", models.DateField(null=True)),
                ("resume_on", models.DateField(null=True)),
                ("told_end", models.DateField(null=True)),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["contact_id"], name="membership_of_contact"),
                    models.Index(
                        fields=["workspace_id", "state", "ends_on"], name="membership_ending"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "system_id", "reference"), name="membership_once"
                    )
                ],
            },
        ),
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
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("conversation_id", models.CharField(max_length=32)),
                ("contact_id", models.CharField(max_length=32)),
                ("author", models.CharField(max_length=10)),
                ("user_id", models.CharField(blank=True, max_length=32, null=True)),
                ("is_note", models.BooleanField(default=False)),
                ("client_id", models.CharField(blank=True, max_length=64)),
                ("body_sealed", models.BinaryField()),
                ("choices", models.JSONField(default=list)),
                ("delivery", models.CharField(max_length=10)),
                ("delivery_reason", models.CharField(blank=True, max_length=80)),
                ("purpose", models.CharField(default="service", max_length=20)),
                ("is_unprompted", models.BooleanField(default=False)),
                ("held_until", models.DateTimeField(null=True)),
                ("useful_until", models.DateTimeField(null=True)),
                ("channel", models.CharField(blank=True, default="", max_length=20)),
                ("inbox_id", models.CharField(blank=True, default="", max_length=32)),
                ("address_lane", models.CharField(blank=True, default="", max_length=64)),
                ("onward", models.CharField(blank=True, default="", max_length=80)),
                ("onward_sealed", models.BinaryField(default=b"")),
                ("instead_of_id", models.CharField(blank=True, max_length=32, null=True)),
                ("stand_in_sealed", models.BinaryField(default=b"")),
                ("template", models.CharField(blank=True, default="", max_length=80)),
                ("flow", models.CharField(blank=True, default="", max_length=60)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["conversation_id", "id"], name="store_messa_convers_89dbad_idx"
                    ),
                    models.Index(
                        fields=["contact_id", "id"], name="store_messa_contact_2f38f3_idx"
                    ),
                    models.Index(
                        condition=models.Q(("is_unprompted", True)),
                        fields=["contact_id", "created_at"],
                        name="message_unprompted",
                    ),
                    models.Index(
                        condition=models.Q(("delivery__in", ["refused", "held", "failed"])),
                        fields=["workspace_id", "created_at"],
                        name="message_withheld",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("instead_of_id__isnull", False)),
                        fields=("instead_of_id",),
                        name="message_instead",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MissedEscalation",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("conversation_id", models.CharField(max_length=32)),
                ("rule", models.CharField(max_length=40)),
                ("noted_by_id", models.CharField(max_length=32)),
                ("noted_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["workspace_id", "noted_at"], name="missed_in_window")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("conversation_id", "rule"), name="missed_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("user_id", models.CharField(max_length=32)),
                ("kind", models.CharField(max_length=20)),
                ("conversation_id", models.CharField(blank=True, max_length=32, null=True)),
                ("details", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField()),
                ("seen_at", models.DateTimeField(null=True)),
                ("mailed_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["user_id", "at"], name="notice_of_user"),
                    models.Index(
                        condition=models.Q(("seen_at", None)),
                        fields=["user_id"],
                        name="notice_unseen",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OfferMade",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("contact_id", models.CharField(max_length=32)),
                ("flow", models.CharField(max_length=60)),
                ("offer", models.CharField(max_length=60)),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["workspace_id", "at"], name="offers_of_month"),
                    models.Index(fields=["contact_id"], name="offers_of_contact"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Order",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("system_id", models.CharField(blank=True, default="", max_length=32)),
                ("reference", models.CharField(max_length=120)),
                ("stamp", models.CharField(blank=True, default="", max_length=40)),
                ("contact_id", models.CharField(max_length=32)),
                ("number", models.CharField(max_length=40)),
                ("plain_number", models.CharField(max_length=40)),
                ("said", models.CharField(max_length=12)),
                ("state", models.CharField(max_length=12)),
                ("currency", models.CharField(max_length=3)),
                ("total_minor", models.IntegerField(default=0)),
                ("placed_at", models.DateTimeField()),
                ("delivered_at", models.DateTimeField(null=True)),
                ("page_url", models.CharField(blank=True, default="", max_length=500)),
                ("is_elsewhere", models.BooleanField(null=True)),
                ("disputed_at", models.DateTimeField(null=True)),
                ("dispute_stamp", models.CharField(blank=True, default="", max_length=40)),
                ("made_by", models.CharField(max_length=80)),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["contact_id", "placed_at"], name="order_of_contact"),
                    models.Index(fields=["workspace_id", "placed_at"], name="order_by_day"),
                    models.Index(fields=["workspace_id", "plain_number"], name="order_by_number"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "system_id", "reference"), name="order_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OrderLine",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("order_id", models.CharField(max_length=32)),
                ("reference", models.CharField(max_length=120)),
                ("title", models.CharField(max_length=200)),
                ("sku", models.CharField(blank=True, default="", max_length=80)),
                ("category", models.CharField(blank=True, default="", max_length=80)),
                ("quantity", models.IntegerField(default=1)),
                ("price_minor", models.IntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("order_id", "reference"), name="order_line_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OrderMoney",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("order_id", models.CharField(max_length=32)),
                ("reference", models.CharField(max_length=120)),
                ("kind", models.CharField(max_length=10)),
                ("amount_minor", models.IntegerField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("order_id", "reference"), name="order_money_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OutsideReader",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("kind", models.CharField(max_length=20)),
                ("host", models.CharField(max_length=255)),
                ("settings_sealed", models.BinaryField()),
                ("changed_at", models.DateTimeField()),
                ("changed_by", models.CharField(max_length=60)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("workspace_id",), name="outside_reader_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="OwnIntent",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("name", models.CharField(max_length=60)),
                ("request_type", models.CharField(max_length=60)),
                ("wants", models.CharField(max_length=200)),
                ("made_by_id", models.CharField(max_length=32)),
                ("made_at", models.DateTimeField()),
                ("retired_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("retired_at", None)),
                        fields=("workspace_id", "name"),
                        name="own_intent_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Parcel",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("system_id", models.CharField(blank=True, default="", max_length=32)),
                ("reference", models.CharField(max_length=120)),
                ("stamp", models.CharField(blank=True, default="", max_length=40)),
                ("order_id", models.CharField(blank=True, default="", max_length=32)),
                ("ordered", models.CharField(blank=True, default="", max_length=120)),
                ("hint", models.CharField(blank=True, default="", max_length=40)),
                ("carrier", models.CharField(blank=True, default="", max_length=60)),
                ("tracking", models.CharField(blank=True, default="", max_length=80)),
                ("tracked", models.CharField(blank=True, default="", max_length=40)),
                ("page_url", models.CharField(blank=True, default="", max_length=500)),
                ("state", models.CharField(blank=True, default="", max_length=20)),
                ("expected_at", models.DateTimeField(null=True)),
                ("told", models.JSONField(default=list)),
                ("look_at", models.DateTimeField(null=True)),
                ("made_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["order_id"], name="parcel_of_order"),
                    models.Index(fields=["workspace_id", "hint"], name="parcel_by_hint"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "system_id", "reference"), name="parcel_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("tracking", ""), _negated=True),
                        fields=("workspace_id", "tracking"),
                        name="parcel_tracked_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ParcelScan",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("parcel_id", models.CharField(max_length=32)),
                ("at", models.DateTimeField()),
                ("state", models.CharField(max_length=20)),
                ("place", models.CharField(blank=True, default="", max_length=120)),
                ("words", models.CharField(blank=True, default="", max_length=200)),
                ("latitude", models.FloatField(null=True)),
                ("longitude", models.FloatField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("parcel_id", "at", "state"), name="parcel_scan_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Payment",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("invoice_id", models.CharField(max_length=32)),
                ("contact_id", models.CharField(max_length=32)),
                ("paid_by", models.CharField(max_length=20)),
                ("state", models.CharField(max_length=12)),
                ("amount_minor", models.IntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("reference", models.CharField(blank=True, default="", max_length=120)),
                ("noted_by", models.CharField(max_length=80)),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["invoice_id", "at"], name="payment_of_invoice")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("reference", ""), _negated=True),
                        fields=("workspace_id", "reference"),
                        name="payment_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="QueuePace",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("queue", models.CharField(max_length=40)),
                ("seconds", models.IntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("workspace_id", "queue"), name="pace_of_queue")
                ],
            },
        ),
        migrations.CreateModel(
            name="ReaderVersion",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("number", models.IntegerField()),
                ("status", models.CharField(max_length=12)),
                ("progress", models.CharField(blank=True, max_length=80)),
                ("progress_at", models.DateTimeField()),
                ("example_ids", models.JSONField(default=list)),
                ("own_intents", models.JSONField(default=list)),
                ("made_by", models.CharField(max_length=60)),
                ("made_at", models.DateTimeField()),
                ("reason", models.CharField(max_length=300)),
                ("report", models.JSONField(null=True)),
                ("refusals", models.JSONField(default=list)),
                ("evaluated_at", models.DateTimeField(null=True)),
                ("held_against", models.IntegerField(null=True)),
                ("live_at", models.DateTimeField(null=True)),
                ("live_by", models.CharField(blank=True, max_length=60)),
                ("previous", models.IntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "number"), name="reader_by_number"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "live")),
                        fields=("workspace_id",),
                        name="reader_one_live",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "training")),
                        fields=("workspace_id",),
                        name="reader_one_training",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReportedEvent",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("name", models.CharField(max_length=60)),
                ("first_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "name"), name="reported_event_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Retention",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("conversation_id", models.CharField(max_length=32)),
                ("user_id", models.CharField(max_length=32)),
                ("wish", models.CharField(max_length=10)),
                ("churn_reason", models.CharField(max_length=60)),
                ("offer", models.CharField(blank=True, max_length=60)),
                ("approval_id", models.CharField(blank=True, max_length=32, null=True)),
                ("outcome", models.CharField(max_length=10)),
                ("at", models.DateTimeField()),
                ("told_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["conversation_id", "at"], name="retention_talk"),
                    models.Index(fields=["workspace_id", "told_at"], name="retention_window"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Return",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("number", models.CharField(max_length=20)),
                ("contact_id", models.CharField(max_length=32)),
                ("order_id", models.CharField(max_length=32)),
                ("reason", models.CharField(max_length=12)),
                ("words_sealed", models.BinaryField(default=b"")),
                ("source", models.CharField(max_length=8)),
                ("state", models.CharField(max_length=12)),
                ("rules", models.IntegerField(default=0)),
                ("outcome", models.CharField(blank=True, default="", max_length=12)),
                ("refund_minor", models.IntegerField(default=0)),
                ("currency", models.CharField(max_length=3)),
                ("findings", models.JSONField(default=list)),
                ("is_unattended", models.BooleanField(default=False)),
                ("flags", models.CharField(blank=True, default="", max_length=120)),
                ("asked_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.CharField(blank=True, default="", max_length=60)),
                ("label", models.CharField(blank=True, default="", max_length=40)),
                ("labelled_at", models.DateTimeField(null=True)),
                ("refunded_at", models.DateTimeField(null=True)),
                ("is_sampled", models.BooleanField(default=False)),
                ("audit", models.CharField(blank=True, default="", max_length=8)),
                ("audited_at", models.DateTimeField(null=True)),
                ("audited_by_id", models.CharField(blank=True, max_length=32, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["workspace_id", "state", "asked_at"], name="return_by_state"
                    ),
                    models.Index(fields=["contact_id", "asked_at"], name="return_of_contact"),
                    models.Index(fields=["order_id"], name="return_of_order"),
                    models.Index(
                        condition=models.Q(("is_sampled", True)),
                        fields=["workspace_id", "decided_at"],
                        name="return_sampled",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("workspace_id", "number"), name="return_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ReturnItem",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("return_id", models.CharField(max_length=32)),
                ("line_id", models.CharField(max_length=32)),
                ("title", models.CharField(max_length=200)),
                ("sku", models.CharField(blank=True, default="", max_length=80)),
                ("category", models.CharField(blank=True, default="", max_length=80)),
                ("quantity", models.IntegerField()),
                ("unit_minor", models.IntegerField()),
            ],
            options={
                "indexes": [models.Index(fields=["line_id"], name="return_item_of_line")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("return_id", "line_id"), name="return_item_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReturnPhoto",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("return_id", models.CharField(max_length=32)),
                ("attachment_id", models.CharField(max_length=32)),
                ("side", models.IntegerField(default=0)),
                ("sharpness", models.FloatField(default=0)),
                ("digest", models.CharField(max_length=32)),
                ("look_a", models.IntegerField(null=True)),
                ("look_b", models.IntegerField(null=True)),
                ("look_c", models.IntegerField(null=True)),
                ("look_d", models.IntegerField(null=True)),
                ("is_known", models.BooleanField(default=False)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["workspace_id", "digest"], name="return_photo_digest"),
                    models.Index(fields=["workspace_id", "look_a"], name="return_photo_a"),
                    models.Index(fields=["workspace_id", "look_b"], name="return_photo_b"),
                    models.Index(fields=["workspace_id", "look_c"], name="return_photo_c"),
                    models.Index(fields=["workspace_id", "look_d"], name="return_photo_d"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("return_id", "attachment_id"), name="return_photo_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReturnRules",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("version", models.IntegerField()),
                ("document", models.JSONField()),
                ("published_at", models.DateTimeField()),
                ("published_by", models.CharField(max_length=60)),
                ("reason", models.CharField(max_length=300)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "version"), name="return_rules_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Reversible",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("conversation_id", models.CharField(max_length=32)),
                ("user_id", models.CharField(max_length=32)),
                ("act", models.CharField(max_length=10)),
                ("stood", models.JSONField()),
                ("at", models.DateTimeField()),
                ("undone_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["conversation_id", "at"], name="reversible_last")],
            },
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("conversation_id", models.CharField(max_length=32)),
                ("turn_id", models.CharField(max_length=32)),
                ("reason", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
                ("verdict", models.CharField(blank=True, max_length=20)),
                ("reviewed_by_id", models.CharField(blank=True, max_length=32, null=True)),
                ("reviewed_at", models.DateTimeField(null=True)),
                ("read", models.JSONField(default=dict)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["workspace_id", "verdict", "at"],
                        name="store_revie_workspa_03e20c_idx",
                    ),
                    models.Index(fields=["conversation_id"], name="store_revie_convers_b729f2_idx"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReviewSample",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("week", models.CharField(max_length=8)),
                ("drawn_at", models.DateTimeField()),
                ("drawn", models.IntegerField()),
                ("escalated", models.IntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "week"), name="sample_once_a_week"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReviewVerdict",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("review_id", models.CharField(max_length=32)),
                ("turn_id", models.CharField(max_length=32)),
                ("reason", models.CharField(max_length=40)),
                ("verdict", models.CharField(max_length=20)),
                ("intent_read", models.CharField(blank=True, max_length=60)),
                ("intent_meant", models.CharField(blank=True, max_length=60)),
                ("example_id", models.CharField(blank=True, max_length=32)),
                ("given_by_id", models.CharField(max_length=32)),
                ("given_at", models.DateTimeField()),
                ("undone_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["workspace_id", "given_by_id", "given_at"],
                        name="store_revie_workspa_c4f32e_idx",
                    ),
                    models.Index(
                        fields=["workspace_id", "given_at"], name="store_revie_workspa_2f62c9_idx"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Rollout",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("flow", models.CharField(max_length=60)),
                ("plan", models.CharField(max_length=20)),
                ("stage", models.CharField(max_length=20)),
                ("share", models.FloatField(default=0.0)),
                ("bounds", models.JSONField(default=dict)),
                ("checks", models.JSONField(default=dict)),
                ("owner_id", models.CharField(max_length=32)),
                ("state", models.CharField(max_length=12)),
                ("runs", models.CharField(blank=True, default="", max_length=12)),
                ("began_at", models.DateTimeField()),
                ("stage_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["workspace_id", "flow", "id"], name="rollout_of_flow")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("workspace_id", "flow"),
                        name="rollout_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RolloutMark",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("rollout_id", models.CharField(max_length=32)),
                ("kind", models.CharField(max_length=20)),
                ("stage", models.CharField(max_length=20)),
                ("share", models.FloatField(default=0.0)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=60)),
                ("reason", models.CharField(blank=True, default="", max_length=300)),
                ("told", models.JSONField(default=list)),
            ],
            options={
                "indexes": [models.Index(fields=["rollout_id", "id"], name="rollout_mark_line")],
            },
        ),
        migrations.CreateModel(
            name="Run",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("conversation_id", models.CharField(max_length=32)),
                ("contact_id", models.CharField(max_length=32)),
                ("flow", models.CharField(max_length=60)),
                ("version", models.IntegerField()),
                ("step", models.CharField(max_length=60)),
                ("inside", models.CharField(blank=True, default="", max_length=60)),
                ("inside_version", models.IntegerField(default=0)),
                ("subject", models.CharField(blank=True, default="", max_length=64)),
                ("awaits", models.CharField(blank=True, default="", max_length=10)),
                ("is_proactive", models.BooleanField(default=False)),
                ("events", models.CharField(blank=True, default="", max_length=400)),
                ("is_shadow", models.BooleanField(default=False)),
                ("status", models.CharField(max_length=10)),
                ("state_sealed", models.BinaryField()),
                ("started_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "waiting")),
                        fields=["contact_id"],
                        name="run_waiting_of_contact",
                    ),
                    models.Index(
                        condition=models.Q(("status", "waiting")),
                        fields=[
                            "workspace_id",
                            "flow",
                            "version",
                            "step",
                            "inside",
                            "inside_version",
                        ],
                        name="run_waiting_in_place",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("status", "waiting"), models.Q(("inside", ""), _negated=True)
                        ),
                        fields=["workspace_id", "inside"],
                        name="run_waiting_inside",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RuntimeAttempt",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("effect_id", models.CharField(max_length=32)),
                ("number", models.IntegerField()),
                ("outcome", models.CharField(max_length=10)),
                ("reason", models.TextField()),
                ("receipt", models.TextField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "runtime_attempt",
                "indexes": [models.Index(fields=["effect_id", "id"], name="attempt_effect")],
            },
        ),
        migrations.CreateModel(
            name="RuntimeEffect",
            fields=[
                ("seq", models.BigAutoField(primary_key=True, serialize=False)),
                ("effect_id", models.CharField(max_length=32, unique=True)),
                ("workspace_id", models.CharField(max_length=32)),
                ("lane", models.TextField()),
                ("kind", models.TextField()),
                ("intent_key", models.TextField()),
                ("body", models.BinaryField()),
                ("due_at", models.DateTimeField()),
                ("repeatable", models.BooleanField()),
                ("state", models.CharField(db_default="due", max_length=10)),
                ("attempt", models.IntegerField(db_default=0)),
                ("claim", models.IntegerField(db_default=0)),
                ("owner", models.TextField(db_default="")),
                ("claimed_until", models.DateTimeField(null=True)),
                ("receipt", models.TextField(db_default="")),
                ("reason", models.TextField(db_default="")),
            ],
            options={
                "db_table": "runtime_effect",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "due")),
                        fields=["due_at", "seq"],
                        name="effect_due",
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ["due", "claimed"])),
                        fields=["workspace_id", "lane", "seq"],
                        name="effect_lane",
                    ),
                    models.Index(
                        condition=models.Q(("state", "claimed")),
                        fields=["claimed_until"],
                        name="effect_lease",
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ["parked", "unknown"])),
                        fields=["seq"],
                        name="effect_stuck",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "intent_key"), name="effect_intent"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RuntimeEvent",
            fields=[
                ("seq", models.BigAutoField(primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("lane", models.TextField()),
                ("kind", models.TextField()),
                ("dedupe_key", models.TextField()),
                ("body", models.BinaryField()),
                ("received_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("state", models.CharField(db_default="pending", max_length=10)),
                ("failures", models.IntegerField(db_default=0)),
                ("reason", models.TextField(db_default="")),
            ],
            options={
                "db_table": "runtime_event",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "pending")),
                        fields=["due_at", "seq"],
                        name="event_due",
                    ),
                    models.Index(
                        condition=models.Q(("state", "pending")),
                        fields=["workspace_id", "lane", "seq"],
                        name="event_lane",
                    ),
                    models.Index(
                        condition=models.Q(("state", "parked")), fields=["seq"], name="event_parked"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "dedupe_key"), name="event_dedupe"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RuntimeLane",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("lane", models.TextField()),
                ("box", models.CharField(max_length=6)),
            ],
            options={
                "db_table": "runtime_lane",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "lane", "box"), name="lane_lock"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RuntimeTimer",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("key", models.TextField()),
                ("firing_key", models.TextField()),
                ("lane", models.TextField()),
                ("kind", models.TextField()),
                ("body", models.BinaryField()),
                ("due_at", models.DateTimeField()),
            ],
            options={
                "db_table": "runtime_timer",
                "indexes": [models.Index(fields=["due_at", "id"], name="timer_due")],
                "constraints": [
                    models.UniqueConstraint(fields=("workspace_id", "key"), name="timer_key")
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("name", models.CharField(max_length=60)),
                ("query", models.CharField(max_length=600)),
                ("saved_at", models.DateTimeField()),
                ("saved_by_id", models.CharField(max_length=32)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("workspace_id", "name"), name="saved_view_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ShadowDraft",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("conversation_id", models.CharField(max_length=32)),
                ("flow", models.CharField(max_length=60)),
                ("version", models.IntegerField()),
                ("text_sealed", models.BinaryField()),
                ("trigger", models.CharField(blank=True, default="", max_length=40)),
                ("does", models.CharField(blank=True, default="", max_length=60)),
                ("at", models.DateTimeField()),
                ("verdict", models.CharField(blank=True, default="", max_length=10)),
                ("judged_by_id", models.CharField(blank=True, max_length=32, null=True)),
                ("judged_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["workspace_id", "flow", "id"], name="shadow_of_flow")
                ],
            },
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
        migrations.CreateModel(
            name="SlaClock",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("conversation_id", models.CharField(max_length=32)),
                ("kind", models.CharField(max_length=20)),
                ("queue", models.CharField(blank=True, default="", max_length=40)),
                ("window_seconds", models.IntegerField(default=0)),
                ("started_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("warned_at", models.DateTimeField(null=True)),
                ("paused_at", models.DateTimeField(null=True)),
                ("met_at", models.DateTimeField(null=True)),
                ("breached_at", models.DateTimeField(null=True)),
                ("stopped_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["conversation_id", "started_at"],
                        name="store_slacl_convers_6179a6_idx",
                    ),
                    models.Index(
                        condition=models.Q(("met_at", None), ("stopped_at", None)),
                        fields=["workspace_id", "due_at"],
                        name="clock_running",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("met_at", None), ("paused_at", None), ("stopped_at", None)
                        ),
                        fields=["conversation_id", "due_at", "id"],
                        name="clock_next",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Slot",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("system_id", models.CharField(blank=True, default="", max_length=32)),
                ("reference", models.CharField(max_length=120)),
                ("stamp", models.CharField(blank=True, default="", max_length=40)),
                ("activity_id", models.CharField(max_length=32)),
                ("location_id", models.CharField(blank=True, max_length=32, null=True)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("capacity", models.IntegerField()),
                ("cancelled_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["workspace_id", "starts_at"], name="slot_calendar"),
                    models.Index(fields=["activity_id", "starts_at"], name="slot_of_activity"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "system_id", "reference"), name="slot_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="StopMark",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("review_id", models.CharField(max_length=32)),
                ("turn_id", models.CharField(max_length=32)),
                ("kind", models.CharField(max_length=40)),
                ("is_stop", models.BooleanField()),
                ("text_sealed", models.BinaryField()),
                ("marked_by_id", models.CharField(max_length=32)),
                ("marked_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["workspace_id", "marked_at"], name="store_stopm_workspa_2f834f_idx"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("review_id", "kind"), name="stop_mark_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Stretch",
            fields=[
                ("id", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("conversation_id", models.CharField(max_length=32)),
                ("began_at", models.DateTimeField()),
                ("channel", models.CharField(max_length=20)),
                ("inbox_id", models.CharField(max_length=32)),
                ("intent", models.CharField(blank=True, default="", max_length=60)),
                ("triage", models.CharField(blank=True, default="", max_length=10)),
                ("flow", models.CharField(blank=True, default="", max_length=60)),
                ("version", models.IntegerField(default=0)),
                ("step", models.CharField(blank=True, default="", max_length=60)),
                ("queue", models.CharField(blank=True, default="", max_length=40)),
                ("agent_id", models.CharField(blank=True, default="", max_length=32)),
                ("handoffs", models.IntegerField(default=0)),
                ("touches", models.IntegerField(default=0)),
                ("ended_at", models.DateTimeField(null=True)),
                ("returned_after", models.IntegerField(null=True)),
                ("waited", models.IntegerField(null=True)),
                ("handled", models.IntegerField(default=0)),
                ("episode_id", models.CharField(max_length=64)),
                ("nth", models.IntegerField()),
                ("state", models.CharField(max_length=10)),
                ("reason", models.CharField(max_length=40)),
                ("is_card_seen", models.BooleanField(null=True)),
                ("is_restated", models.BooleanField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["workspace_id", "began_at"], name="stretch_in_window"),
                    models.Index(fields=["conversation_id"], name="stretch_of"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SupervisedPhase",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("intent", models.CharField(blank=True, max_length=60)),
                ("started_at", models.DateTimeField()),
                ("started_by", models.CharField(max_length=60)),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by", models.CharField(blank=True, max_length=60)),
                ("reason", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("workspace_id", "intent"),
                        name="one_phase_at_a_time",
                    )
                ],
            },
        ),
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
        migrations.CreateModel(
            name="SurveyResponse",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("conversation_id", models.CharField(max_length=32)),
                ("kind", models.CharField(max_length=10)),
                ("asked_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
                ("rating", models.SmallIntegerField(null=True)),
                ("score", models.FloatField(null=True)),
                ("contact_id", models.CharField(blank=True, default="", max_length=32)),
                ("flow", models.CharField(blank=True, default="", max_length=60)),
                ("follows_id", models.CharField(blank=True, max_length=32, null=True)),
                ("words_sealed", models.BinaryField(default=b"")),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["conversation_id", "asked_at"],
                        name="store_surve_convers_ffbdaf_idx",
                    ),
                    models.Index(fields=["contact_id", "asked_at"], name="survey_of_contact"),
                    models.Index(
                        fields=["workspace_id", "kind", "asked_at"], name="survey_by_kind"
                    ),
                    models.Index(
                        condition=models.Q(("follows_id__isnull", False)),
                        fields=["follows_id"],
                        name="survey_following",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SystemContact",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("system_id", models.CharField(max_length=32)),
                ("token", models.CharField(max_length=64)),
                ("contact_id", models.CharField(max_length=32)),
            ],
            options={
                "indexes": [models.Index(fields=["contact_id"], name="system_contact_of")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("system_id", "token"), name="system_contact_token"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SystemDelivery",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("system_id", models.CharField(max_length=32)),
                ("reference", models.CharField(max_length=64)),
                ("body_sealed", models.BinaryField()),
                ("received_at", models.DateTimeField()),
                ("fate", models.CharField(max_length=12)),
                ("told", models.CharField(blank=True, default="", max_length=80)),
                ("reason", models.CharField(blank=True, default="", max_length=400)),
                ("takes", models.IntegerField(default=1)),
                ("awaits", models.CharField(blank=True, default="", max_length=32)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["system_id", "received_at"], name="system_delivery_received"
                    ),
                    models.Index(
                        condition=models.Q(("awaits", ""), _negated=True),
                        fields=["system_id", "awaits"],
                        name="system_delivery_awaits",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("system_id", "reference"), name="system_delivery_reference"
                    )
                ],
            },
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
                ("warned_at", models.DateTimeField(null=True)),
                ("overdue_at", models.DateTimeField(null=True)),
                ("done_at", models.DateTimeField(null=True)),
                ("done_by_id", models.CharField(blank=True, max_length=32, null=True)),
                ("outcome", models.CharField(blank=True, default="", max_length=20)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("done_at", None)),
                        fields=["workspace_id", "due_at"],
                        name="task_open",
                    ),
                    models.Index(fields=["conversation_id"], name="task_of_conversation"),
                ],
            },
        ),
        migrations.CreateModel(
            name="TaughtExample",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("text_sealed", models.BinaryField()),
                ("text_key", models.CharField(max_length=32)),
                ("intent", models.CharField(blank=True, max_length=60)),
                ("source", models.CharField(max_length=10)),
                ("review_id", models.CharField(blank=True, max_length=32)),
                ("turn_id", models.CharField(blank=True, max_length=32)),
                ("article", models.CharField(blank=True, max_length=60)),
                ("taught_by_id", models.CharField(max_length=32)),
                ("taught_at", models.DateTimeField()),
                ("retired_at", models.DateTimeField(null=True)),
                ("retired_by_id", models.CharField(blank=True, max_length=32, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["workspace_id", "taught_at"], name="store_taugh_workspa_36ec76_idx"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("retired_at", None)),
                        fields=("workspace_id", "text_key"),
                        name="taught_text_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TemplateVersion",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("name", models.CharField(max_length=60)),
                ("channel", models.CharField(max_length=20)),
                ("language", models.CharField(max_length=10)),
                ("number", models.IntegerField()),
                ("body", models.TextField()),
                ("header", models.CharField(blank=True, default="", max_length=400)),
                ("footer", models.CharField(blank=True, default="", max_length=60)),
                ("link_label", models.CharField(blank=True, default="", max_length=25)),
                ("link_url", models.CharField(blank=True, default="", max_length=2000)),
                ("replies", models.JSONField(default=list)),
                ("examples", models.JSONField(default=list)),
                ("purpose", models.CharField(max_length=20)),
                ("state", models.CharField(default="draft", max_length=20)),
                ("reason", models.CharField(blank=True, default="", max_length=300)),
                ("provider_name", models.CharField(blank=True, default="", max_length=80)),
                ("provider_id", models.CharField(blank=True, default="", max_length=64)),
                ("quality", models.CharField(blank=True, default="", max_length=20)),
                ("written_by", models.CharField(max_length=120)),
                ("why", models.CharField(blank=True, max_length=300)),
                ("written_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "name", "channel", "language", "number"),
                        name="template_version_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ThresholdChange",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("scope", models.CharField(max_length=10)),
                ("name", models.CharField(blank=True, max_length=60)),
                ("version", models.IntegerField()),
                ("old_answer", models.FloatField()),
                ("old_floor", models.FloatField()),
                ("new_answer", models.FloatField(null=True)),
                ("new_floor", models.FloatField(null=True)),
                ("reason", models.CharField(max_length=300)),
                ("review_on", models.DateField()),
                ("changed_at", models.DateTimeField()),
                ("changed_by_id", models.CharField(max_length=32)),
                ("puts_back_id", models.CharField(blank=True, max_length=32)),
            ],
            options={
                "indexes": [models.Index(fields=["workspace_id", "id"], name="threshold_history")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "scope", "name", "version"),
                        name="threshold_change_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Turn",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("conversation_id", models.CharField(max_length=32)),
                ("at", models.DateTimeField()),
                ("intent", models.CharField(blank=True, max_length=60)),
                ("confidence", models.FloatField(null=True)),
                ("sentiment", models.FloatField(default=0)),
                ("decision", models.CharField(max_length=30)),
                ("reason", models.CharField(max_length=60)),
                ("action", models.CharField(max_length=200)),
                ("flow", models.CharField(blank=True, max_length=60)),
                ("step", models.CharField(blank=True, max_length=60)),
                ("version", models.IntegerField(default=0)),
                ("path", models.TextField(blank=True, default="")),
                ("is_unanswered", models.BooleanField(default=False)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["conversation_id", "id"], name="store_turn_convers_6162e9_idx"
                    ),
                    models.Index(
                        condition=models.Q(("flow", ""), _negated=True),
                        fields=["workspace_id", "flow", "version", "at"],
                        name="turn_of_flow",
                    ),
                    models.Index(
                        condition=models.Q(("is_unanswered", True)),
                        fields=["workspace_id", "at"],
                        name="turn_unanswered",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ValidationWindow",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("purpose", models.CharField(max_length=20)),
                ("subject", models.CharField(max_length=80)),
                ("opened_at", models.DateTimeField()),
                ("opened_by", models.CharField(max_length=60)),
                ("ends_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                ("outcome", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["workspace_id", "ends_at"], name="store_valid_workspa_42c46e_idx"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="VaultEntry",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("workspace_id", models.CharField(max_length=32)),
                ("kind", models.CharField(max_length=20)),
                ("token", models.CharField(max_length=64)),
                ("value_sealed", models.BinaryField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("workspace_id", "token"), name="vault_by_token")
                ],
            },
        ),
    ]
