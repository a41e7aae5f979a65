"""WhatsApp by the Cloud API of its owner, Meta."""
