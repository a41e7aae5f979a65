"""Stripe: invoices are paid on its Checkout page, and its webhooks tell what came of it."""
