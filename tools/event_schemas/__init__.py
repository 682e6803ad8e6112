"""What consumers of the domain events read: JSON Schemas, and TypeScript declarations."""
