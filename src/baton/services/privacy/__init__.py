"""What is known of people, kept safe: keys, retention, erasure, and the proof of each."""
