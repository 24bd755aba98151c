"""The plumbing: the one package that knows Kafka. Importing it loads no client; its modules do, each the one it needs.

`worker` runs a service on Faust, `clients` and `topics` serve the command line with kafka-python,
`service` declares what a processor is, `stage` applies one to a message without any broker.
"""
