"""`make bench`: what the pipeline does on this machine."""
