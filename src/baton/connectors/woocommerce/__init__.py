"""WooCommerce: what it posts of orders, by its webhooks."""
