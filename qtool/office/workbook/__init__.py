"""Workbooks: read from strangers, written, filled in, and turned to a cell."""
