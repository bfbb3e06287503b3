"""The embedded backend: the presign handler and a local S3 server on this computer."""
