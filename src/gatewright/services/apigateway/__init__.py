"""API Gateway (REST APIs): the control plane of what the gateway invokes.

In: calls of the `apigateway` API. Out: rows, and for each stage a frozen snapshot that the gateway reads from
memory. Law: callers of an API see a change only after the next `CreateDeployment`; a setting that the gateway would
not enforce is refused here, by name, and never stored. Neighbours: `gateway` (reads the snapshots), `policy`
(resource policies).
Source: Amazon API Gateway, "API Reference" and "Developer Guide".
"""
