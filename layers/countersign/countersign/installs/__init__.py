"""Install links: which merchant accounts this deployment may act for, one holder per account."""
