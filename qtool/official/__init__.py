"""What all official documents (公文) share: drafts, the layout profile, heads and titles, and the check of a layout."""
