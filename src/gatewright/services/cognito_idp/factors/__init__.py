"""What signs in beside a password: second factors, devices, passkeys."""
