"""What looks through the rules before a deployment. The functions import none of it."""
