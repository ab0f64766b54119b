// What tests get from "@jest/globals". The runner knows no time limits: here each test and hook has one, a minute unless it says otherwise,
// since servers and browsers of a loaded machine of two cores take their time.
const defaultMs = 60_000;
// The limits go by the real clock, also where a test turns the hands of another.
const { clearTimeout, describe, expect, jest, setTimeout } = globalThis;

function limited(name, work, ms = defaultMs) {
  // No parameters of its own: one would be taken for a callback.
  return async (...args) => {
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`“${name}” has not ended within ${ms} ms`)), ms);
    });
    try {
      return await Promise.race([work(...args), late]);
    } finally {
      clearTimeout(timer);
    }
  };
}

const tests = (register) =>
  Object.assign((name, work, ms) => register(name, limited(name, work, ms)), {
    each:
      (...table) =>
      (name, work, ms) =>
        register.each(...table)(name, limited(name, work, ms)),
  });
const hooks = (name) => (work, ms) => globalThis[name](limited(name, work, ms));

const test = tests(globalThis.test);
const [beforeAll, beforeEach, afterEach, afterAll] = ["beforeAll", "beforeEach", "afterEach", "afterAll"].map(hooks);

export { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test };
