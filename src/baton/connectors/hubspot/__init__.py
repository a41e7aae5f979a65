"""HubSpot: what its webhooks tell of contacts, with what it is asked of them."""
