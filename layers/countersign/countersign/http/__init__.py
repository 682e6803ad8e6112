"""From API Gateway's event to a response: the edge, the resolver, idempotency, paging."""
