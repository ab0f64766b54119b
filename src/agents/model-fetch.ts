/** An answer that is larger than anything sensible; read no further. */
export class OversizedAnswer extends Error {
  override readonly name = "OversizedAnswer";
}

/**
 * A fetch for model servers: it reads at most `maxBytes` of an answer, and follows no redirect, for the key travels in a header that would
 * go along.
 * @throws OversizedAnswer
 */
export function boundedFetch(fetch: typeof globalThis.fetch, maxBytes: number): typeof globalThis.fetch {
  return async (input, init) => {
    const response = await fetch(input, { ...init, redirect: "error" });
    const { body, status, statusText, headers } = response;
    if (!body) return response;
    const pieces: Uint8Array[] = [];
    let size = 0;
    for await (const piece of body) {
      size += piece.byteLength;
      // Leaving the loop cancels the body and with it the connection.
      if (size > maxBytes) throw new OversizedAnswer(`the answer is larger than ${maxBytes} bytes`);
      pieces.push(piece);
    }
    return new Response(Buffer.concat(pieces), { status, statusText, headers });
  };
}
