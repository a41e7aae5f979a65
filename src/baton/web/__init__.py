"""The console for staff: forms and pages, no rules; every write goes through the services."""
