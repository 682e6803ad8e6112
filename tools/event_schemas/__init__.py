"""What consumers of the domain events read: a JSON Schema per event, and TypeScript declarations."""
