"""Any other CRM that takes a webhook: what it is told of contacts, under names of its own."""
