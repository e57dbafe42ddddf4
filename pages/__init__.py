"""The screens; each draws what it is given and computes nothing."""
