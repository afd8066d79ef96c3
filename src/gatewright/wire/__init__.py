"""HTTP and AWS's four protocols, driven by botocore's models; SigV4. Pure: no sockets, no clock, no state but caches."""
