"""From an event of API Gateway to a response: the edge, the resolver, idempotency and lists."""
