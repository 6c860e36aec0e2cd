"""The self-assessment of each assessee: what it is given to fill in, and the check of what it returns."""
