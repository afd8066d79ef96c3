"""One AWS service each; they never import each other. `service.py` is the door of each."""
