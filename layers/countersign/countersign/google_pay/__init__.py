"""Google Pay tokens: what Google has signed about a card
(https://developers.google.com/pay/api/web/guides/resources/payment-data-cryptography).
"""
