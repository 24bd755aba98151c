"""Grafana: dashboards, generated from `source.py`, and what provisions them."""
