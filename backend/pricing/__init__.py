"""What the stack costs, computed from a template and a dated list of prices. Not part of what runs in Lambda."""
