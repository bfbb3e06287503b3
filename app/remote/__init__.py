"""What is in S3, through the presign endpoint's actions."""
