"""What comes in: a utility's folder, the connectors, the table contracts and the lake."""
