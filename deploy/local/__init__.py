"""Claimstream on one machine: a real Apache Kafka without Docker, and a supervisor that keeps all processes running."""
