// Verifies confirmations of payments as @simplewebauthn/server does, which knows their WebAuthn part.
// Reads one JSON object a line, writes one a line: whether the answer is accepted, or, when `rounds`
// of `calls` are asked for, the microseconds that one verification took in each round. Its argument
// is the folder that the package is installed in.
import { createRequire } from "node:module";
import { performance } from "node:perf_hooks";
import { createInterface } from "node:readline";

const { verifyAuthenticationResponse } = createRequire(`${process.argv[2]}/`)(
  "@simplewebauthn/server",
);

async function isAccepted({ response, expected, credential }) {
  try {
    const found = await verifyAuthenticationResponse({
      response,
      expectedType: "payment.get",
      ...expected,
      credential: { ...credential, publicKey: Buffer.from(credential.publicKey, "base64url") },
    });
    return found.verified;
  } catch {
    return false;
  }
}

async function timed({ rounds, calls, ...asked }) {
  const microseconds = [];
  for (let round = 0; round < rounds; round += 1) {
    const began = performance.now();
    for (let call = 0; call < calls; call += 1) await isAccepted(asked);
    microseconds.push(((performance.now() - began) / calls) * 1000);
  }
  return { microseconds };
}

for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  const found = asked.rounds ? await timed(asked) : { accepted: await isAccepted(asked) };
  console.log(JSON.stringify(found));
}
