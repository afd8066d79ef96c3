"""One AWS API call: identify, authenticate, parse, perform, serialize. Start with `invoke.py`.

Law: knows no service by name; services are handed to it by `app.py` through the contract in `service.py`.
"""
