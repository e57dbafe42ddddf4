"""What a number means: the catalogue of indicators, the marts they read and the board made of them."""
