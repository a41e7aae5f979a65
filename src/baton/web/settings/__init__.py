"""How the workspace is set up: channels, templates, rules, routing, team."""
