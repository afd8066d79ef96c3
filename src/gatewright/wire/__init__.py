"""HTTP and AWS's four protocols, driven by botocore's models; SigV4. No sockets, no clock, no state but caches."""
