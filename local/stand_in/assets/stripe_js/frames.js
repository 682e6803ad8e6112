  // Frames of the stand-in's own origin: what a payer types there, and every secret that is sent there,
  // is in no page of the site's and in no address.

  const HOME = "%PUBLIC_URL%";
  const HOME_ORIGIN = new URL(HOME).origin;
  const READY_WITHIN_MS = 15000;

  function failure(type, code, message) {
    return { error: { type, code, message } };
  }

  function unanswered() {
    return failure("api_connection_error", null, "The stand-in for Stripe does not answer.");
  }

  // Styles are set through the object model, which a site's style-src does not forbid.
  function styled(tag, styles) {
    const element = document.createElement(tag);
    Object.assign(element.style, styles);
    return element;
  }

  function buildFrame(path, title, styles) {
    const frame = styled("iframe", { width: "100%", border: "0", ...styles });
    frame.title = title;
    frame.src = `${HOME}/${path}?origin=${encodeURIComponent(window.location.origin)}`;
    return frame;
  }

  // Calls back with each message of the frame's, until the function that it returns is called.
  function listen(frame, hear) {
    function onMessage(event) {
      if (event.origin === HOME_ORIGIN && event.source === frame.contentWindow) {
        hear(event.data ?? {});
      }
    }
    window.addEventListener("message", onMessage);
    return () => window.removeEventListener("message", onMessage);
  }

  function buildDialog(path, label, title) {
    const dialog = styled("dialog", {
      width: "100vw", maxWidth: "100vw", height: "100dvh", maxHeight: "100dvh", inset: "0",
      margin: "0", padding: "0", border: "0", background: "rgb(10 12 30 / 0.6)", overflow: "hidden",
    });
    dialog.setAttribute("aria-label", label);
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
    const frame = buildFrame(path, title, {
      height: "100%", borderRadius: "0.75rem", background: "#fff",
    });
    sheet.append(frame, close);
    dialog.append(sheet);
    return { dialog, frame, close };
  }

  // Shows a page of the stand-in's over the site's, and resolves with its result; with `closed()`, or
  // what has failed there, if the person closes it. Never rejects. showModal() keeps the focus inside
  // and gives it back afterwards.
  function showDialog({ path, label, opening, closed }) {
    return new Promise((resolve) => {
      const { dialog, frame, close } = buildDialog(path, label, `${label} (test mode)`);
      const overflow = document.documentElement.style.overflow;
      let onClose = closed;

      function finish(result) {
        window.clearTimeout(impatience);
        stopListening();
        document.documentElement.style.overflow = overflow;
        dialog.close();
        dialog.remove();
        resolve(result);
      }

      const stopListening = listen(frame, (message) => {
        if (message.type === "ready") {
          window.clearTimeout(impatience);
          frame.focus();
          frame.contentWindow.postMessage({ type: "open", ...opening }, HOME_ORIGIN);
        } else if (message.type === "result") {
          finish(message.result);
        } else if (message.type === "failed") {
          onClose = () => ({ error: message.error });
        } else if (message.type === "close") {
          finish(onClose());
        }
      });

      const impatience = window.setTimeout(() => finish(unanswered()), READY_WITHIN_MS);

      close.addEventListener("click", () => finish(onClose()));
      dialog.addEventListener("cancel", (event) => {
        event.preventDefault();
        finish(onClose());
      });
      document.documentElement.style.overflow = "hidden";
      document.body.append(dialog);
      dialog.showModal();
    });
  }
