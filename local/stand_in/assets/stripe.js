// Stands in for js.stripe.com/v3: window.Stripe(publishableKey).verifyIdentity(clientSecret).
(() => {
  "use strict";

  const HOME = "%PUBLIC_URL%";
  const HOME_ORIGIN = new URL(HOME).origin;
  const READY_WITHIN_MS = 15000;

  function failure(type, code, message) {
    return { error: { type, code, message } };
  }

  function canceled() {
    return failure("validation_error", "session_cancelled", "The verification was closed.");
  }

  // Styles are set through the object model, which a site's style-src does not forbid.
  function styled(tag, styles) {
    const element = document.createElement(tag);
    Object.assign(element.style, styles);
    return element;
  }

  function buildDialog() {
    const dialog = styled("dialog", {
      width: "100vw", maxWidth: "100vw", height: "100dvh", maxHeight: "100dvh", inset: "0",
      margin: "0", padding: "0", border: "0", background: "rgb(10 12 30 / 0.6)", overflow: "hidden",
    });
    dialog.setAttribute("aria-label", "Verify your identity");
    const sheet = styled("div", {
      position: "relative", width: "min(36rem, 100%)", height: "min(56rem, 100%)",
      margin: "0 auto", top: "50%", transform: "translateY(-50%)",
    });
    const close = styled("button", {
      position: "absolute", top: "0.25rem", right: "0.5rem", width: "2.75rem", height: "2.75rem",
      border: "0", borderRadius: "0.5rem", background: "rgb(255 255 255 / 0.85)", color: "#1a1f36",
      font: "1.25rem/1 system-ui, sans-serif", cursor: "pointer", zIndex: "1",
    });
    close.type = "button";
    close.textContent = "✕";
    close.setAttribute("aria-label", "Close");
    const frame = styled("iframe", {
      width: "100%", height: "100%", border: "0", borderRadius: "0.75rem", background: "#fff",
    });
    frame.title = "Verify your identity (test mode)";
    frame.src = `${HOME}/modal?origin=${encodeURIComponent(window.location.origin)}`;
    sheet.append(frame, close);
    dialog.append(sheet);
    return { dialog, frame, close };
  }

  // Resolves, never rejects. showModal() keeps the focus inside and gives it back afterwards.
  function show(clientSecret) {
    return new Promise((resolve) => {
      const { dialog, frame, close } = buildDialog();
      const overflow = document.documentElement.style.overflow;
      let onClose = canceled();

      function finish(result) {
        window.clearTimeout(impatience);
        window.removeEventListener("message", hear);
        document.documentElement.style.overflow = overflow;
        dialog.close();
        dialog.remove();
        resolve(result);
      }

      function hear(event) {
        if (event.origin !== HOME_ORIGIN || event.source !== frame.contentWindow) {
          return;
        }
        const message = event.data ?? {};
        if (message.type === "ready") {
          window.clearTimeout(impatience);
          frame.focus();
          frame.contentWindow.postMessage({ type: "open", clientSecret }, HOME_ORIGIN);
        } else if (message.type === "result") {
          finish(message.result);
        } else if (message.type === "failed") {
          onClose = { error: message.error };
        } else if (message.type === "close") {
          finish(onClose);
        }
      }

      const impatience = window.setTimeout(() => {
        finish(failure("api_connection_error", null, "The stand-in for Stripe does not answer."));
      }, READY_WITHIN_MS);

      window.addEventListener("message", hear);
      close.addEventListener("click", () => finish(onClose));
      dialog.addEventListener("cancel", (event) => {
        event.preventDefault();
        finish(onClose);
      });
      document.documentElement.style.overflow = "hidden";
      document.body.append(dialog);
      dialog.showModal();
    });
  }

  let isOpen = false;

  async function verifyIdentity(clientSecret) {
    if (typeof clientSecret !== "string" || !/^vs_\w+_secret_\w+$/.test(clientSecret)) {
      const message = "verifyIdentity takes the client_secret of a verification session.";
      return failure("invalid_request_error", "client_secret_malformed", message);
    }
    if (isOpen) {
      return failure("invalid_request_error", "already_open", "A verification is open already.");
    }
    isOpen = true;
    try {
      return await show(clientSecret);
    } finally {
      isOpen = false;
    }
  }

  window.Stripe = function Stripe(publishableKey) {
    if (typeof publishableKey !== "string" || !/^pk_test_\w+$/.test(publishableKey)) {
      throw new Error("Stripe() takes a publishable test key here: one that begins with pk_test_.");
    }
    return { verifyIdentity };
  };
  window.Stripe.version = 3;
})();
