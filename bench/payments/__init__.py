"""What a payment asks of DynamoDB and of Stripe, how long it takes beyond Stripe, and its cost."""
