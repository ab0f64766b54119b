// Stops with one clear sentence when the wrong Node runs. Old syntax on purpose: an old Node must get as far as the sentence.
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 24 || (major === 24 && minor < 11)) {
  console.error(
    `Codegen needs Node 24.11 or newer, and this is ${process.versions.node}. ` +
      "`npm ci` brings the right one for every `npm run …`; it is missing when npm was told --ignore-scripts or --omit=dev. " +
      "Run `npm ci` again without them, or put Node 24 on your PATH.",
  );
  process.exit(1);
}
