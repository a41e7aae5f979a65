"""The addresses of this room: what happened, counted."""

from django.urls import URLPattern, path

from baton.web.reports import (
    alerts,
    audit,
    baselines,
    breaches,
    churn,
    escalation_audit,
    feedback,
    handoffs,
    overview,
    reports,
    retention,
    weekly,
    winback,
)

urlpatterns: list[URLPattern] = [
    path("audit", audit.audit_page, name="audit"),
    path("audit/verify", audit.verify_chain, name="verify_chain"),
    path("reports", overview.overview_page, name="overview"),
    path("reports/baselines", baselines.baselines_page, name="baselines"),
    path("reports/baselines/keep", baselines.keep, name="keep_baseline"),
    path("reports/baselines/bring", baselines.bring, name="bring_baseline"),
    path("reports/weekly", weekly.weekly_page, name="weekly"),
    path("reports/rows", overview.rows_page, name="kpi_rows"),
    path("reports/rows/file", overview.rows_file, name="kpi_file"),
    path("reports/feedback", feedback.feedback_page, name="feedback"),
    path("reports/breaches", breaches.breaches_page, name="breaches"),
    path("reports/leaving", churn.leaving_page, name="leaving"),
    path("reports/retention", retention.retention_page, name="retention_report"),
    path("reports/winback", winback.winback_page, name="winback_report"),
    path("notices", breaches.notices_page, name="notices"),
    path("notices/fresh", alerts.fresh, name="fresh_alerts"),
    path("notices/alerts", alerts.choose, name="choose_alerts"),
    path("notices/seen", breaches.see_notices, name="see_notices"),
    path("reports/triage", reports.triage_page, name="triage_report"),
    path("reports/triage/counted", reports.counted_page, name="triage_counted"),
    path("reports/escalations", escalation_audit.audit_page, name="escalation_audit"),
    path("reports/escalations/finish", escalation_audit.finish, name="finish_escalation_audit"),
    path("reports/handoffs", handoffs.report_page, name="handoff_report"),
    path("reports/handoffs/counted", handoffs.counted_page, name="handoff_counted"),
]
