  // stripe.verifyIdentity(clientSecret)

  let isVerifying = false;

  function canceledVerification() {
    return failure("validation_error", "session_cancelled", "The verification was closed.");
  }

  async function verifyIdentity(clientSecret) {
    if (typeof clientSecret !== "string" || !/^vs_\w+_secret_\w+$/.test(clientSecret)) {
      const message = "verifyIdentity takes the client_secret of a verification session.";
      return failure("invalid_request_error", "client_secret_malformed", message);
    }
    if (isVerifying) {
      return failure("invalid_request_error", "already_open", "A verification is open already.");
    }
    isVerifying = true;
    try {
      return await showDialog({
        path: "modal",
        label: "Verify your identity",
        opening: { clientSecret },
        closed: canceledVerification,
      });
    } finally {
      isVerifying = false;
    }
  }
