"""The Archive page: what S3 holds, and the ways back."""
