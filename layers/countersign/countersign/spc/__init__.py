"""Secure Payment Confirmation: did this payer approve exactly this payment? This deployment
is the relying party (https://www.w3.org/TR/secure-payment-confirmation/).
"""
