"""Orders and parcels: kept, told to flows, watched, and found for whoever asks."""
