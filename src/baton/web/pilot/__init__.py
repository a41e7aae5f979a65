"""The pilot: flows on their way to everybody, and the button that takes one back."""
