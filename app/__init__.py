"""Chat Log Uploader: AI chat sessions from a person's disk to her own encrypted S3 bucket, and back."""

__version__ = "0.1.0"
