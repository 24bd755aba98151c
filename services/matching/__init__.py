"""The same claim in other articles."""
