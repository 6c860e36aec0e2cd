"""The pages of the window, and the panels that they are made of."""
