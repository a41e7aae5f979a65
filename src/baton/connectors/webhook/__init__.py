"""Any system that posts JSON: signed in one of three ways, as it is or as a CloudEvent."""
