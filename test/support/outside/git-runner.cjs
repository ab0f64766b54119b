module.exports = globalThis.__outside("git-runner");
