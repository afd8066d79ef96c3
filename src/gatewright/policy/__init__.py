"""The policy language: documents in, reasoned decisions out. Pure: no I/O, no clock of its own.

In: policy documents (JSON text) and an `AuthorizationRequest`. Out: a `Decision`, and on demand its explanation.
Law: one engine. What is explained, simulated or enforced is answered by the same compiled statements, and a document
that cannot be enforced as it is written does not become a `Policy`.
Neighbours: reads `core.identity.Caller` and `wire.http.Request`; knows no service.
AWS: IAM user guide, "Policy evaluation logic".

Read `evaluate.py` first (what decides), then `document.py` (what a statement is), then `match.py` and `conditions.py`.
"""
