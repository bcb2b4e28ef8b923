"""AWS in memory: a strict DynamoDB table and SQS queues, deterministic, with faults on demand."""
