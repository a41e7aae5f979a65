"""What happened, folded into the rows that KPIs are counted from."""
