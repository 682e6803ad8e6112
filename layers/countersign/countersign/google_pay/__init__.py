"""What Google has signed about a payment: opening the tokens of Google Pay
(https://developers.google.com/pay/api/web/guides/resources/payment-data-cryptography).
"""
