"""DynamoDB, Secrets Manager, logs and metrics, as every capability uses them."""
