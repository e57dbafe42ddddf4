"""Water demand: its series, calendar, models and bands."""
