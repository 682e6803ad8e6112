  // Stripe(publishableKey, { stripeAccount })

  window.Stripe = function Stripe(publishableKey, { stripeAccount } = {}) {
    if (typeof publishableKey !== "string" || !/^pk_test_\w+$/.test(publishableKey)) {
      throw new Error("Stripe() takes a publishable test key here: one that begins with pk_test_.");
    }
    if (stripeAccount !== undefined && !/^acct_\w+$/.test(stripeAccount)) {
      throw new Error("stripeAccount is the id of a connected account, acct_...");
    }
    return {
      verifyIdentity,
      elements: () => new Elements(),
      createPaymentMethod: ({ card, elements }) =>
        make("payment_method", card ?? elements, stripeAccount),
      createConfirmationToken: ({ elements }) =>
        make("confirmation_token", elements, stripeAccount),
      handleCardAction: (clientSecret) => handleCardAction(clientSecret, stripeAccount),
      handleNextAction: ({ clientSecret }) => handleCardAction(clientSecret, stripeAccount),
    };
  };
  window.Stripe.version = 3;
