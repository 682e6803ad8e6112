"""What a person waits for when a function starts, in Lambda's own runtime on this machine."""
