"""Enriched articles in the formats of other tools, and ninjs items read back. Pure: knows neither Kafka nor Faust."""
