"""The pages that Stripe hosts: paying, 3-D Secure, keeping one's methods."""
