"""The set-up of a new workspace, from the first link to a flow in shadow."""
