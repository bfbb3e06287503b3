"""Moving bytes, reliably; knows no formats."""
