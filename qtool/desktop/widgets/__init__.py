"""Widgets and their looks, which know nothing of a campaign."""
