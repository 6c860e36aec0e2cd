"""Word documents: templates filled in, and any document read deeply and safely."""
