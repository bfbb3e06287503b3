"""What is deployed to AWS."""
