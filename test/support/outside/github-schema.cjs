module.exports = globalThis.__outside("github-schema");
