"""A flow that uses what the editor must handle, as somebody would write it."""

REMINDERS = """\
# Appointment reminders: nobody is written to twice a day.
flow: reminders
title: Appointment reminders
owner: CX lead
technical_owner: Systems engineer
rollback: Operations lead
purpose: transactional
channels: [whatsapp, sms, email]
locale: en
trigger: {on: event, event: booking_created, when: event.kind == "class"} # not for courts
goal: {event: booking_cancelled}
facts: {booking: text, class_name: text, starts_at: time, price: money}
subject: booking
metric: no_show_rate
kpis: {efficiency: [reschedule_calls], experience: [csat]}
gates:
  - {kpi: escalation_rate, at_most: 0.10}
triage: {complexity: 1, emotion: 0, frequency_per_week: 120, value: 2}
escalates_on: [hard_stop, asked_for_person]
limits: {sends_per_day: 3, runs_per_contact: 5}
start: day_before
steps:
  # A day is enough to find somebody for the place.
  day_before:
    type: wait
    before: 24h # the manager's choice
    of: starts_at
    if_past: remind
    then: remind
    events:
      - {event: booking_moved, then: done}

  remind:
    type: send
    text: >-
      Reminder: {{ run.class_name }} on {{ run.starts_at | day }} at
      {{ run.starts_at | time }}.
    by_channel:
      sms: "{{ run.class_name }} {{ run.starts_at | time }}."
    subject: Your class
    link: {label: Move it, url: "https://gym.example/move"}
    opt_out: true
    translations:
      - language: es
        text: Te esperamos en {{ run.class_name }}.
    then: sure

  sure:
    type: ask
    kind: choice
    text: Are you coming?
    choices:
      - {key: "1", label: Yes, then: done}
      - {key: "2", label: No, then: person}
    otherwise: person

  person:
    type: handoff
    queue: bookings
    because: cannot_come
    context: Cannot come to {{ run.class_name }}.

  # Nothing more to say.
  done:
    type: end
"""
