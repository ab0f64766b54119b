/** What tinypool takes to pass messages to and from its processes. */
interface Channel {
  onMessage(listener: (message: unknown) => void): void;
  postMessage(message: unknown): void;
}

/**
 * jest-light-runner 0.8.2 has one channel for all workers: the first that asks for its settings makes it tell every worker, and then nobody. One that starts a
 * tenth of a second later hears nothing and waits for ever. With a channel of its own each worker is told when it asks.
 */
export function ownChannel(shared: Channel): Channel {
  let listener: ((message: unknown) => void) | undefined;
  return {
    onMessage: (its) => void (listener = its),
    postMessage(message) {
      if (listener !== undefined) shared.onMessage(listener);
      shared.postMessage(message);
    },
  };
}
