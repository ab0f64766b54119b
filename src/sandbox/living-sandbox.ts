import { execInside } from "./exec-inside.ts";
import type { Place } from "./launch.ts";
import type { Sandbox, SandboxAddress } from "./port.ts";
import { startInside } from "./start-inside.ts";

/** What a provider gives; who runs, is connected and waits is kept here, so that all of it ends with the sandbox. */
export interface Life extends Pick<Sandbox, "directory" | "serve" | "expose" | "stats" | "snapshot"> {
  readonly place: Place;
  /** Removes what was made, after everything has ended. */
  close(): Promise<void>;
}

export function livingSandbox({ place, directory, ...life }: Life): Sandbox {
  const gone = new AbortController();
  const running = new Set<Promise<unknown>>();
  const addresses = new Set<SandboxAddress>();
  const inside = async <T>(work: () => Promise<T>): Promise<T> => {
    if (gone.signal.aborted) throw new Error("This sandbox has been destroyed.");
    return work();
  };
  const attend = (work: Promise<unknown>) => {
    running.add(work);
    const forget = () => void running.delete(work);
    work.then(forget, forget);
  };
  const keep = async (made: Promise<SandboxAddress>): Promise<SandboxAddress> => {
    attend(made);
    const address = await made;
    const kept = {
      url: address.url,
      close: () => {
        addresses.delete(kept);
        return address.close();
      },
    };
    addresses.add(kept);
    return kept;
  };
  let closing: Promise<void> | undefined;
  return {
    directory,
    exec: (command) =>
      inside(() => {
        const result = execInside(place, command, gone.signal);
        attend(result);
        return result;
      }),
    start: (program) =>
      inside(() => {
        const started = startInside(place, program, gone.signal);
        attend(started.then(({ ended }) => ended));
        return started;
      }),
    serve: (connect) => inside(() => keep(life.serve(connect))),
    expose: (port) => inside(() => keep(life.expose(port))),
    stats: () => inside(() => life.stats()),
    snapshot: (target) =>
      inside(() => {
        const kept = life.snapshot(target);
        attend(kept);
        return kept;
      }),
    destroy() {
      closing ??= (async () => {
        gone.abort();
        await Promise.all([...addresses].map((address) => address.close()));
        await Promise.allSettled(running);
        await Promise.all([...addresses].map((address) => address.close()));
        await life.close();
      })();
      return closing;
    },
  };
}
