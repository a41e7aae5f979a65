"""The loop that learns: reviews, verdicts, thresholds, and readers made and held to account."""
