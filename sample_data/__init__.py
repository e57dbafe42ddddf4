"""A demonstration utility and the generator of its readings; nothing here is measured anywhere."""
