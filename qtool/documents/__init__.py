"""Documents (公文) of a year: notices, the request, the circular, the feedback, and the sentences that they say."""
