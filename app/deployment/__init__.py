"""The personal stack, deployed with the user's own AWS profile. No Qt; needs neither Node nor the Serverless Framework."""
