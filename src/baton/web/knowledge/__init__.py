"""The knowledge base: articles, their versions and what is missing."""
