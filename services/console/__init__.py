"""The web page: articles and their claims for people, the state of the pipeline for engineers."""
