  // stripe.elements().create("card" or "payment"), stripe.createPaymentMethod and
  // stripe.createConfirmationToken (docs.stripe.com/js/elements_object). Whichever is created, it is a
  // frame with a card's fields.

  const KINDS = ["card", "payment"];
  const HEIGHT = "5rem";

  class CardElement {
    #kind;
    #frame = null;
    #stop = null;
    #asked = new Map();
    #listeners = new Map();
    #ready;
    #isReady;

    constructor(kind) {
      this.#kind = kind;
    }

    mount(place) {
      const target = typeof place === "string" ? document.querySelector(place) : place;
      if (!target) {
        throw new Error("mount() takes an element of the page, or a selector that finds one.");
      }
      this.unmount();
      this.#ready = new Promise((resolve) => { this.#isReady = resolve; });
      const styles = { display: "block", height: HEIGHT };
      this.#frame = buildFrame("card", "Card details (test mode)", styles);
      this.#stop = listen(this.#frame, (message) => this.#hear(message));
      target.replaceChildren(this.#frame);
      return this;
    }

    unmount() {
      this.#stop?.();
      this.#frame?.remove();
      this.#frame = this.#stop = null;
      return this;
    }

    destroy() {
      this.unmount();
    }

    clear() {
      this.#frame?.contentWindow?.postMessage({ type: "clear" }, HOME_ORIGIN);
    }

    focus() {
      this.#frame?.focus();
    }

    update() {}

    on(event, listener) {
      this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]);
      return this;
    }

    // What the frame made of the fields: `{ made }` or `{ error }`.
    async ask(order) {
      if (!this.#frame) {
        return failure("invalid_request_error", null, "The Element is not mounted.");
      }
      const { contentWindow } = this.#frame;
      await this.#ready;
      return new Promise((resolve) => {
        const number = this.#asked.size + 1;
        this.#asked.set(number, resolve);
        contentWindow.postMessage({ type: "make", number, ...order }, HOME_ORIGIN);
      });
    }

    #hear(message) {
      if (message.type === "ready") {
        this.#isReady();
        this.#tell("ready", { elementType: this.#kind });
      } else if (message.type === "change") {
        this.#tell("change", { elementType: this.#kind, ...message.state });
      } else if (message.type === "height" && this.#frame) {
        this.#frame.style.height = `${Number(message.height)}px`;
      } else if (message.type === "made") {
        this.#asked.get(message.number)?.(message.result);
      }
    }

    #tell(event, said) {
      for (const listener of this.#listeners.get(event) ?? []) {
        listener(said);
      }
    }
  }

  class Elements {
    #created = new Map();

    create(kind) {
      if (!KINDS.includes(kind)) {
        throw new Error(`The stand-in has the Elements ${KINDS.join(" and ")} only.`);
      }
      if (this.#created.has(kind)) {
        throw new Error(`There is a ${kind} Element already.`);
      }
      const made = new CardElement(kind);
      this.#created.set(kind, made);
      return made;
    }

    getElement(kind) {
      return this.#created.get(kind) ?? null;
    }

    get first() {
      return [...this.#created.values()][0] ?? null;
    }

    async submit() {
      return this.first ? this.first.ask({ make: "nothing" }) : {};
    }

    update() {}
  }

  function elementOf(given) {
    if (given instanceof CardElement) {
      return given;
    }
    return given instanceof Elements ? given.first : null;
  }

  async function make(what, given, account) {
    const element = elementOf(given);
    if (!element) {
      throw new Error("Give the Elements, or the card Element, that the card was typed into.");
    }
    return element.ask({ make: what, account });
  }
