"""The people served: lists, a person's page, and their own page of preferences."""
