"""Documents in the formats of AWS's protocols, read and written by the shapes of botocore's models.

Law: each codec compiles a shape once into a plain function; reading raises `scalars.Unreadable`, and writing a result
that does not fit its shape raises `TypeError`, which is a bug of ours and never a client's mistake.
"""
