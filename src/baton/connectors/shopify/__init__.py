"""Shopify: what it posts of orders and fulfillments, by its webhooks."""
