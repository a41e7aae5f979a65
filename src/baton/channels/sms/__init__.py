"""SMS: Twilio, and any gateway that takes one HTTP request."""
