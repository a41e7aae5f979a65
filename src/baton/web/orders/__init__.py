"""Orders: the list, one order, and the form that writes one."""
