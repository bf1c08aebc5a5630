"""What runs inside of the sandbox: the process that is forked, and one submission's session."""
