/**
 * The fields of request bodies as the Docker Engine API 1.41 knows them, as far as the product uses them. The engine ignores a field that it does
 * not know, and so would a mistake in a name be; the stand-in refuses it.
 */
import { Ajv, type ValidateFunction } from "ajv";

const text = { type: "string" };
const yes = { type: "boolean" };
const whole = { type: "integer" };
const list = (items: object) => ({ type: "array", items });
const map = (values: object) => ({ type: "object", additionalProperties: values });
const object = (properties: object, required: readonly string[] = []) => ({
  type: "object",
  properties,
  required,
  additionalProperties: false,
});

const mount = object({ Type: { const: "bind" }, Source: text, Target: text, ReadOnly: yes }, [
  "Type",
  "Source",
  "Target",
]);

const hostConfig = object(
  {
    AutoRemove: yes,
    Init: yes,
    NetworkMode: { type: "string", pattern: "^(none|container:[0-9a-f]{64})$" },
    IpcMode: { enum: ["none", "private"] },
    CgroupnsMode: { enum: ["private", "host"] },
    UsernsMode: { enum: ["", "host"] },
    ReadonlyRootfs: yes,
    CapDrop: list(text),
    SecurityOpt: list(text),
    PidsLimit: whole,
    Memory: { type: "integer", minimum: 6_291_456 },
    MemorySwap: whole,
    NanoCpus: whole,
    OomScoreAdj: { type: "integer", minimum: -1_000, maximum: 1_000 },
    ShmSize: whole,
    Tmpfs: map(text),
    Ulimits: list(object({ Name: text, Soft: whole, Hard: whole }, ["Name", "Soft", "Hard"])),
    LogConfig: object({ Type: { enum: ["none", "json-file", "local"] }, Config: map(text) }),
    Mounts: list(mount),
  },
  ["AutoRemove", "Init", "NetworkMode", "Mounts"],
);

const bodies = {
  "POST /containers/create": object(
    {
      Image: text,
      Entrypoint: list(text),
      Cmd: list(text),
      User: { type: "string", pattern: String.raw`^\d+:\d+$` },
      WorkingDir: text,
      Env: list({ type: "string", pattern: "^[^=]+=" }),
      Labels: map(text),
      Hostname: text,
      OpenStdin: yes,
      StdinOnce: yes,
      AttachStdin: yes,
      AttachStdout: yes,
      AttachStderr: yes,
      HostConfig: hostConfig,
    },
    ["Image", "HostConfig"],
  ),
  "POST /containers/{id}/exec": object(
    {
      AttachStdin: yes,
      AttachStdout: yes,
      AttachStderr: yes,
      Tty: yes,
      Env: list({ type: "string", pattern: "^[^=]+=" }),
      Cmd: { ...list(text), minItems: 1 },
    },
    ["Cmd"],
  ),
  // The client library sends its own `hijack` and `stdin` along.
  "POST /exec/{id}/start": object({ Detach: yes, Tty: yes, hijack: yes, stdin: yes }),
};

const ajv = new Ajv({ strict: false });
const checks = new Map<string, ValidateFunction>(
  Object.entries(bodies).map(([route, schema]) => [route, ajv.compile(schema)]),
);

/** @returns what is wrong with the body of a request, or undefined */
export function oddBody(route: string, body: unknown): string | undefined {
  const check = checks.get(route);
  if (check === undefined || check(body)) return undefined;
  return `${route}: ${ajv.errorsText(check.errors)} ${JSON.stringify(check.errors?.map(({ params }) => params))}`;
}
