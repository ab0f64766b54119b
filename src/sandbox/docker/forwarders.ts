/** Programs that pass connections on, for the `node` of an image. Each is given a socket that the bot listens on, and a port, and says its port when it is up. */

/** From a port inside (0: a free one) to the socket. */
export const serveScript = `
const { connect, createServer } = require("node:net");
const [socket, port] = process.argv.slice(1);
createServer((near) => {
  const far = connect(socket);
  for (const [one, other] of [[near, far], [far, near]]) {
    one.on("error", () => other.destroy());
    one.on("close", () => other.destroy());
    one.pipe(other);
  }
}).listen(Number(port), "127.0.0.1", function () { console.log(this.address().port); });
`;

/** From calls to the socket, of which some are always waiting, to a port inside. The first byte of a call says that it is in use. */
export const exposeScript = `
const { connect } = require("node:net");
const [socket, port] = process.argv.slice(1);
const call = () => {
  const far = connect(socket);
  far.on("error", () => far.destroy());
  let used = false;
  far.once("data", (first) => {
    used = true;
    call();
    const near = connect(Number(port), "127.0.0.1");
    near.on("error", () => far.destroy());
    near.on("close", () => far.destroy());
    far.on("close", () => near.destroy());
    near.write(first.subarray(1));
    far.pipe(near).pipe(far);
  });
  far.on("close", () => used || setTimeout(call, 100));
};
for (let count = 0; count < 4; count++) call();
console.log(port);
`;
