"""What people do and see in the console: the inbox's deeds, boards, settings and trails."""
