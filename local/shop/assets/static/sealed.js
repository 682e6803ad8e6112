// @ts-check
/** What a sealed token of Google Pay's is: evidence, for who opens it, and no card to charge. */

import { call, element, entries, onPress, text } from "./common.js";
import { decided } from "./drawer.js";

export function offerSealed() {
  onPress(element("sealed"), async () => {
    const result = element("sealed-result");
    result.textContent = text("product.wait");
    try {
      const decision = await call("POST", "/sealed-token");
      element("sealed-decision").replaceChildren(...entries(decided(decision)));
      result.textContent = text("sealed.result");
    } catch {
      result.textContent = text("unreachable");
    }
  });
}
