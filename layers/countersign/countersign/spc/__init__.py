"""Did this person approve exactly this payment: Secure Payment Confirmation, with us as relying
party (https://www.w3.org/TR/secure-payment-confirmation/).
"""
