"""Claims: which sentences claim something, of what kind, whose claim it is, and against whom."""
