"""A calendar on a CalDAV server: asked, at every look, for what stands around today."""
