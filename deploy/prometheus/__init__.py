"""Prometheus: what it scrapes, recording rules, alerts. Read by `claimstream up`, the containers and the tests."""
