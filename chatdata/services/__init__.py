"""What commands and pages ask for: each service uses the stores and decides by the domain."""
