"""The presign Lambda's parts: who asks, what for, which key, and the signed URL."""
