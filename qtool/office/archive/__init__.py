"""Files from strangers: what they are, and what archives and packages hold, within limits."""
