"""execute-api: one invocation of a deployed REST API.

Law: this package reads frozen snapshots from memory and never touches SQL, a service, or the control plane.
Start with `invoke.py`, the page that tells the story; `deployment.py` is the contract with whoever publishes stages.
"""
