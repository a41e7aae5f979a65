"""Any channel without a provider: the phone lab and stories play the phone."""
