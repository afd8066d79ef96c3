"""AWS Signature Version 4, both ways.

In: a `Request` and a secret. Out: a `Verified` request, or a `SignatureRefused` that says why; for clients, the headers
or the query string that sign a request. Law: pure; the moment comes in as an argument, and nothing is remembered but
bounded caches of what is derived from their keys alone.

    scope.py      what a request says about its own signature
    dates.py      when it says that it was signed
    canonical.py  the text that is signed
    verify.py     is it signed by this secret, for this place, now?
    refusal.py    why not, and how AWS words it on each protocol
    sign.py       the client's side

AWS pages: IAM user guide, "AWS Signature Version 4 for API requests" and "Create a signed AWS API request".
"""
