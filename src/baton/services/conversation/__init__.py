"""A contact's facts decided: turns, runs, handoffs, clocks and what follows from them."""
