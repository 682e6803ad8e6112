  // stripe.handleCardAction(clientSecret), and handleNextAction({ clientSecret })
  // (docs.stripe.com/js/payment_intents/handle_card_action).

  let isActing = false;

  // Closing the frame leaves the challenge as it is: the payer may come back to it.
  function leftChallenge() {
    return failure("card_error", "payment_intent_authentication_failure", "The challenge was closed.");
  }

  async function handleCardAction(clientSecret, account) {
    if (typeof clientSecret !== "string" || !/^pi_\w+_secret_\w+$/.test(clientSecret)) {
      const message = "handleCardAction takes the client_secret of a PaymentIntent.";
      return failure("invalid_request_error", "client_secret_malformed", message);
    }
    if (isActing) {
      return failure("invalid_request_error", "already_open", "An action is open already.");
    }
    isActing = true;
    try {
      return await showDialog({
        path: "challenge",
        label: "3-D Secure",
        opening: { clientSecret, account },
        closed: leftChallenge,
      });
    } finally {
      isActing = false;
    }
  }
