"""SMS: Twilio, any gateway that takes one HTTP request, and the sandbox of the phone lab."""
