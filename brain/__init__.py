"""What follows from the numbers: forecasts, risk, plans, faults and advice."""
