"""Returned scoring sheets: read, checked, recomputed, and sorted into accepted and sent back."""
