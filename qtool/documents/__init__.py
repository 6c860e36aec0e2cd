"""Documents (公文): the circular of the results, and the template of the self-assessment report."""
