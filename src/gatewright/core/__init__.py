"""The ground: AWS's names, identities, time and traces. Imports nothing of the product."""
