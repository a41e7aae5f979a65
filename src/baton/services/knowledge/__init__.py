"""The knowledge base: articles in force, how they are written, and what they came to."""
