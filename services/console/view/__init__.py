"""What the page shows, made of events and figures by pure functions."""
