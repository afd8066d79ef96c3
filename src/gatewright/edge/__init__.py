"""The front door: sockets, host names, and which part of the product a request is for.

`server.py` listens, `connection.py` turns bytes into a `Request`, `hosts.py` reads where it is addressed to, and
`door.py` (STORY 1) lets it in or not. Law: knows neither the gateway nor the control plane; `app.py` joins them.
"""
