"""The window: a face of the actions, and the only place of Tk."""
